// What the tests of this room share: gzip, an object, a sink that keeps events, and one way to push bytes.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "decode/object_decoder.h"
#include "support/deflate.h"

namespace dray::decode {

using test::gzip;

// A CRC that does not fit: everything comes out, and then it is damaged.
inline std::string damaged_gzip(std::string_view plain) {
  std::string bytes = gzip(plain);
  bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
  return bytes;
}

inline service::Definition definition_of(std::string format, Settings options = {}) {
  service::Definition definition;
  definition.name = "custom_service";
  definition.file_format = {std::move(format), std::move(options)};
  definition.routing_template = "my.app.t";
  return definition;
}

class Events final : public flow::EventSink {
 public:
  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
    DRAY_ASSERT(ordinal > last);
    last = ordinal;
    texts.emplace_back(text);
    tags.emplace_back(tag);
    return {};
  }
  std::vector<std::string> texts;
  std::vector<std::string> tags;
  std::uint64_t last = 0;
};

struct Kept {
  flow::Trouble trouble;
  std::uint64_t record;
  std::string bytes;
  bool operator==(const Kept&) const = default;
};

class Shelf final : public RecordQuarantine {
 public:
  Status keep(flow::Trouble trouble, std::uint64_t number, const flow::Record& record) override {
    if (refuses) return Error{ErrorKind::poison, "quarantine_unavailable", "full"};
    kept.push_back({trouble, number, std::string(record.bytes)});
    return {};
  }
  bool refuses = false;
  std::vector<Kept> kept;
};

inline Status push(ByteSink& sink, std::string_view bytes, std::size_t chunk) {
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    const std::string piece(bytes.substr(at, chunk));
    if (Status status = sink.write(piece); !status) return status;
  }
  return sink.finish();
}

// As the worker does it: the object, and once more if what is left of it is to be sent raw.
struct Outcome {
  std::vector<std::string> texts;
  std::vector<std::string> tags;
  std::vector<Kept> kept;
  std::optional<flow::Trouble> trouble;
  std::string code;  // of the error with which it ended; "" if it is done
  std::string message;
  Disposed disposed;
  bool twice = false;
  std::string in_hand;
};

struct How {
  std::size_t chunk = 7;
  std::string key = "some/key";
  std::size_t record_bytes_max = 16U << 20U;
  bool quarantine_refuses = false;
};

inline Outcome run(const service::Definition& definition, std::string_view stored, flow::Dispositions dispositions = {},
                   const How& how = {}) {
  const bool pieces = dispositions.of(flow::Trouble::oversize_record) != flow::Disposition::leave;
  const auto service = prepare(definition, {.record_bytes_max = how.record_bytes_max, .oversize_in_pieces = pieces});
  DRAY_ASSERT(service.ok());
  flow::ObjectRef object;
  object.bucket = "corp-logs";
  object.key = how.key;
  Events events;
  Shelf shelf;
  shelf.refuses = how.quarantine_refuses;
  codec::DecompressorScratch scratch;
  ObjectDecoder decoder(*service, object, events, scratch, {dispositions, &shelf});
  Outcome outcome;
  Status status = push(decoder, stored, how.chunk);
  outcome.trouble = decoder.trouble();
  outcome.in_hand = decoder.bytes_in_hand();
  if (outcome.trouble && dispositions.of(*outcome.trouble) == flow::Disposition::send_raw && decoder.rest_is_text()) {
    if (decoder.rest_sent()) {
      status = {};
    } else {
      decoder.begin_rest();
      status = push(decoder, stored, how.chunk);
      outcome.twice = true;
    }
  }
  if (!status) {
    outcome.code = status.error().code;
    outcome.message = status.error().message;
  }
  outcome.texts = events.texts;
  outcome.tags = events.tags;
  outcome.kept = shelf.kept;
  outcome.disposed = decoder.disposed();
  return outcome;
}

inline flow::Dispositions with(flow::Trouble trouble, flow::Disposition disposition) {
  flow::Dispositions dispositions;
  dispositions.set(trouble, disposition);
  return dispositions;
}

}  // namespace dray::decode
