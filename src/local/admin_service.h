// The local cloud's own interface for tests: JSON over HTTP under /_dray/, unsigned. The cloud listens on loopback
// only.
//
//   GET    /_dray/health         {"status":"ok","url":…,"region":…}
//   GET    /_dray/counters
//   {"gets","puts","bytes_out","faults","requests","queues":{NAME:{"sent","received","deleted",
//                                "moved","visible","in_flight","delayed","left"}}}
//   POST   /_dray/faults         {"kind":"slow_down","operation":"GetObject","subject":"part of key or
//   queue","times":3,
//                                "probability":0.5,"value":30}, or an array of such; kinds are faults.h's
//   DELETE /_dray/faults         all off
//   POST   /_dray/buckets        {"name":…,"region":…}
//   POST   /_dray/objects        {"bucket":…,"objects":[{"key":…,"body":text} or {"key":…,"body_base64":…}]}
//   POST   /_dray/queues         {"name":…,"attributes":{…}} → {"url":…,"arn":…}
//   POST   /_dray/notifications  {"bucket","queue","form":"plain"|"sns","prefix","suffix","test_event":bool}
//   POST   /_dray/messages       {"queue":…,"bodies":[…]}
//   POST   /_dray/keys           {"id","secret","session_token","expires_in":seconds}
//   POST   /_dray/roles          {"arn","trusted":[…],"external_id"}
// A refusal is status 400 with {"error": one sentence}. Thread-safe.
#pragma once

#include "net/http_server.h"

namespace dray::local {

class Cloud;

void serve_admin(Cloud& cloud, net::ServerExchange& exchange);

}  // namespace dray::local
