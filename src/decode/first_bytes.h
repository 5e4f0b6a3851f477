// recognised_by_bytes: who of several services recognises an object, when nothing of it is to be decoded.
//
// Used by `dray try` for a hint. One thread at a time.
#pragma once

#include <functional>
#include <string>

#include "base/byte_sink.h"
#include "codec/decompressor.h"
#include "decode/ready_service.h"
#include "flow/object_ref.h"

namespace dray::decode {

// read: gives the stored bytes to the sink, and stops when that answers an error, which it does as soon as it knows.
// The member of `any` whose content_pattern is found in the first text (or `any`, if none is); "" if the key tells
// whose it is, or nothing could be read.
std::string recognised_by_bytes(const ReadyService& any, const flow::ObjectRef& object,
                                codec::DecompressorScratch& scratch, const std::function<Status(ByteSink&)>& read);

}  // namespace dray::decode
