#include "net/http_connection.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace dray::net {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;  // free space offered to each read of heads and chunk lines
constexpr std::size_t kBodyReadBytes = 256 * 1024;
// Small answers leave with their head in one write; larger pieces are not worth the copy.
constexpr std::size_t kCoalesceBytes = 32 * 1024;
// What a service left of a body is read and dropped up to here, to save the connection; beyond, closing is cheaper.
constexpr std::uint64_t kDrainBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kChunkLineBytesMax = 4096;

Error cut_error(std::string message) {
  return {ErrorKind::transient, "connection_cut", std::move(message)};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 416: return "Range Not Satisfiable";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

}  // namespace

HttpConnection::HttpConnection(int fd, std::unique_ptr<SSL, SslFree> ssl, std::size_t head_bytes_max)
    : fd_(fd), ssl_(std::move(ssl)), head_bytes_max_(head_bytes_max) {}

void HttpConnection::run(const HttpService& service) {
  if (ssl_ != nullptr && SSL_accept(ssl_.get()) != 1) return;
  while (keep_alive_ && !broken_) {
    const Head head = read_head();
    if (head == Head::end) break;
    if (head == Head::fault) {
      refuse(in_end_ - in_begin_ >= head_bytes_max_ ? 431 : 400);
      break;
    }
    serve_one(service);
  }
  close_orderly();
}

void HttpConnection::serve_one(const HttpService& service) {
  answer_begun_ = false;
  answer_left_ = 0;
  service(*this);
  if (broken_) return;
  if (!answer_begun_) refuse(500);
  if (answer_left_ > 0) keep_alive_ = false;  // an answer cut short by intent or by a fault
  if (!flush()) return;
  if (keep_alive_ && !drain_body()) keep_alive_ = false;
}

// True when the connection stands at the next request.
bool HttpConnection::drain_body() {
  if (body_ended_) return true;
  if (continue_expected_) return false;  // the client may or may not send the body now: RFC 9110 10.1.1
  char scratch[16 * 1024];
  std::uint64_t drained = 0;
  while (drained < kDrainBytesMax) {
    const auto got = read_body(scratch, sizeof scratch);
    if (!got) return false;
    if (got.value() == 0) return true;
    drained += got.value();
  }
  return false;
}

void HttpConnection::refuse(int status) {
  keep_alive_ = false;
  if (begin_answer(status, {}, 0)) static_cast<void>(flush());
}

HttpConnection::Head HttpConnection::read_head() {
  for (;;) {
    const std::string_view unread = unread_bytes();
    if (unread.starts_with("\r\n")) {  // RFC 9112 2.2: empty lines before a request are skipped
      in_begin_ += 2;
      continue;
    }
    const std::size_t end = unread.find("\r\n\r\n");
    if (end != std::string_view::npos) {
      const bool good = end <= head_bytes_max_ && parse_head(unread.substr(0, end + 2));
      in_begin_ += end + 4;
      return good ? Head::request : Head::fault;
    }
    if (unread.size() >= head_bytes_max_) return Head::fault;
    if (!fill()) return Head::end;
  }
}

bool HttpConnection::parse_head(std::string_view head) {
  const std::size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return false;
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  method_ = line.substr(0, first);
  target_ = line.substr(first + 1, last - first - 1);
  if (target_.empty() || target_.front() != '/') return false;

  headers_.clear();
  std::size_t at = line_end + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view field = head.substr(at, end - at);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    headers_.emplace_back(lower(field.substr(0, colon)), std::string(trimmed(field.substr(colon + 1))));
    at = end + 2;
  }
  const std::string connection = lower(header("connection"));
  keep_alive_ = version == "HTTP/1.1" ? connection.find("close") == std::string::npos
                                      : connection.find("keep-alive") != std::string::npos;
  return parse_framing();
}

bool HttpConnection::parse_framing() {
  framing_ = Framing::none;
  body_left_ = 0;
  const std::string coding = lower(header("transfer-encoding"));
  const std::string_view length = header("content-length");
  if (!coding.empty()) {
    if (coding != "chunked" || !length.empty()) return false;  // RFC 9112 6.3: both at once smells of smuggling
    framing_ = Framing::chunked;
  } else if (!length.empty()) {
    framing_ = Framing::length;
    const auto parsed = std::from_chars(length.data(), length.data() + length.size(), body_left_);
    if (parsed.ec != std::errc() || parsed.ptr != length.data() + length.size()) return false;
  }
  body_ended_ = framing_ == Framing::none || (framing_ == Framing::length && body_left_ == 0);
  continue_expected_ = !body_ended_ && lower(header("expect")) == "100-continue";
  return true;
}

std::string_view HttpConnection::path() const {
  return std::string_view(target_).substr(0, target_.find('?'));
}

std::string_view HttpConnection::query() const {
  const std::size_t mark = target_.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target_).substr(mark + 1);
}

std::string_view HttpConnection::header(std::string_view name) const {
  for (const auto& [key, value] : headers_) {
    if (key == name) return value;
  }
  return {};
}

Result<std::size_t> HttpConnection::read_body(char* into, std::size_t size) {
  if (body_ended_ || size == 0) return std::size_t{0};
  if (continue_expected_) {
    continue_expected_ = false;
    if (!send_all("HTTP/1.1 100 Continue\r\n\r\n", false)) return cut_error("the client went before its body");
  }
  if (framing_ == Framing::chunked && body_left_ == 0) {
    const auto chunk = next_chunk();
    if (!chunk) return chunk.error();
    if (chunk.value() == 0) {
      body_ended_ = true;
      return std::size_t{0};
    }
    body_left_ = chunk.value();
  }
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, body_left_));
  std::size_t got = take_buffered(into, wanted);
  if (got == 0) {
    const std::ptrdiff_t received = receive(into, wanted);
    if (received <= 0) return cut_error("the client ended in the middle of a body");
    got = static_cast<std::size_t>(received);
  }
  body_left_ -= got;
  if (body_left_ == 0 && framing_ == Framing::length) body_ended_ = true;
  if (body_left_ == 0 && framing_ == Framing::chunked) {
    const auto line_end = read_line();
    if (!line_end) return line_end.error();
    if (!line_end.value().empty()) return cut_error("a chunk is longer than its size says");
  }
  return got;
}

// The size of the next chunk; 0 after the last one, whose trailer lines are read and dropped.
Result<std::size_t> HttpConnection::next_chunk() {
  const auto line = read_line();
  if (!line) return line.error();
  std::size_t size = 0;
  const char* const begin = line.value().data();
  const auto parsed = std::from_chars(begin, begin + line.value().size(), size, 16);
  if (parsed.ec != std::errc() || parsed.ptr == begin) {
    broken_ = true;
    return cut_error("a chunk size is not a hexadecimal number");
  }
  if (size > 0) return size;
  for (;;) {
    const auto trailer = read_line();
    if (!trailer) return trailer.error();
    if (trailer.value().empty()) return std::size_t{0};
  }
}

Result<std::string> HttpConnection::read_line() {
  for (;;) {
    const std::size_t end = unread_bytes().find("\r\n");
    if (end != std::string_view::npos) {
      std::string line(unread_bytes().substr(0, end));
      in_begin_ += end + 2;
      return line;
    }
    if (in_end_ - in_begin_ > kChunkLineBytesMax || !fill()) {
      broken_ = true;
      return cut_error("a chunk line has no end");
    }
  }
}

std::size_t HttpConnection::take_buffered(char* into, std::size_t size) {
  const std::size_t taken = std::min(size, in_end_ - in_begin_);
  std::memcpy(into, in_.data() + in_begin_, taken);
  in_begin_ += taken;
  return taken;
}

bool HttpConnection::fill() {
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (in_.size() - in_end_ < kReadBytes) in_.resize(in_end_ + kReadBytes);
  const std::ptrdiff_t got = receive(in_.data() + in_end_, in_.size() - in_end_);
  if (got <= 0) return false;
  in_end_ += static_cast<std::size_t>(got);
  return true;
}

std::ptrdiff_t HttpConnection::receive(char* into, std::size_t size) {
  std::ptrdiff_t got = 0;
  if (ssl_ != nullptr) {
    got = SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(size, 1U << 30U)));
  } else {
    do {
      got = ::recv(fd_, into, size, 0);
    } while (got < 0 && errno == EINTR);
  }
  if (got <= 0) broken_ = true;
  return got;
}

Status HttpConnection::begin_answer(int status, const ServerHeaders& headers, std::uint64_t content_length) {
  if (answer_begun_) return Error{ErrorKind::poison, "answered_twice", "the request has been answered already"};
  answer_begun_ = true;
  const bool bodiless = method_ == "HEAD" || status == 304 || status == 204;
  answer_left_ = bodiless ? 0 : content_length;
  if (!body_ended_ && continue_expected_) keep_alive_ = false;
  auto out = std::back_inserter(out_);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", status, reason_of(status));
  for (const auto& [name, value] : headers) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  if (status != 204) fmt::format_to(out, "Content-Length: {}\r\n", content_length);
  if (!keep_alive_) out_.append("Connection: close\r\n");
  out_.append("\r\n");
  return {};
}

Status HttpConnection::write_answer(std::string_view bytes) {
  if (method_ == "HEAD" || bytes.empty()) return {};
  if (bytes.size() > answer_left_) return Error{ErrorKind::poison, "answer_too_long", "more bytes than announced"};
  answer_left_ -= bytes.size();
  if (out_.size() + bytes.size() <= kCoalesceBytes) {
    out_.append(bytes);
    return {};
  }
  if (!out_.empty()) {
    const bool sent = send_all(out_, true);
    out_.clear();
    if (!sent) return cut_error("the client went in the middle of an answer");
  }
  if (!send_all(bytes, false)) return cut_error("the client went in the middle of an answer");
  return {};
}

Status HttpConnection::flush() {
  if (out_.empty()) return {};
  const bool sent = send_all(out_, false);
  out_.clear();
  if (!sent) return cut_error("the client went in the middle of an answer");
  return {};
}

bool HttpConnection::send_all(std::string_view bytes, bool more) {
  while (!bytes.empty() && !broken_) {
    std::ptrdiff_t sent = 0;
    if (ssl_ != nullptr) {
      sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 30U)));
    } else {
      sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0));
      if (sent < 0 && errno == EINTR) continue;
    }
    if (sent <= 0) {
      broken_ = true;
      break;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return !broken_;
}

// POLLRDHUP sees a FIN also behind unread bytes, such as TLS's close_notify.
bool HttpConnection::peer_is_gone() const {
  pollfd watched{fd_, POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void HttpConnection::reset_connection() {
  broken_ = true;
  const linger torn{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &torn, sizeof torn);
}

// FIN first, then wait briefly for the peer's, so that an answer in flight is not destroyed by a reset.
void HttpConnection::close_orderly() {
  if (broken_) return;
  if (ssl_ != nullptr) static_cast<void>(SSL_shutdown(ssl_.get()));
  ::shutdown(fd_, SHUT_WR);
  const timeval brief{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
  char scratch[4096];
  for (int reads = 0; reads < 256; ++reads) {
    if (::recv(fd_, scratch, sizeof scratch, 0) <= 0) break;
  }
}

Result<std::string> ServerExchange::read_whole_body(std::size_t bytes_max) {
  std::string body;
  for (;;) {
    const std::size_t had = body.size();
    const std::size_t piece = std::min<std::size_t>(kBodyReadBytes, bytes_max + 1 - had);
    body.resize(had + piece);
    const auto got = read_body(body.data() + had, piece);
    if (!got) return got.error();
    body.resize(had + got.value());
    if (got.value() == 0) return body;
    if (body.size() > bytes_max) {
      return Error{ErrorKind::poison, "body_too_large", fmt::format("the body is larger than {} bytes", bytes_max)};
    }
  }
}

Status ServerExchange::answer(int status, const ServerHeaders& headers, std::string_view body) {
  if (auto begun = begin_answer(status, headers, body.size()); !begun) return begun;
  return write_answer(body);
}

}  // namespace dray::net
