"""Seeded objects for the system tests, and what must arrive for each of them.

Every event carries its object's number, its ordinal and a checksum, so that its text is unique in a test and a
changed byte is seen. `Made` is one object: its key, the bytes to upload and the expected (tag, text) pairs in
order.
"""

import dataclasses
import gzip
import json
import random
import zlib

ACCOUNT = "123456789012"
REGION = "us-east-1"
BUCKET = "dray-system-tests"

# The input's services, in this order: the custom one takes the keys below custom/ and plain/ only.
SERVICES = {
    "aws_sqs_cloudtrail": {},
    "aws_sqs_vpc": {},
    "aws_sqs_alb": {},
    "custom_service": {
        "key_pattern": "^custom/",
        "file_format": {"type": "line_split_processor", "config": {"json": True}},
        "record_field_mapping": {"kind": {"keys": ["kind"]}},
        "routing_template": "my.app.system.[record-kind]",
    },
    "plain_lines": {
        "key_pattern": "^plain/",
        "file_format": {"type": "line_split_processor"},
        "routing_template": "my.app.system.lines",
    },
}


@dataclasses.dataclass
class Made:
    number: int
    key: str
    body: bytes
    events: list  # [(tag, text)] of bytes, in the object's order

    @property
    def frames(self):
        return [(self.number, ordinal, tag, text) for ordinal, (tag, text) in enumerate(self.events)]


def mark(number, ordinal, rng):
    """`o…r…c…`: object, ordinal and a checksum over both and a random word."""
    word = f"{rng.getrandbits(64):016x}"
    crc = zlib.crc32(f"{number}:{ordinal}:{word}".encode())
    return f"o{number}r{ordinal}w{word}c{crc:08x}"


def cloudtrail(number, count, rng):
    records, events = [], []
    for ordinal in range(count):
        source = rng.choice(["s3", "ec2", "sts", "waf-regional"])
        record = {
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "AssumedRole",
                "accountId": ACCOUNT,
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/é/x",
            },
            "eventTime": "2024-03-05T09:10:11Z",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": "GetObject",
            "awsRegion": REGION,
            "sourceIPAddress": "198.51.100.7",
            "requestParameters": {"text": "a \"quoted\" {brace} \\ backslash", "list": [1, 2.50, None, True]},
            "requestID": mark(number, ordinal, rng),
        }
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=ordinal % 2 == 0)
        records.append(text)
        events.append((f"cloud.aws.cloudtrail.{source.replace('-', '_')}".encode(), text.encode()))
    body = gzip.compress(('{"Records":[' + ",".join(records) + "]}").encode(), 1)
    name = f"{ACCOUNT}_CloudTrail_{REGION}_20240305T0910Z_{number:016d}.json.gz"
    return Made(number, f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2024/03/05/{name}", body, events)


def vpc(number, count, rng):
    header = b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    events = []
    for ordinal in range(count):
        text = (
            f"2 {ACCOUNT} eni-{mark(number, ordinal, rng)} 192.0.2.{rng.randrange(256)} 198.51.100.9 "
            f"{rng.randrange(65536)} 443 6 {rng.randrange(1, 99)} {rng.randrange(9999)} 1709629811 1709629871 ACCEPT OK"
        )
        events.append((b"cloud.aws.vpc.flow", text.encode()))
    body = gzip.compress(b"\n".join([header] + [text for _, text in events]) + b"\n", 1)
    name = f"{ACCOUNT}_vpcflowlogs_{REGION}_fl-0a1b2c3d4e5f60718_20240305T0910Z_{number:08d}.log.gz"
    return Made(number, f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/2024/03/05/{name}", body, events)


def alb(number, count, rng):
    events = []
    for ordinal in range(count):
        text = (
            f'https 2024-03-05T09:10:11.{rng.randrange(1000000):06d}Z app/shop/0a1b2c3d4e5f6071 192.0.2.8:2817 10.0.0.66:80 '
            f'0.000 0.001 0.000 200 200 34 366 "GET https://shop.example.com:443/{mark(number, ordinal, rng)} HTTP/2.0" '
            f'"agent/1.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 - "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 -'
        )
        events.append((b"web.aws.alb.access", text.encode()))
    body = gzip.compress(b"".join(text + b"\n" for _, text in events), 1)
    name = f"{ACCOUNT}_elasticloadbalancing_{REGION}_app.shop.0a1b2c3d4e5f6071_20240305T0910Z_192.0.2.10_{number:08d}.log.gz"
    return Made(number, f"AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/2024/03/05/{name}", body, events)


def custom(number, count, rng):
    """NDJSON, plain bytes, CRLF in every third object, a key that needs encoding."""
    events = []
    for ordinal in range(count):
        kind = rng.choice(["login", "logout", "a.b"])
        text = f'{{"kind":"{kind}","mark":"{mark(number, ordinal, rng)}","n":1.50}}'
        events.append((f"my.app.system.{kind}".encode(), text.encode()))
    end = b"\r\n" if number % 3 == 0 else b"\n"
    return Made(number, f"custom/day=2024-03-05/a b+é%{number}.ndjson", end.join(text for _, text in events), events)


def lines(number, count, rng, line_bytes=0):
    """Plain lines; line_bytes pads each to that length."""
    events = []
    for ordinal in range(count):
        text = f"line {mark(number, ordinal, rng)}"
        events.append(
            (b"my.app.system.lines", (text + " ").ljust(line_bytes, "x").encode() if line_bytes else text.encode())
        )
    body = b"".join(text + b"\n" for _, text in events)
    return Made(number, f"plain/{number:06d}.log.gz", gzip.compress(body, 1), events)


def mixture(count, per_object, seed):
    rng = random.Random(seed)
    kinds = [cloudtrail, vpc, alb, custom]
    return [kinds[number % 4](number, rng.randrange(1, 2 * per_object), rng) for number in range(count)]


def many_lines(count, per_object, seed, line_bytes=0):
    rng = random.Random(seed)
    return [lines(number, per_object, rng, line_bytes) for number in range(count)]
