#include "decoded_object.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/assert.h"
#include "decode/object_decoder.h"
#include "flow/event_sink.h"

namespace dray::golden {
namespace {

class Collector final : public flow::EventSink {
 public:
  explicit Collector(std::vector<Event>& events) : events_(events) {}
  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
    DRAY_ASSERT(ordinal > last_);
    last_ = ordinal;
    events_.push_back({std::string(tag), std::string(text)});
    return {};
  }

 private:
  std::vector<Event>& events_;
  std::uint64_t last_ = 0;
};

Status push(ByteSink& sink, std::string_view bytes, std::span<const std::size_t> pieces) {
  for (const std::size_t size : pieces) {
    // A copy of its own size, so that a sanitizer sees every byte read beyond the piece.
    const std::string piece(bytes.substr(0, size));
    bytes.remove_prefix(piece.size());
    if (Status status = sink.write(piece); !status) return status;
  }
  DRAY_ASSERT(bytes.empty());
  return sink.finish();
}

}  // namespace

std::string DecodedObject::text() const {
  std::string all;
  for (const Event& event : events) all += event.tag + '\t' + event.text + '\n';
  return all;
}

DecodedObject decode_object(const service::Definition& definition, const flow::ObjectRef& object,
                            std::string_view bytes, std::size_t chunk) {
  const auto service = decode::prepare(definition, 16U << 20U);
  if (!service) {
    DecodedObject refused;
    refused.error = service.error();
    return refused;
  }
  std::vector<std::size_t> pieces(bytes.size() / chunk, chunk);
  if (bytes.size() % chunk != 0) pieces.push_back(bytes.size() % chunk);
  return decode_pieces(*service, object, bytes, pieces);
}

DecodedObject decode_pieces(const decode::ReadyService& service, const flow::ObjectRef& object, std::string_view bytes,
                            std::span<const std::size_t> pieces) {
  DecodedObject decoded;
  Collector collector(decoded.events);
  codec::DecompressorScratch scratch;
  decode::ObjectDecoder decoder(service, object, collector, scratch);
  if (Status status = push(decoder, bytes, pieces); !status) decoded.error = status.error();
  DRAY_ASSERT(decoder.events() == decoded.events.size());
  decoded.trailing_garbage = decoder.trailing_garbage();
  return decoded;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::filesystem::path corpora() {
  const char* given = std::getenv("DRAY_CORPORA");
  const std::filesystem::path path = given != nullptr ? given : DRAY_SOURCE_DIR "/../shared/corpora";
  return std::filesystem::exists(path / "INDEX.md") ? path : std::filesystem::path();
}

}  // namespace dray::golden
