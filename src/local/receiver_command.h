// `dray receiver`: a Receiver as a program. app/cli.cc fills the struct from the command line:
//
//   --address A            listen there (127.0.0.1)
//   --port N               0 = any free one; the "Listening on" line and --port-file tell it
//   --port-file FILE       write the port number there once it listens (made complete, then renamed)
//   --cert FILE --key FILE TLS with this certificate; without both: plain TCP
//   --client-ca FILE       the authority that client certificates must come from
//   --client-cert ignored|optional|required   (required with --client-ca, else ignored)
//   --framing newline|octet
//   --file FILE            append events there; neither --file nor --discard: stdout
//   --discard              count only
//   --rate N               bytes per second, shared by all connections
//   --fault stall|close-early|close-unread|reset|notify-unread     with --after-bytes N (1), on every connection
//   --answer proper|none|plain-fin     how the sender's end is answered
//   --refuse-handshake     close connections as soon as they are accepted
//   --connections-max N    close further connections at once
//   --faults-max N         behave well after so many faults and bad answers
//   --make-certificates DIR [--host NAME]...   write test certificates (test_certificates.h) and exit 0
//
// It runs until stop is requested, then logs a summary. Exit codes: 0; 78 if an option, file or address is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/stop.h"
#include "local/receiver.h"
#include "telemetry/log.h"

namespace dray::local {

struct ReceiverCommand {
  std::string address = "127.0.0.1";
  int port = 0;
  std::string port_file;
  std::string cert, key, client_ca;
  std::string client_cert;  // "" = by client_ca
  std::string framing = "newline";
  std::string file;
  bool discard = false;
  std::uint64_t rate = 0;
  std::string fault;  // "" = none
  std::uint64_t after_bytes = 1;
  std::string answer = "proper";
  bool refuse_handshake = false;
  int connections_max = 0;
  int faults_max = 0;
  std::string make_certificates;
  std::vector<std::string> hosts = {"localhost", "127.0.0.1"};
};

// Returns the exit code.
int run_receiver(const ReceiverCommand& command, Clock& clock, telemetry::Log& log, Stop& stop);

}  // namespace dray::local
