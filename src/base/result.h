// Result<T> and Status: how every fallible call answers.
//
// A fault of the world (network, input, configuration, AWS) is a value of type Error; a fault of ours is DRAY_ASSERT
// and ends the process. The kind of an Error says what to do, not what happened: callers branch on the kind alone.
// Both types are [[nodiscard]]; an ignored fault does not compile. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace dray {

enum class ErrorKind {
  transient,  // try again here, within the deadline
  later,      // give the work back to the queue; it may succeed another time
  poison,     // this object or notification will never work: leave it for the DLQ
  config,     // the user must change something; stops the start (exit 78)
  denied,     // credentials, permission or missing queue/bucket: global when it repeats
  lost,       // the lease of a notification is gone
  stopped,    // we were asked to stop
};

struct Error {
  ErrorKind kind = ErrorKind::later;
  std::string code;     // the foreign code where there is one ("NoSuchKey"), else a short word of ours ("short_body")
  std::string message;  // one sentence with the identity (s3://bucket/key, queue, host:port); never a secret
};

// Puts "context: " before the message; used while an error travels up.
[[nodiscard]] inline Error with_context(Error error, const std::string& context) {
  error.message = context + ": " + error.message;
  return error;
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by intent
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by intent

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    DRAY_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    DRAY_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    DRAY_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    DRAY_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    DRAY_ASSERT(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  // Not `= default`: then `return {};` would first fill the room of an error with zeros, once per record and layer.
  Result() {}                                        // NOLINT(modernize-use-equals-default)
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by intent

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    DRAY_ASSERT(!ok());
    return *error_;
  }
  Error&& error() && {
    DRAY_ASSERT(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace dray
