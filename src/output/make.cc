#include "output/make.h"

#include <fmt/format.h>

#include <utility>

#include "output/console_output.h"
#include "output/discard_output.h"
#include "output/socket_dialer.h"
#include "output/syslog_output.h"

namespace dray::output {
namespace {

constexpr std::size_t kConnectionsMax = 4;
constexpr std::size_t kConnectionsUsual = 2;

Error wrong(const SyslogOptions& options, const std::string& what) {
  return {ErrorKind::config, "output", fmt::format("outputs.{}: {}", options.name, what)};
}

std::string peer_of(const SyslogOptions& options) {
  const bool six = options.address.find(':') != std::string::npos;
  return six ? fmt::format("[{}]:{}", options.address, options.port)
             : fmt::format("{}:{}", options.address, options.port);
}

void warn_of_risks(const SyslogOptions& options, const telemetry::Logger& log) {
  if (options.tls && !options.verify_hostname) {
    log.warning(fmt::format(
        "outputs.{}: verify_hostname is false: any certificate of the `chain`'s authorities is taken for the "
        "receiver's",
        options.name));
  }
  if (options.tls && options.security_level < 2) {
    log.warning(fmt::format("outputs.{}: security_level {} accepts weak keys and digests", options.name,
                            options.security_level));
  }
  if (options.proof == ProofMode::kernel) {
    log.warning(fmt::format(
        "outputs.{}: delivery_proof is kernel: what the receiver's kernel holds when the receiver dies is lost, up to "
        "megabytes for each connection",
        options.name));
  }
}

}  // namespace

Result<std::unique_ptr<Output>> make_syslog_output(const SyslogOptions& options, Clock& clock, Threads& threads,
                                                   telemetry::Log& log, std::uint64_t seed) {
  if (options.address.empty()) return wrong(options, "`address` is missing: the receiver's host name");
  if (options.port < 1 || options.port > 65535)
    return wrong(options, fmt::format("`port` is {}; allowed are 1..65535", options.port));
  if (options.connections > kConnectionsMax) {
    return wrong(options, fmt::format("`connections` is {}; allowed are 1..{}", options.connections, kConnectionsMax));
  }
  if (options.security_level < 0 || options.security_level > 5) {
    return wrong(options, fmt::format("`security_level` is {}; allowed are 0..5", options.security_level));
  }
  if (options.proof == ProofMode::strict && !options.tls) {
    return wrong(options,
                 "`delivery_proof: strict` asks for a close_notify, which only TLS has: use `auto` with bare TCP");
  }
  std::unique_ptr<TlsContext> tls;
  if (options.tls) {
    auto loaded = TlsContext::load(
        options.name,
        {.chain = options.chain, .cert = options.cert, .key = options.key, .security_level = options.security_level},
        clock.wall_now());
    if (!loaded) return std::move(loaded).error();
    tls = std::move(*loaded);
  }
  telemetry::Logger logger(log, fmt::format("OutputProcess::{}(standard_senders,{})",
                                            options.tls ? "DevoSender" : "SyslogSender", options.name));
  warn_of_risks(options, logger);
  Target target{.host = options.address,
                .port = options.port,
                .peer = peer_of(options),
                .kernel_suffices = options.proof == ProofMode::kernel};
  auto dialer =
      std::make_unique<SocketDialer>(std::move(target), std::move(tls), options.verify_hostname, clock, logger);
  EngineOptions engine{.name = options.name,
                       .host_name = options.host_name,
                       .connections = options.connections == 0 ? kConnectionsUsual : options.connections,
                       .proof = options.proof,
                       .seed = seed};
  return std::unique_ptr<Output>(
      std::make_unique<SyslogOutput>(std::move(engine), std::move(dialer), clock, threads, std::move(logger)));
}

std::unique_ptr<Output> make_console_output(std::string name, int fd, Clock& clock, Threads& threads,
                                            telemetry::Log& log) {
  telemetry::Logger logger(log, fmt::format("OutputProcess::ConsoleSender(standard_senders,{})", name));
  return std::make_unique<ConsoleOutput>(std::move(name), fd, clock, threads, std::move(logger));
}

std::unique_ptr<Output> make_discard_output(std::string name) {
  return std::make_unique<DiscardOutput>(std::move(name));
}

}  // namespace dray::output
