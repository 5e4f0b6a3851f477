#include "parquet/conversation.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "json/strict.h"
#include "parquet_wire/frames.h"

namespace dray::parquet {
namespace {

namespace wire = parquet_wire;

// A reader needs every byte once; an INT96 column is read twice, and old writers' sizes are off a little.
constexpr std::uint64_t kReadFactorMax = 4;
constexpr std::uint64_t kReadSlackBytes = 64U << 20U;
// A request for each column chunk and each 64 KiB window is what a reader asks for; no chunk is shorter than this.
constexpr std::uint64_t kBytesPerRequestMin = 64;
constexpr std::uint64_t kRequestsSlack = 4096;
// A column that never changes costs next to nothing in the file and a key in every row; only a bomb goes beyond this.
constexpr std::uint64_t kRatioMax = 10'000;
constexpr std::uint64_t kRatioFromBytes = 256U << 20U;

Error broken(std::string message) {
  return {ErrorKind::poison, "parquet_protocol", "dray-parquet " + std::move(message)};
}

// What another program says, made fit for a line of a log.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
  }
  return text;
}

Error as_error(const wire::Fault& fault) {
  const char* code = "bad_parquet";
  switch (fault.cause) {
    case wire::Cause::damaged: break;
    case wire::Cause::encrypted: code = "encrypted_parquet"; break;
    case wire::Cause::unsupported: code = "unsupported_parquet"; break;
    case wire::Cause::long_row: code = "oversize_record"; break;
    case wire::Cause::memory: code = "limit_memory"; break;
  }
  return {ErrorKind::poison, code, "parquet: " + printable(fault.reason)};
}

class ToChannel final : public ByteSink {
 public:
  explicit ToChannel(Channel& channel) : channel_(channel) {}
  Status write(std::string_view chunk) override { return channel_.write(chunk); }
  Status finish() override { return {}; }

 private:
  Channel& channel_;
};

class Conversation {
 public:
  Conversation(Channel& channel, RangeSource& source, std::size_t record_bytes_max, flow::RecordSink& sink)
      : channel_(channel),
        source_(source),
        record_bytes_max_(
            static_cast<std::uint32_t>(std::min<std::size_t>(record_bytes_max, UINT32_MAX - wire::kRowsBytes))),
        sink_(sink) {}

  Status run() {
    if (Status status = greet(); !status) return status;
    while (!done_) {
      auto head = next();
      if (!head) return std::move(head).error();
      if (Status status = answer(*head); !status) return status;
    }
    return {};
  }

 private:
  // What goes wrong before the program has heard of the object is no fault of the object.
  Status greet() {
    Status greeted = exchange_greetings();
    if (greeted || greeted.error().kind != ErrorKind::poison) return greeted;
    return Error{ErrorKind::later, "parquet_unavailable", greeted.error().message};
  }

  Status exchange_greetings() {
    auto head = next();
    if (!head) return std::move(head).error();
    if (head->kind != wire::Kind::hello) return broken("does not say hello");
    return send(wire::Kind::open, wire::encode(wire::Opening{source_.size(), record_bytes_max_}));
  }

  [[nodiscard]] std::size_t length_max(wire::Kind kind) const {
    switch (kind) {
      case wire::Kind::rows: return std::size_t{wire::kRowsBytes} + wire::kRowHeadBytes + record_bytes_max_;
      case wire::Kind::fault: return 1 + wire::kReasonBytesMax;
      default: return 16;
    }
  }

  Result<wire::Head> next() {
    std::array<char, wire::kHeadBytes> bytes{};
    if (Status status = channel_.read(bytes.data(), bytes.size()); !status) return std::move(status).error();
    const auto head = wire::decode_head({bytes.data(), bytes.size()});
    if (!head) return broken("sends no frame of this version; is it of the same build?");
    if (head->length > length_max(head->kind)) {
      return broken(
          fmt::format("announces {} bytes in a frame of kind {}", head->length, static_cast<int>(head->kind)));
    }
    body_.resize(head->length);
    if (Status status = channel_.read(body_.data(), body_.size()); !status) return std::move(status).error();
    return *head;
  }

  Status answer(wire::Head head) {
    const std::string_view body(body_.data(), body_.size());
    switch (head.kind) {
      case wire::Kind::read: return give_range(body);
      case wire::Kind::rows: return take_rows(body);
      case wire::Kind::done: return end(body);
      case wire::Kind::fault: {
        const auto fault = wire::decode_fault(body);
        return fault ? as_error(*fault) : broken("ends with a fault that nobody knows");
      }
      default: return broken("sends a frame out of turn");
    }
  }

  Status give_range(std::string_view body) {
    const auto range = wire::decode_range(body);
    const std::uint64_t size = source_.size();
    if (!range || range->length == 0 || range->length > wire::kReadBytesMax || range->offset > size ||
        range->length > size - range->offset) {
      return broken("asks for bytes that are not of the object");
    }
    read_bytes_ += range->length;
    if (++requests_ > kRequestsSlack + size / kBytesPerRequestMin ||
        read_bytes_ / kReadFactorMax > size + kReadSlackBytes) {
      return broken("asks for the same bytes again and again");
    }
    const auto head = wire::encode(wire::Head{wire::Kind::bytes, range->length});
    if (Status status = channel_.write({head.data(), head.size()}); !status) return status;
    ToChannel out(channel_);
    return source_.read(range->offset, range->length, out);
  }

  Status take_rows(std::string_view body) {
    row_bytes_ += body.size();
    if (row_bytes_ > kRatioFromBytes && row_bytes_ / kRatioMax > source_.size()) {
      return Error{ErrorKind::poison, "limit_ratio",
                   fmt::format("parquet: {} stored bytes became {} bytes of rows, over {}:1", source_.size(),
                               row_bytes_, kRatioMax)};
    }
    while (!body.empty()) {
      const auto row = wire::next_row(body);
      bool blanks = false;
      if (!row || row->size() > record_bytes_max_ || !json::is_value(*row, colons_, blanks) || blanks ||
          row->front() != '{') {
        return broken("gives a row that is none");
      }
      ++rows_;
      if (Status status = sink_.accept({.bytes = *row, .is_json = true, .members = colons_}); !status) return status;
    }
    return {};
  }

  Status end(std::string_view body) {
    const auto rows = wire::decode_done(body);
    if (!rows || *rows != rows_) return broken("counts other rows than it gave");
    done_ = true;
    return {};
  }

  Status send(wire::Kind kind, std::string_view body) {
    const auto head = wire::encode(wire::Head{kind, static_cast<std::uint32_t>(body.size())});
    if (Status status = channel_.write({head.data(), head.size()}); !status) return status;
    return channel_.write(body);
  }

  Channel& channel_;
  RangeSource& source_;
  const std::uint32_t record_bytes_max_;
  flow::RecordSink& sink_;
  std::vector<char> body_;
  std::vector<std::uint32_t> colons_;
  std::uint64_t requests_ = 0;
  std::uint64_t read_bytes_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t row_bytes_ = 0;
  bool done_ = false;
};

}  // namespace

Status converse(Channel& channel, RangeSource& source, std::size_t record_bytes_max, flow::RecordSink& sink) {
  return Conversation(channel, source, record_bytes_max, sink).run();
}

}  // namespace dray::parquet
