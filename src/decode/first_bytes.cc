#include "decode/first_bytes.h"

#include "decode/object_decoder.h"

namespace dray::decode {
namespace {

class NoEvents final : public flow::EventSink {
 public:
  Status send(std::uint64_t /*ordinal*/, std::string_view /*tag*/, std::string_view /*text*/) override { return {}; }
};

// Notes whose the first text is.
class FirstChoice final : public DecodeObserver {
 public:
  void chosen(const ReadyService* service, bool by_first_bytes) override {
    if (!made_ && service != nullptr && by_first_bytes) name_ = service->service->definition().name;
    made_ = true;
  }
  void disposed(std::uint64_t /*number*/, flow::Trouble /*trouble*/, flow::Disposition /*disposition*/) override {}
  void entry(std::uint64_t /*number*/) override {}
  void entry_fault(const Error& /*error*/) override {}
  void routed(const flow::Record& /*record*/, const route::Fate& /*fate*/) override {}
  void left_out(std::string_view /*bytes*/, std::string_view /*why*/) override {}

  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  bool made_ = false;
  std::string name_;
};

class UntilChosen final : public ByteSink {
 public:
  UntilChosen(ByteSink& sink, const FirstChoice& choice) : sink_(sink), choice_(choice) {}
  Status write(std::string_view chunk) override {
    Status status = sink_.write(chunk);
    if (status && choice_.made()) return Error{ErrorKind::later, "chosen", "no more is wanted"};
    return status;
  }
  Status finish() override { return choice_.made() ? Status() : sink_.finish(); }

 private:
  ByteSink& sink_;
  const FirstChoice& choice_;
};

}  // namespace

std::string recognised_by_bytes(const ReadyService& any, const flow::ObjectRef& object,
                                codec::DecompressorScratch& scratch, const std::function<Status(ByteSink&)>& read) {
  NoEvents events;
  FirstChoice choice;
  ObjectDecoder decoder(any, object, events, scratch, {}, &choice);
  UntilChosen sink(decoder, choice);
  (void)read(sink);  // what cannot be read is nobody's
  return choice.name();
}

}  // namespace dray::decode
