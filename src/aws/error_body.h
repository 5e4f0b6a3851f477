// Error answers of AWS, taken apart: XML from S3 and STS, JSON from SQS. Any bytes are accepted: a proxy's page gives
// empty fields, never a fault. Reads at most the 64 KiB that the HTTP client kept. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace dray::aws {

struct ErrorBody {
  std::string code;
  std::string message;
  std::string request_id;
  std::string region;  // the bucket's, where S3 tells it
};

// The text of the first element of that name, with entities resolved; "" if there is none.
std::string xml_text(std::string_view xml, std::string_view element);

ErrorBody parse_xml_error(std::string_view body);
// query_error: the header x-amzn-query-error ("AWS.SimpleQueueService.NonExistentQueue;Sender"), which wins over the
// body's __type.
ErrorBody parse_json_error(std::string_view body, std::string_view query_error);

}  // namespace dray::aws
