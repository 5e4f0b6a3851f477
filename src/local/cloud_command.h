// `dray local`: a Cloud as a program. app/cli.cc fills the struct from the command line:
//
//   --port N                        0 = any free one; the printed lines and --port-file tell it
//   --port-file FILE                write the port number there once it listens (made complete, then renamed)
//   --cert FILE --key FILE          https with this certificate; without both: http
//   --region R --account N          us-east-1, 123456789012
//   --access-key-id ID              the key that may sign ("dray-local"), a user of the account
//   --secret-access-key TEXT, --secret-access-key-file FILE   its secret; without both one is made up and printed
//   --role ARN                      a role that this key may assume; repeatable
//   --external-id TEXT              wanted by all these roles; without it none is
//   --directory DIR                 objects to hold: DIR/BUCKET/KEY…; each directory in DIR becomes a bucket
//   --bucket NAME                   an empty bucket; repeatable
//   --queue NAME                    a queue; repeatable. The first gets the notifications of --notify
//   --visibility-timeout SECONDS    of these queues (30)
//   --notify plain|sns              tell the first queue of every object in DIR, and of every later upload to
//   these buckets
//   --journal FILE                  one JSON line per deleted message: delete_journal.h
//   --watch-file FILE               its size stands in each line of the journal; repeatable
//
// Prints to stdout what a shell needs to use it (endpoint, region, key, queue URLs), logs to stderr, runs until
// stop is
// requested, then logs a summary. Exit codes: 0; 78 if an option, file or port is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "base/stop.h"
#include "telemetry/log.h"

namespace dray::local {

struct CloudCommand {
  int port = 0;
  std::string port_file;
  std::string cert, key;
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::string access_key_id = "dray-local";
  Secret secret_access_key;
  std::string secret_access_key_file;
  std::vector<std::string> roles;
  std::string external_id;
  std::string directory;
  std::vector<std::string> buckets;
  std::vector<std::string> queues;
  int visibility_timeout = 30;
  std::string notify;  // "", "plain" or "sns"
  std::string journal;
  std::vector<std::string> watch_files;
};

// Returns the exit code.
int run_cloud(const CloudCommand& command, Clock& clock, telemetry::Log& log, Stop& stop);

}  // namespace dray::local
