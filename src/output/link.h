// Link: one connection to a receiver, and Dialer, which makes them: the seam between the delivery engine and the
// network.
//
// tls_link.h speaks TLS, plain_link.h bare TCP; the simulation has its own. All calls are non-blocking except
// Dialer::wait. One thread owns a Link at a time; watchers only wait. States and deadlines: delivery.md 2
// (CONNECTION).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace dray::output {

// What the end of a connection proves (reliability.md 2.3).
enum class ProofLevel {
  none,          // it did not end well
  kernel,        // L1: the peer's kernel took it
  end_of_file,   // L2: a clean TCP end without close_notify
  close_notify,  // L3: close_notify and TCP end
};

// Codes of Link::error() that the engine tells apart.
inline constexpr std::string_view kNoEnd = "no_end";   // our end was not answered by the deadline
inline constexpr std::string_view kClosed = "closed";  // the peer ended or reset it, without a TLS alert

class Link {
 public:
  enum class State { connecting, open, flushing, ending, ended, aborted };
  enum class Write { accepted, blocked, failed };

  virtual ~Link() = default;  // closes; linger 0 unless ended

  [[nodiscard]] virtual State state() const = 0;
  // Drives handshake, watching (any end, alert, RST or error while open → aborted), flushing and ending, with the
  // deadlines of delivery.md 2. Cheap when nothing happened.
  virtual State advance() = 0;

  // Whole frames. accepted: all of it; blocked: none or some was taken, offer the very same bytes again when writable;
  // failed: now aborted. Only in state open.
  virtual Write write(std::string_view frames) = 0;

  // open → flushing → ending → ended.
  virtual void end() = 0;
  // Now: linger 0, close. Doomed bytes stop.
  virtual void abort() = 0;

  // Valid in ended.
  [[nodiscard]] virtual ProofLevel level() const = 0;
  // Valid in aborted: one sentence with the cause and, for TLS, the configuration key that cures it. Never a secret.
  [[nodiscard]] virtual const Error& error() const = 0;
  // Valid in aborted: the peer closed or reset before the link was open, without a TLS alert: a receiver that has
  // enough connections does that.
  [[nodiscard]] virtual bool closed_in_handshake() const { return false; }
  // When this link, having been open, ended or was aborted by somebody other than us before we began to end it; never()
  // otherwise (the canary rule).
  [[nodiscard]] virtual TimePoint ended_unasked_at() const = 0;
  // never() before it was open.
  [[nodiscard]] virtual TimePoint opened_at() const = 0;
  // A smoothed estimate; 0 if unknown.
  [[nodiscard]] virtual Duration round_trip() const = 0;
};

class Dialer {
 public:
  virtual ~Dialer() = default;
  // Begins a connection; the link is in state connecting, or aborted with the reason (unknown host, bad certificate
  // file).
  virtual std::unique_ptr<Link> dial() = 0;
  // Blocks until one of the links may have something to advance, or wake() was called, or the deadline.
  virtual void wait(std::span<Link* const> links, TimePoint deadline) = 0;
  // Blocks until the link is writable or has failed, or the deadline. Called by the thread that owns the link.
  virtual void wait_writable(Link& link, TimePoint deadline) = 0;
  virtual void wake() = 0;
  // host:port for log lines.
  [[nodiscard]] virtual const std::string& peer() const = 0;
};

}  // namespace dray::output
