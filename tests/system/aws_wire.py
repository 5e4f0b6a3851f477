"""A minimal signing client for SQS, S3 and STS in the standard library: what the system tests need of AWS's
protocols.

It is independent of the product's own signing code on purpose: two implementations that agree are worth more than
one.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse
import zlib

EMPTY_HASH = hashlib.sha256(b"").hexdigest()


class AwsError(Exception):
    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body[:300]!r}")
        self.status = status
        self.body = body


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class AwsWire:
    def __init__(self, port, key_id, secret, region, account, host="127.0.0.1"):
        self.host, self.port = host, port
        self.key_id, self.secret = key_id, secret
        self.region, self.account = region, account

    def _signed_headers(self, service, method, path, headers, body_hash):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {**headers, "host": f"{self.host}:{self.port}", "x-amz-date": now}
        if service == "s3":
            headers["x-amz-content-sha256"] = body_hash
        names = sorted(headers)
        raw_path, _, query = path.partition("?")
        canonical = "\n".join(
            [method, raw_path, query, *[f"{n}:{headers[n]}" for n in names], "", ";".join(names), body_hash]
        )
        scope = f"{now[:8]}/{self.region}/{service}/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.secret).encode()
        for part in (now[:8], self.region, service, "aws4_request"):
            key = _hmac(key, part)
        signature = _hmac(key, to_sign).hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key_id}/{scope}, SignedHeaders={';'.join(names)}, "
            f"Signature={signature}"
        )
        return headers

    def call(self, service, method, path, body=b"", headers=None):
        """The path is already encoded; a query must be sorted and encoded. Returns (status, headers, body)."""
        signed = self._signed_headers(service, method, path, headers or {}, hashlib.sha256(body).hexdigest())
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=signed)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise AwsError(answer.status, content)
        return answer.status, dict(answer.getheaders()), content

    def put_object(self, bucket, key, body):
        self.call("s3", "PUT", f"/{bucket}/{urllib.parse.quote(key)}", body)

    def create_bucket(self, bucket):
        self.call("s3", "PUT", f"/{bucket}")

    def sqs(self, action, arguments):
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"AmazonSQS.{action}"}
        content = self.call("sqs", "POST", "/", json.dumps(arguments).encode(), headers)[2]
        return json.loads(content or b"{}")

    def queue_url(self, queue):
        return f"http://{self.host}:{self.port}/{self.account}/{queue}"

    def create_queue(self, queue, attributes=None):
        return self.sqs("CreateQueue", {"QueueName": queue, "Attributes": attributes or {}})["QueueUrl"]

    def send_messages(self, queue, bodies):
        url = self.queue_url(queue)
        for begin in range(0, len(bodies), 10):
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[begin : begin + 10])]
            answer = self.sqs("SendMessageBatch", {"QueueUrl": url, "Entries": entries})
            if answer.get("Failed"):
                raise AwsError(200, json.dumps(answer["Failed"]).encode())

    def queue_depth(self, queue):
        """(visible, in flight)"""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs("GetQueueAttributes", {"QueueUrl": self.queue_url(queue), "AttributeNames": names})
        return tuple(int(answer["Attributes"].get(name, 0)) for name in names)


def s3_event(bucket, region, objects):
    """The body of a notification for [(key, bytes)], as S3 writes it."""
    records = []
    for key, body in objects:
        records.append(
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": region,
                "eventTime": "2024-03-05T09:10:12.000Z",
                "eventName": "ObjectCreated:Put",
                "userIdentity": {"principalId": "EXAMPLE"},
                "requestParameters": {"sourceIPAddress": "192.0.2.1"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "system-test",
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": {"principalId": "EXAMPLE"},
                        "arn": f"arn:aws:s3:::{bucket}",
                    },
                    "object": {
                        "key": urllib.parse.quote_plus(key, safe="/"),
                        "size": len(body),
                        "eTag": hashlib.md5(body).hexdigest(),
                        "sequencer": f"00{zlib.crc32(key.encode()):014X}",
                    },
                },
            }
        )
    return json.dumps({"Records": records})


def sns_envelope(body):
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "11111111-2222-3333-4444-555555555555",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:objects",
            "Subject": "Amazon S3 Notification",
            "Message": body,
            "Timestamp": "2024-03-05T09:10:13.000Z",
            "SignatureVersion": "1",
            "Signature": "RVhBTVBMRQ==",
        }
    )


def event_bridge(bucket, region, key, body):
    """EventBridge's "Object Created": the key as it is."""
    return json.dumps(
        {
            "version": "0",
            "id": "0d9c2f4e-0000-4000-8000-000000000000",
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": "123456789012",
            "time": "2024-03-05T09:10:12Z",
            "region": region,
            "resources": [f"arn:aws:s3:::{bucket}"],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": {
                    "key": key,
                    "size": len(body),
                    "etag": hashlib.md5(body).hexdigest(),
                    "sequencer": f"00{zlib.crc32(key.encode()):014X}",
                },
                "requester": "123456789012",
                "reason": "PutObject",
            },
        }
    )


def fdr_batch(bucket, objects):
    """CrowdStrike FDR's batch of [(key, bytes)]: paths as they are."""
    files = [
        {"path": key, "size": len(body), "checksum": hashlib.md5(body).hexdigest()} for key, body in objects
    ]
    return json.dumps(
        {
            "cid": "00112233445566778899aabbccddeeff",
            "timestamp": 1709629811615,
            "fileCount": len(files),
            "totalSize": sum(one["size"] for one in files),
            "bucket": bucket,
            "pathPrefix": "data/3f2a0c11",
            "files": files,
        }
    )


def delivery_notice(bucket, keys):
    """CloudTrail's own notice about files it has delivered."""
    return json.dumps({"s3Bucket": bucket, "s3ObjectKey": keys})


def objects_of(body):
    """Decoded keys that a notification names; for the judge, so written apart from the product's decoder."""
    if body == "CloudTrail validation message.":
        return []
    parsed = json.loads(body)
    if "Message" in parsed and "Records" not in parsed:
        parsed = json.loads(parsed["Message"])
    if "detail" in parsed:
        return [parsed["detail"]["object"]["key"]]
    if "files" in parsed:
        return [one["path"] for one in parsed["files"]]
    if "s3ObjectKey" in parsed:
        return list(parsed["s3ObjectKey"])
    return [urllib.parse.unquote_plus(record["s3"]["object"]["key"]) for record in parsed.get("Records", [])]
