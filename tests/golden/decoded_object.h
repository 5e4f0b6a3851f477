// What one object becomes: bytes → decompressor → splitter → router, as the worker does it, without a queue,
// a store or a receiver. For the golden cases and the corpora. One thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decode/ready_service.h"
#include "flow/object_ref.h"
#include "service/definition.h"
#include "support/deflate.h"

namespace dray::golden {

struct Event {
  std::string tag;
  std::string text;
  bool operator==(const Event&) const = default;
};

struct DecodedObject {
  std::vector<Event> events;
  std::optional<Error> error;  // what ended the stream early
  bool trailing_garbage = false;

  [[nodiscard]] std::string text() const;  // lines of tag, TAB, event
};

// chunk: the bytes are handed over in pieces of this size.
DecodedObject decode_object(const service::Definition& definition, const flow::ObjectRef& object,
                            std::string_view bytes, std::size_t chunk);

// The same with a service that stands ready, and pieces of these sizes, which are the bytes together.
DecodedObject decode_pieces(const decode::ReadyService& service, const flow::ObjectRef& object, std::string_view bytes,
                            std::span<const std::size_t> pieces);

// One gzip member.
using test::gzip;

std::string read_file(const std::filesystem::path& path);

// The folder with real sample data: DRAY_CORPORA, or beside the project's checkout. Empty if there is none.
std::filesystem::path corpora();

}  // namespace dray::golden
