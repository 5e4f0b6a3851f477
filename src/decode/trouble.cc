#include "decode/trouble.h"

#include <string_view>

namespace dray::decode {
namespace {

using flow::Trouble;

struct Row {
  std::string_view code;
  Trouble trouble;
};

constexpr Row kCodes[] = {
    // codec/
    {"truncated", Trouble::corrupt_object},
    {"bad_crc", Trouble::corrupt_object},
    {"bad_length", Trouble::corrupt_object},
    {"bad_header", Trouble::corrupt_object},
    {"bad_data", Trouble::corrupt_object},
    {"bad_checksum", Trouble::corrupt_object},
    {"encrypted", Trouble::corrupt_object},
    {"unsupported_encoding", Trouble::unknown_codec},
    {"unknown_codec", Trouble::unknown_codec},
    // format/ and parquet
    {"bad_json", Trouble::corrupt_object},
    {"truncated_json", Trouble::corrupt_object},
    {"bad_parquet", Trouble::corrupt_object},
    {"encrypted_parquet", Trouble::unknown_codec},
    {"unsupported_parquet", Trouble::unknown_codec},
    {"too_deep", Trouble::limit_exceeded},
    {"no_records", Trouble::unknown_format},
    {"not_parquet", Trouble::unknown_format},
    {"parquet_object", Trouble::unknown_format},  // for a service that reads something else
    {"oversize_record", Trouble::oversize_record},
    // here and in pipeline/
    {"undecodable_record", Trouble::undecodable_record},
    {"no_service", Trouble::unknown_format},
    {"not_recognised", Trouble::unknown_format},
};

}  // namespace

flow::Disposition unsent_disposition(const flow::Dispositions& dispositions, Trouble trouble) {
  using flow::Disposition;
  const Disposition said = dispositions.of(trouble);
  if (said == Disposition::send_raw) return Disposition::leave;
  // The user spoke of one record; the others of the object would go with it.
  return said == Disposition::remove && trouble == Trouble::oversize_record ? Disposition::leave : said;
}

std::optional<Trouble> trouble_of(const Error& error) {
  if (error.kind != ErrorKind::poison || error.code == kQuarantineUnavailable) return std::nullopt;
  if (error.code.starts_with("limit_")) return Trouble::limit_exceeded;
  for (const Row& row : kCodes) {
    if (row.code == error.code) return row.trouble;
  }
  return Trouble::corrupt_object;
}

}  // namespace dray::decode
