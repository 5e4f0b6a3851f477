#include "format/csv_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace dray::format {
namespace {

// Lower case, letters and digits only.
constexpr auto kColumns = [] {
  auto columns = std::to_array<std::string_view>({
      "id",
      "timestamp",
      "time",
      "date",
      "email",
      "user",
      "type",
      "action",
      "loggedinfrom",
      "before",
      "after",
      "identity",
      "identities",
      "identitytype",
      "identitytypes",
      "identityid",
      "identityids",
      "policyidentity",
      "policyidentitytype",
      "policyidentityid",
      "mostgranularidentity",
      "mostgranularidentitytype",
      "internalip",
      "externalip",
      "internalclientip",
      "externalclientip",
      "querytype",
      "responsecode",
      "domain",
      "categories",
      "category",
      "blockedcategories",
      "sourceip",
      "sourceport",
      "destinationip",
      "destinationport",
      "destinationips",
      "destinationcountries",
      "contenttype",
      "verdict",
      "url",
      "referer",
      "referrer",
      "useragent",
      "statuscode",
      "requestsize",
      "responsesize",
      "responsebodysize",
      "sha",
      "shasha256",
      "sha256",
      "avdetections",
      "puas",
      "ampdisposition",
      "ampmalwarename",
      "ampscore",
      "requestmethod",
      "dlpstatus",
      "certificateerrors",
      "filename",
      "rulesetid",
      "ruleid",
      "destinationlistids",
      "organizationid",
      "applicationids",
      "isolateaction",
      "fileaction",
      "warnstatus",
      "msgid",
      "direction",
      "protocol",
      "ipprotocol",
      "packetsize",
      "origin",
      "originid",
      "origintype",
      "datacenter",
      "rulename",
      "signatureid",
      "signaturemessage",
      "signaturelistid",
      "severity",
      "classification",
      "cves",
      "eventtype",
      "filelabel",
      "owner",
      "application",
      "applicationname",
      "destination",
      "contentname",
      "hash",
      "size",
      "threats",
      "threattypes",
      "responsefilename",
      "producttype",
      "egressip",
      "contentcategories",
  });
  std::sort(columns.begin(), columns.end());
  return columns;
}();

bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_known(std::string_view field) {
  std::string letters;
  for (const char byte : field) {
    if (is_letter(byte)) {
      letters += static_cast<char>(byte | 0x20);
    } else if (is_digit(byte)) {
      letters += byte;
    }
  }
  return std::binary_search(kColumns.begin(), kColumns.end(), std::string_view(letters));
}

}  // namespace

bool looks_like_csv_column(std::string_view field) {
  constexpr std::size_t kLongest = 80;
  return !field.empty() && field.size() <= kLongest && is_letter(field.front()) &&
         std::all_of(field.begin(), field.end(), [](char byte) {
           return is_letter(byte) || is_digit(byte) || std::string_view(" _-./()").find(byte) != std::string_view::npos;
         });
}

bool is_csv_header(std::span<const std::string> fields) {
  if (!std::all_of(fields.begin(), fields.end(), looks_like_csv_column)) {
    return false;
  }
  const auto known = static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(), is_known));
  return known >= 2 && known * 2 >= fields.size();
}

}  // namespace dray::format
