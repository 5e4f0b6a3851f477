// UploadBody: the body of a PUT as S3 reads it: plain with its SHA-256, unsigned, or aws-chunked with signed or
// unsigned chunks
// and trailers.
//
// Sources: S3 API Reference, "Signature calculations: transferring payload in multiple chunks" and "…with trailing
// headers",
// "Checking object integrity". Everything a client says about its bytes is checked: hash, chunk signatures,
// length, Content-MD5,
// x-amz-checksum-{crc32,crc32c,crc64nvme,sha256}; sha1 and unknown checksums are kept unchecked.
// Errors carry S3's code: XAmzContentSHA256Mismatch, SignatureDoesNotMatch, BadDigest, IncompleteBody,
// EntityTooLarge.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "local/signature_check.h"
#include "net/http_server.h"

namespace dray::local {

struct UploadBody {
  std::string bytes;
  net::ServerHeaders checksums;  // x-amz-checksum-…: from the head or the trailer
};

// Whose are the x-amz-checksum headers: of the body, or (CompleteMultipartUpload) of the object it talks about?
enum class ChecksumsOf { body, object };

Result<UploadBody> read_upload(net::ServerExchange& exchange, const Caller& caller, std::size_t bytes_max,
                               ChecksumsOf checksums = ChecksumsOf::body);

// Base64 of the checksum that header x-amz-checksum-NAME would hold; "" for a name that is not computed here.
std::string checksum_of(std::string_view name, std::string_view bytes);

}  // namespace dray::local
