// What a notification asks for: the objects to read, or nothing, or we do not understand it.
//
// Forms (docs/notifications.md, formats.md 2): S3's own event with any number of records, also as MinIO and Ceph write
// it; EventBridge's "Object Created" (Security Lake's too), CrowdStrike FDR's batch, the delivery notices of
// CloudTrail and Config; each of them plain or in SNS messages nested up to 4. Only what was created is read: other
// events of S3, test events, confirmations of SNS and announcements ask for nothing. What carries in itself what it
// tells is left, for to acknowledge it would lose it.
// Keys: form-decoded once where S3 encodes them (its own event), literal everywhere else. An account is read
// from the key where AWS puts it (AWSLogs/<account>/). At most 10,000 objects a message. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/object_ref.h"

namespace dray::intake {

// Empty: understood, and there is nothing to read (delete it). Error (poison): leave it on the queue; the message
// says what the body looks like, never its content beyond 80 characters.
Result<std::vector<flow::ObjectRef>> decode_notification(std::string_view body);
// The account in a key under AWSLogs/, or "". `dray try` asks for it too: its objects come without a notification.
std::string account_of(std::string_view key);

}  // namespace dray::intake
