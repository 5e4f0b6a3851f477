// What a notification asks for: the objects to read, or nothing, or we do not understand it.
//
// Forms (AWS: "Event message structure" of S3; formats.md 2): plain S3 event with any number of records, the same
// wrapped by SNS (nested up to 4), s3:TestEvent; MinIO's and Ceph's imitations of the first. Only ObjectCreated:*
// names objects; other event names ask for nothing. An ObjectRef's account is read from the key where AWS puts it
// (AWSLogs/<account>/). Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/object_ref.h"

namespace dray::intake {

// Empty: understood, and there is nothing to read (delete it). Error (poison): leave it on the queue; the message
// says what the body looks like, never its content beyond 80 characters.
Result<std::vector<flow::ObjectRef>> decode_notification(std::string_view body);

}  // namespace dray::intake
