// dray-parquet: reads one parquet object over the socket on descriptor 0 and writes its rows there as JSON. Started by
// dray (parquet/child.h), never by people. It is a program of its own because Apache Arrow's libraries carry an OpenSSL
// that clashes with ours, and because parquet is a format to be careful with: docs/decisions/0007.
#include <arrow/memory_pool.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>

#include "parquet_program/confinement.h"
#include "parquet_program/object_rows.h"
#include "parquet_wire/frames.h"

namespace dray::parquet_program {
namespace {

namespace wire = parquet_wire;

constexpr int kSocket = STDIN_FILENO;
constexpr int kUsage = 64;
constexpr int kNotConfined = 77;

// dray is gone, or does not want the rest.
[[noreturn]] void leave() {
  ::_exit(0);
}

void send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(kSocket, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) leave();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void send(wire::Kind kind, std::string_view body) {
  const auto head = wire::encode(wire::Head{kind, static_cast<std::uint32_t>(body.size())});
  send({head.data(), head.size()});
  send(body);
}

void receive(char* to, std::size_t count) {
  while (count > 0) {
    const ssize_t received = ::read(kSocket, to, count);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) leave();
    to += received;
    count -= static_cast<std::size_t>(received);
  }
}

// The body's length must be what we expect: dray keeps to the protocol, or it is another dray.
void expect(wire::Kind kind, std::size_t length) {
  std::string bytes(wire::kHeadBytes, '\0');
  receive(bytes.data(), bytes.size());
  const auto head = wire::decode_head(bytes);
  if (!head || head->kind != kind || head->length != length) leave();
}

class Asked final : public Source {
 public:
  ::arrow::Status read(std::int64_t offset, std::int64_t length, std::uint8_t* to) override {
    const auto count = static_cast<std::uint32_t>(length);
    send(wire::Kind::read, wire::encode(wire::Range{static_cast<std::uint64_t>(offset), count}));
    expect(wire::Kind::bytes, count);
    receive(reinterpret_cast<char*>(to), count);
    return ::arrow::Status::OK();
  }
};

void serve() {
  send(wire::Kind::hello, {});
  std::string body(wire::encode(wire::Opening{}).size(), '\0');
  expect(wire::Kind::open, body.size());
  receive(body.data(), body.size());
  const auto opening = wire::decode_opening(body);
  if (!opening) leave();
  Asked source;
  const Outcome outcome = read_rows(source, *opening, [](std::string_view rows) { send(wire::Kind::rows, rows); });
  if (outcome.fault) {
    send(wire::Kind::fault, wire::encode(*outcome.fault));
  } else {
    send(wire::Kind::done, wire::encode_done(outcome.rows));
  }
}

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t length = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
}

}  // namespace
}  // namespace dray::parquet_program

int main(int count, char** arguments) {
  using namespace dray::parquet_program;
  if (!is_socket(kSocket)) {
    std::fputs("dray-parquet: reads parquet objects for dray, which starts it; it is of no use alone\n", stderr);
    return kUsage;
  }
  const std::uint64_t memory = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : kMemoryBytesMax;
  ::arrow::system_memory_pool();
  if (!confine(memory)) return kNotConfined;
  serve();
  leave();
}
