#include "local/receiver_command.h"

#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "local/test_certificates.h"

namespace dray::local {

namespace {

constexpr int kExitDone = 0;
constexpr int kExitConfiguration = 78;
constexpr Duration kStopTick = milliseconds(50);

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

template <class Value, std::size_t count>
Result<Value> pick(const char* option, const std::string& given, const std::array<Word<Value>, count>& words) {
  std::string allowed;
  for (const Word<Value>& word : words) {
    if (word.text == given) return word.value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word.text);
  }
  return Error{ErrorKind::config, "option", fmt::format("{} {} is unknown; allowed: {}", option, given, allowed)};
}

using Fault = Behaviour::Fault;
using Answer = Behaviour::Answer;
constexpr std::array<Word<Fault>, 6> kFaults = {{{"", Fault::none},
                                                 {"stall", Fault::stall},
                                                 {"close-early", Fault::close_early},
                                                 {"close-unread", Fault::close_unread},
                                                 {"reset", Fault::reset},
                                                 {"notify-unread", Fault::notify_unread}}};
constexpr std::array<Word<Answer>, 3> kAnswers = {
    {{"proper", Answer::proper}, {"none", Answer::none}, {"plain-fin", Answer::plain_fin}}};
constexpr std::array<Word<Framing>, 2> kFramings = {
    {{"newline", Framing::newline}, {"octet", Framing::octet_counting}}};
constexpr std::array<Word<ClientCertificate>, 3> kClientCertificates = {{{"ignored", ClientCertificate::ignored},
                                                                         {"optional", ClientCertificate::optional},
                                                                         {"required", ClientCertificate::required}}};

Result<std::optional<ReceiverTls>> tls_options(const ReceiverCommand& command) {
  if (command.cert.empty() != command.key.empty()) {
    return Error{ErrorKind::config, "option", "--cert and --key go together: both for TLS, none for plain TCP"};
  }
  if (command.cert.empty()) return std::optional<ReceiverTls>();
  const std::string fallback = command.client_ca.empty() ? "ignored" : "required";
  const std::string wanted = command.client_cert.empty() ? fallback : command.client_cert;
  Result<ClientCertificate> client = pick("--client-cert", wanted, kClientCertificates);
  if (!client) return client.error();
  if (client.value() != ClientCertificate::ignored && command.client_ca.empty()) {
    return Error{ErrorKind::config, "option", "--client-cert " + wanted + " needs --client-ca FILE"};
  }
  return std::optional(ReceiverTls{command.cert, command.key, command.client_ca, client.value()});
}

Result<ReceiverOptions> make_options(const ReceiverCommand& command) {
  ReceiverOptions options;
  options.address = command.address;
  options.port = command.port;
  options.file = command.file;
  options.to_stdout = command.file.empty() && !command.discard;
  options.count_events = true;
  Result<std::optional<ReceiverTls>> tls = tls_options(command);
  if (!tls) return tls.error();
  options.tls = std::move(tls).value();
  const Result<Framing> framing = pick("--framing", command.framing, kFramings);
  if (!framing) return framing.error();
  options.framing = framing.value();
  const Result<Fault> fault = pick("--fault", command.fault, kFaults);
  if (!fault) return fault.error();
  const Result<Answer> answer = pick("--answer", command.answer, kAnswers);
  if (!answer) return answer.error();
  options.behaviour.fault = fault.value();
  options.behaviour.answer = answer.value();
  options.behaviour.after_bytes = command.after_bytes;
  options.behaviour.bytes_per_second = command.rate;
  options.behaviour.refuse_handshake = command.refuse_handshake;
  options.behaviour.connections_max = command.connections_max;
  options.behaviour.faults_max = command.faults_max;
  return options;
}

Status write_port_file(const std::string& path, int port) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << port << '\n';
    if (!file.flush()) return Error{ErrorKind::config, "port_file", "cannot write " + draft};
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0)
    return Error{ErrorKind::config, "port_file", "cannot write " + path};
  return {};
}

int complain(const telemetry::Logger& log, const Error& error) {
  log.error(error.message);
  return kExitConfiguration;
}

}  // namespace

int run_receiver(const ReceiverCommand& command, Clock& clock, telemetry::Log& log, Stop& stop) {
  const telemetry::Logger logger(log, "Receiver");
  if (!command.make_certificates.empty()) {
    const Result<CertificateFiles> made = make_test_certificates(command.make_certificates, command.hosts);
    if (!made) return complain(logger, made.error());
    logger.info("Test certificates written: " + made.value().chain + ", server and client .crt and .key beside it");
    return kExitDone;
  }
  Result<ReceiverOptions> options = make_options(command);
  if (!options) return complain(logger, options.error());
  const bool tls = options.value().tls.has_value();
  Result<std::unique_ptr<Receiver>> receiver = Receiver::start(std::move(options).value(), clock, logger);
  if (!receiver) return complain(logger, receiver.error());
  logger.info(
      fmt::format("Listening on {}:{} ({})", command.address, receiver.value()->port(), tls ? "TLS" : "plain TCP"));
  if (!command.port_file.empty()) {
    if (const Status written = write_port_file(command.port_file, receiver.value()->port()); !written) {
      return complain(logger, written.error());
    }
  }
  while (!stop.requested()) clock.sleep_until(clock.now() + kStopTick);
  receiver.value()->stop();
  const ReceiverStats stats = receiver.value()->stats();
  logger.info(fmt::format("Summary: connections={} bytes={} events={} ended={} failed={} torn={} faults={}",
                          stats.connections, stats.bytes, stats.events, stats.ended, stats.failed, stats.torn,
                          stats.faults));
  return kExitDone;
}

}  // namespace dray::local
