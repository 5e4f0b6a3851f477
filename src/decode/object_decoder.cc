#include "decode/object_decoder.h"

#include "decode/raw_rest.h"
#include "decode/recognizer.h"
#include "decode/trouble.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;

void keep_last(std::string& kept, std::string_view bytes) {
  if (bytes.size() >= ObjectDecoder::kBytesInHand) {
    kept = bytes.substr(bytes.size() - ObjectDecoder::kBytesInHand);
    return;
  }
  kept += bytes;
  if (kept.size() > ObjectDecoder::kBytesInHand) kept.erase(0, kept.size() - ObjectDecoder::kBytesInHand);
}

bool may_hold_back(const ReadyService& service) {
  const Settings& options = service.splitter.options;
  return options.contains("include") || options.contains("skip") ||
         (service.format != nullptr && service.format->name == "cloudwatch_logs_processor");
}

}  // namespace

// Where the plain bytes come out of the decompressor: knows whose error it is, and keeps the last bytes if asked to.
class ObjectDecoder::Plain final : public ByteSink {
 public:
  Plain(ByteSink& next, bool keeps) : next_(next), keeps_(keeps) {}

  Status write(std::string_view chunk) override {
    if (keeps_) keep_last(kept_, chunk);
    return noted(next_.write(chunk));
  }
  Status finish() override {
    finished_ = true;
    return noted(next_.finish());
  }

  [[nodiscard]] bool refused() const { return refused_; }
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::string_view kept() const { return kept_; }

 private:
  Status noted(Status status) {
    refused_ = refused_ || !status;
    return status;
  }

  ByteSink& next_;
  const bool keeps_;
  std::string kept_;
  bool refused_ = false;
  bool finished_ = false;
};

// Bytes of an object that filename filters exclude.
class ObjectDecoder::Nowhere final : public ByteSink {
 public:
  Status write(std::string_view /*chunk*/) override { return {}; }
  Status finish() override { return {}; }
};

ObjectDecoder::ObjectDecoder(const ReadyService& service, const flow::ObjectRef& object, flow::EventSink& events,
                             codec::DecompressorScratch& scratch, const Disposal& disposal, DecodeObserver* observer)
    : service_(service), object_(object), events_(events), scratch_(scratch), disposal_(disposal), observer_(observer) {
  const Choice choice = choose_by_key(service, object.key);
  ByteSink* first = nullptr;
  if (choice.kind == Choice::Kind::unknown) {
    recognizer_ = std::make_unique<Recognizer>(
        service, object, [this](const ReadyService* chosen) -> ByteSink& { return begin(chosen); });
    first = recognizer_.get();
  } else {
    first = &begin(choice.service);
  }
  plain_ = std::make_unique<Plain>(*first, disposal_.dispositions.any(Disposition::quarantine));
  decompress(chosen_ != nullptr ? chosen_->decompressor : service.decompressor);
}

ObjectDecoder::~ObjectDecoder() = default;

void ObjectDecoder::decompress(const codec::DecompressorOptions& options) {
  decompressor_.reset();  // the scratch serves one at a time
  decompressor_ = codec::make_decompressor(options, *plain_, scratch_);
}

ByteSink& ObjectDecoder::begin(const ReadyService* chosen) {
  chosen_ = chosen;
  if (observer_ != nullptr) observer_->chosen(chosen, recognizer_ != nullptr);
  if (chosen == nullptr) {
    splitter_ = std::make_unique<Nowhere>();
    return *splitter_;
  }
  make_router(*chosen);
  flow::RecordSink* records = router_.get();
  if (!flaws_pass()) {
    flaws_ = std::make_unique<FlawSink>(disposal_, *router_, observer_);
    records = flaws_.get();
  }
  splitter_ = chosen->format->make(chosen->splitter, *records);
  return *splitter_;
}

// Then nothing stands between splitter and router: oversize records that are left never come as records.
bool ObjectDecoder::flaws_pass() const {
  return disposal_.dispositions.of(Trouble::undecodable_record) == Disposition::send_raw &&
         (disposal_.dispositions.of(Trouble::oversize_record) == Disposition::send_raw ||
          !chosen_->splitter.oversize_in_pieces);
}

void ObjectDecoder::make_router(const ReadyService& service) {
  router_ = service.service->make_router(object_, events_);
  router_->observe(observer_);
}

Status ObjectDecoder::write(std::string_view stored) {
  if (rest_over_) return {};
  if (disposal_.dispositions.any(Disposition::quarantine) && plain_->kept().empty()) keep_last(stored_tail_, stored);
  return noted(decompressor_->write(stored));
}

Status ObjectDecoder::finish() {
  return rest_over_ ? Status() : noted(decompressor_->finish());
}

Status ObjectDecoder::pause() {
  return rest_over_ ? Status() : noted(decompressor_->pause());
}

// An error that is the object's own is trouble; damage to the compression does not take along what came out before it.
Status ObjectDecoder::noted(Status status) {
  if (status || (!rest_ && status.error().code == kParquetObject)) return status;
  const std::optional<Trouble> trouble = trouble_of(status.error());
  if (!trouble) return status;
  const bool of_compression = !plain_->refused();
  if (rest_) return of_compression ? end_of_rest() : status;
  trouble_ = trouble;
  // What no format knows is an object without records. One that has some is damaged behind them.
  if (trouble_ == Trouble::unknown_format && given() > 0) trouble_ = Trouble::corrupt_object;
  if (of_compression && recognizer_ != nullptr) recognizer_->release();
  if (of_compression && !plain_->finished() && disposal_.dispositions.of(*trouble) == Disposition::send_raw &&
      *trouble != Trouble::unknown_codec) {
    // The record that was begun, as far as it came. A format that cannot end here leaves it to the second reading.
    rest_sent_ = plain_->finish().ok();
  }
  return status;
}

bool ObjectDecoder::expects_parquet() const {
  return reads_parquet(chosen_ != nullptr ? *chosen_ : service_);
}

flow::RecordSink* ObjectDecoder::begin_rows() {
  rows_ = true;
  if (chosen_ != nullptr || recognizer_ == nullptr) return row_sink();
  row_recognizer_ = std::make_unique<RowRecognizer>(service_, object_, [this](const ReadyService* chosen) {
    begin(chosen);
    return row_sink();
  });
  return row_recognizer_.get();
}

flow::RecordSink* ObjectDecoder::row_sink() {
  return flaws_ != nullptr ? static_cast<flow::RecordSink*>(flaws_.get()) : router_.get();
}

Status ObjectDecoder::end_rows(Status status) {
  if (!status) trouble_ = trouble_of(status.error());
  // What may pass comes back with more rows. Damage does not: those before it go out.
  if (row_recognizer_ == nullptr || (!status && !trouble_)) return status;
  Status recognised = row_recognizer_->finish();
  if (!status || recognised) return status;
  trouble_ = trouble_of(recognised.error());
  return recognised;
}

bool ObjectDecoder::rest_is_text() const {
  if (rows_ || (trouble_ == Trouble::unknown_codec && given() > 0)) return false;
  if (rest_sent_ || given() == 0 || chosen_ == nullptr || chosen_->format == nullptr) return true;
  // Where these stand in the object when they give a record, only they know.
  return chosen_->format->name != "incapsula_processor" && !chosen_->splitter.options.contains("indices");
}

void ObjectDecoder::begin_rest() {
  const std::uint64_t records_given = given();
  trailing_garbage_ = trailing_garbage();
  const ReadyService& service = chosen_ != nullptr ? *chosen_ : service_;
  codec::DecompressorOptions options = service.decompressor;
  // Bytes that nobody can unpack are taken as they are stored.
  if (trouble_ == Trouble::unknown_codec && records_given == 0) options = {.encoding = codec::Encoding::none};
  if (router_ == nullptr) make_router(service);
  decompressor_.reset();
  splitter_ = std::make_unique<RawRest>(RawRest::Given{.format = service.format,
                                                       .options = service.splitter,
                                                       .records = records_given,
                                                       .may_hold_back = may_hold_back(service)},
                                        *router_);
  plain_ = std::make_unique<Plain>(*splitter_, false);
  decompress(options);
  rest_ = true;
}

// The damage again: what came out before it is all there is.
Status ObjectDecoder::end_of_rest() {
  rest_over_ = true;
  return plain_->finished() ? Status() : plain_->finish();
}

std::string_view ObjectDecoder::bytes_in_hand() const {
  return plain_->kept().empty() ? std::string_view(stored_tail_) : plain_->kept();
}

std::uint64_t ObjectDecoder::records() const {
  return router_ == nullptr ? 0 : router_->records();
}

std::uint64_t ObjectDecoder::events() const {
  return router_ == nullptr ? 0 : router_->events();
}

std::uint64_t ObjectDecoder::filtered() const {
  return router_ == nullptr ? 0 : router_->filtered();
}

}  // namespace dray::decode
