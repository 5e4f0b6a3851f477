"""boto3 against `dray local`: what AWS's own client believes of the local cloud, in its default settings."""

import hashlib
import io
import json
import os
import threading
import time
import unittest
import urllib.error

import cloud_process
from cloud_process import ACCOUNT, CHAINED_ROLE, EXTERNAL_ID, KEY_ID, REGION, ROLE, SECRET, CloudProcess

if __name__ == "__main__":
    cloud_process.enter_environment("python")

import boto3  # noqa: E402: only in DRAY_VENV
from boto3.s3.transfer import TransferConfig  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError, IncompleteReadError  # noqa: E402

ONCE = {"total_max_attempts": 1}
ODD_KEYS = ["a b+c%25é~(1)!'*.gz", "dt=2024-01-02/x:y@z,w;v.json", "dots/../up//twice/./end ", "tab\tand&<amp>"]


class Clients:
    """boto3 clients of one cloud."""

    def __init__(self, cloud):
        self.cloud = cloud

    def make(self, service, key_id=KEY_ID, secret=SECRET, token=None, region=REGION, retries=None):
        return boto3.client(
            service,
            endpoint_url=self.cloud.url,
            region_name=region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            verify=self.cloud.authority,
            config=Config(retries=retries or ONCE, s3={"addressing_style": "path"}),
        )


class Base(unittest.TestCase):
    tls = False

    @classmethod
    def setUpClass(cls):
        cls.cloud = CloudProcess(cls.tls)
        cls.clients = Clients(cls.cloud)
        cls.s3, cls.sqs, cls.sts = (cls.clients.make(service) for service in ("s3", "sqs", "sts"))

    @classmethod
    def tearDownClass(cls):
        for client in (cls.s3, cls.sqs, cls.sts):
            client.close()
        if cls.cloud.end() != 0:
            raise RuntimeError("dray local did not end with 0")

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def bucket(self):
        name = "bucket-" + self.id().rsplit(".", 1)[-1].replace("_", "-")[-40:].strip("-")
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def queue(self, name=None, **attributes):
        name = name or self.id().rsplit(".", 1)[-1][:60]
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def receive(self, url, **options):
        options = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["All"], **options}
        return self.sqs.receive_message(QueueUrl=url, **options).get("Messages", [])


class S3(Base):
    def test_objects_of_odd_keys_come_back_whole(self):
        bucket = self.bucket()
        for key in ODD_KEYS:
            body = os.urandom(1000) + key.encode()
            put = self.s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata={"origin": "test"})
            self.assertEqual(put["ETag"], f'"{hashlib.md5(body).hexdigest()}"')
            got = self.s3.get_object(Bucket=bucket, Key=key)
            self.assertEqual(got["Body"].read(), body)
            self.assertEqual(got["Metadata"], {"origin": "test"})
            self.assertEqual(self.s3.head_object(Bucket=bucket, Key=key)["ContentLength"], len(body))
        listed = self.s3.list_objects_v2(Bucket=bucket)
        self.assertEqual([one["Key"] for one in listed["Contents"]], sorted(ODD_KEYS, key=str.encode))

    def test_ranges_and_conditions_hold(self):
        bucket = self.bucket()
        etag = self.s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]

        def read(**options):
            return self.s3.get_object(Bucket=bucket, Key="k", **options)

        self.assertEqual(read(Range="bytes=2-4")["Body"].read(), b"234")
        self.assertEqual(read(Range="bytes=-3")["Body"].read(), b"789")
        tail = read(Range="bytes=7-", IfMatch=etag)
        self.assertEqual((tail["Body"].read(), tail["ContentRange"]), (b"789", "bytes 7-9/10"))
        self.refused("InvalidRange", read, Range="bytes=10-")
        self.refused("PreconditionFailed", read, IfMatch='"other"')
        self.refused("304", read, IfNoneMatch=etag)
        self.refused("NoSuchKey", self.s3.get_object, Bucket=bucket, Key="missing")
        self.refused("NoSuchBucket", self.s3.get_object, Bucket="no-such-bucket", Key="k")

    def test_bodies_of_unknown_length_and_parts_arrive(self):
        bucket = self.bucket()
        body = os.urandom(20 * 1024 * 1024)
        config = TransferConfig(multipart_threshold=8 * 1024 * 1024, multipart_chunksize=6 * 1024 * 1024)
        self.s3.upload_fileobj(io.BytesIO(body), bucket, "parts", Config=config)
        self.assertTrue(self.s3.head_object(Bucket=bucket, Key="parts")["ETag"].endswith('-4"'))
        back = io.BytesIO()
        self.s3.download_fileobj(bucket, "parts", back, Config=config)
        self.assertEqual(back.getvalue(), body)
        self.s3.upload_fileobj(io.BytesIO(b"small"), bucket, "stream")
        self.assertEqual(self.s3.get_object(Bucket=bucket, Key="stream")["Body"].read(), b"small")

    def test_every_checksum_is_checked_and_given_back(self):
        bucket = self.bucket()
        for algorithm in ("CRC32", "SHA1", "SHA256"):
            put = self.s3.put_object(Bucket=bucket, Key=algorithm, Body=b"body", ChecksumAlgorithm=algorithm)
            got = self.s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
            self.assertEqual(got["Body"].read(), b"body")
            self.assertEqual(got[f"Checksum{algorithm}"], put[f"Checksum{algorithm}"])
        self.refused(
            "BadDigest", self.s3.put_object, Bucket=bucket, Key="bad", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA=="
        )

    def test_listing_pages_and_folds_prefixes(self):
        bucket = self.bucket()
        keys = sorted([f"p/{n:03}" for n in range(25)] + ["q/r/1", "q/r/2", "top"])
        self.cloud.admin("POST", "objects", {"bucket": bucket, "objects": [{"key": k, "body": k} for k in keys]})
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 7})
        self.assertEqual([one["Key"] for page in pages for one in page["Contents"]], keys)
        for page_size in (1, 2, 10):
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": page_size}
            )
            folded, plain = [], []
            for page in pages:
                folded += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
                plain += [one["Key"] for one in page.get("Contents", [])]
            self.assertEqual((folded, plain), (["p/", "q/"], ["top"]))
        old = self.s3.list_objects(Bucket=bucket, Prefix="q/")
        self.assertEqual([one["Key"] for one in old["Contents"]], ["q/r/1", "q/r/2"])

    def test_copies_and_deletes(self):
        bucket = self.bucket()
        self.s3.put_object(Bucket=bucket, Key="from +", Body=b"x")
        self.s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from +"})
        self.refused("BucketNotEmpty", self.s3.delete_bucket, Bucket=bucket)
        self.s3.delete_object(Bucket=bucket, Key="to")
        self.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "from +"}, {"Key": "never"}]})
        self.assertNotIn("Contents", self.s3.list_objects_v2(Bucket=bucket))
        self.s3.delete_bucket(Bucket=bucket)
        self.refused("404", self.s3.head_bucket, Bucket=bucket)

    def test_a_client_of_another_region_is_told_the_right_one(self):
        bucket = self.bucket()
        other = self.clients.make("s3", region="us-west-2")
        before = self.cloud.admin("GET", "counters")["requests"]
        other.put_object(Bucket=bucket, Key="k", Body=b"x")
        other.close()
        # Refused once with the region's name, then signed again for that region (botocore's S3RegionRedirectorv2).
        self.assertEqual(self.cloud.admin("GET", "counters")["requests"], before + 3)
        self.assertEqual(self.s3.get_bucket_location(Bucket=bucket)["LocationConstraint"], REGION)

    def test_notifications_reach_queues_in_both_forms(self):
        bucket = self.bucket()
        plain, topic = self.queue("n-plain"), self.queue("n-topic")
        arn = self.sqs.get_queue_attributes(QueueUrl=plain, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        rules = {"FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".gz"}]}
        configuration = {
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": rules}}],
            "TopicConfigurations": [
                {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:n-topic", "Events": ["s3:ObjectCreated:Put"]}
            ],
        }
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
        back = self.s3.get_bucket_notification_configuration(Bucket=bucket)
        self.assertEqual(back["QueueConfigurations"][0]["QueueArn"], arn)
        self.assertEqual(json.loads(self.receive(plain)[0]["Body"])["Event"], "s3:TestEvent")
        self.assertEqual(json.loads(json.loads(self.receive(topic)[0]["Body"])["Message"])["Event"], "s3:TestEvent")

        key = "in/aws-region=eu-west-1/a b+c%:é~.log.gz"
        for name in ("other/x.gz", "in/x.txt", key):
            self.s3.put_object(Bucket=bucket, Key=name, Body=b"12345")
        (message,) = self.receive(plain)
        (record,) = json.loads(message["Body"])["Records"]
        self.assertEqual((record["eventName"], record["awsRegion"]), ("ObjectCreated:Put", REGION))
        self.assertEqual(record["s3"]["bucket"]["name"], bucket)
        self.assertEqual(
            record["s3"]["object"]["key"], "in/aws-region%3Deu-west-1/a+b%2Bc%25%3A%C3%A9%7E.log.gz"
        )
        self.assertEqual(record["s3"]["object"]["size"], 5)
        self.assertEqual(len(self.receive(topic)), 3)
        self.refused(
            "InvalidArgument",
            self.s3.put_bucket_notification_configuration,
            Bucket=bucket,
            NotificationConfiguration={"QueueConfigurations": [{"QueueArn": arn + "x", "Events": ["s3:ObjectCreated:*"]}]},
        )

    def test_a_multipart_upload_is_one_event(self):
        bucket, url = self.bucket(), self.queue("n-parts")
        self.cloud.admin("POST", "notifications", {"bucket": bucket, "queue": "n-parts"})
        config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024)
        self.s3.upload_fileobj(io.BytesIO(bytes(11 * 1024 * 1024)), bucket, "big", Config=config)
        (message,) = self.receive(url)
        (record,) = json.loads(message["Body"])["Records"]
        self.assertEqual(record["eventName"], "ObjectCreated:CompleteMultipartUpload")
        self.assertTrue(record["s3"]["object"]["eTag"].endswith("-3"))

    def test_faults_bite_once_and_then_are_over(self):
        bucket = self.bucket()
        self.s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 1000)

        def get():
            return self.s3.get_object(Bucket=bucket, Key="k")["Body"].read()

        def fault(kind, **options):
            self.cloud.admin("POST", "faults", {"kind": kind, "operation": "GetObject", "subject": "k", **options})

        fault("slow_down", times=2)
        self.refused("SlowDown", get)
        self.refused("SlowDown", get)
        fault("expired_token")
        self.refused("ExpiredToken", get)
        fault("cut_body", value=300)
        self.assertRaises((IncompleteReadError, HTTPClientError), get)
        fault("lost_response")
        self.assertRaises((ConnectionClosedError, HTTPClientError), get)
        self.assertEqual(get(), b"x" * 1000)
        with self.assertRaises(urllib.error.HTTPError):
            self.cloud.admin("POST", "faults", {"kind": "unheard_of"})


class Sqs(Base):
    def test_a_message_passes_through_receive_and_delete(self):
        url = self.queue()
        attributes = {"k": {"StringValue": "v", "DataType": "String"}, "b": {"BinaryValue": b"\0\1", "DataType": "Binary"}}
        body = 'body with "quotes", é and \n lines'
        sent = self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
        (message,) = self.receive(url, MessageAttributeNames=["All"])
        self.assertEqual((message["Body"], message["MessageId"]), (body, sent["MessageId"]))
        self.assertEqual(message["MD5OfBody"], hashlib.md5(body.encode()).hexdigest())
        self.assertEqual(message["MessageAttributes"], attributes)
        self.assertEqual(message["Attributes"]["ApproximateReceiveCount"], "1")
        self.assertEqual(self.receive(url), [])
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        self.assertEqual(self.cloud.admin("GET", "counters")["queues"][url.rsplit("/", 1)[1]]["left"], 0)

    def test_a_stale_handle_deletes_nothing(self):
        url = self.queue()
        self.sqs.send_message(QueueUrl=url, MessageBody="m")
        (first,) = self.receive(url, VisibilityTimeout=0)
        (second,) = self.receive(url)
        self.assertNotEqual(first["ReceiptHandle"], second["ReceiptHandle"])
        self.assertEqual(second["Attributes"]["ApproximateReceiveCount"], "2")
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
        self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
        self.refused(
            "AWS.SimpleQueueService.MessageNotInflight",
            self.sqs.change_message_visibility,
            QueueUrl=url,
            ReceiptHandle=second["ReceiptHandle"],
            VisibilityTimeout=5,
        )
        self.refused("ReceiptHandleIsInvalid", self.sqs.delete_message, QueueUrl=url, ReceiptHandle="nonsense")
        self.assertEqual(len(self.receive(url)), 1)

    def test_a_long_poll_wakes_for_a_message(self):
        url = self.queue()
        other = self.clients.make("sqs")
        timer = threading.Timer(0.3, lambda: other.send_message(QueueUrl=url, MessageBody="late"))
        timer.start()
        begun = time.monotonic()
        messages = self.receive(url, WaitTimeSeconds=20)
        timer.join()
        other.close()
        self.assertEqual([message["Body"] for message in messages], ["late"])
        self.assertLess(time.monotonic() - begun, 19, "the whole wait passed")

    def test_batches_fail_entry_by_entry(self):
        url = self.queue()
        entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(10)]
        entries[3]["MessageBody"] = "control \x01"
        sent = self.sqs.send_message_batch(QueueUrl=url, Entries=entries)
        self.assertEqual((len(sent["Successful"]), sent["Failed"][0]["Id"]), (9, "3"))
        handles = [message["ReceiptHandle"] for message in self.receive(url)]
        changes = [{"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 60} for n, handle in enumerate(handles)]
        changes[1]["VisibilityTimeout"] = 50000
        changed = self.sqs.change_message_visibility_batch(QueueUrl=url, Entries=changes)
        self.assertEqual([one["Code"] for one in changed["Failed"]], ["InvalidParameterValue"])
        self.cloud.admin("POST", "faults", {"kind": "partial_failure", "operation": "DeleteMessageBatch", "times": 2})
        entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)]
        deleted = self.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        self.assertEqual([one["Id"] for one in deleted["Failed"]], ["0", "1"])
        self.assertFalse(deleted["Failed"][0]["SenderFault"])
        self.refused(
            "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            self.sqs.delete_message_batch,
            QueueUrl=url,
            Entries=[entries[0], entries[0]],
        )

    def test_a_message_received_too_often_moves_to_the_dead_letters(self):
        dead = self.queue("dead")
        arn = self.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]["QueueArn"]
        url = self.queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2}))
        sent = self.sqs.send_message(QueueUrl=url, MessageBody="poison")
        for _ in range(2):
            self.assertEqual(len(self.receive(url, VisibilityTimeout=0)), 1)
        self.assertEqual(self.receive(url), [])
        (message,) = self.receive(dead)
        self.assertEqual(message["MessageId"], sent["MessageId"])

    def test_delay_purge_and_listing(self):
        url = self.queue("zz-delay", DelaySeconds="900")
        self.sqs.send_message(QueueUrl=url, MessageBody="later")
        self.sqs.send_message(QueueUrl=url, MessageBody="now", DelaySeconds=0)
        self.assertEqual([message["Body"] for message in self.receive(url)], ["now"])
        self.sqs.purge_queue(QueueUrl=url)
        attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(attributes["ApproximateNumberOfMessagesDelayed"], "0")
        self.assertEqual(self.sqs.list_queues(QueueNamePrefix="zz-")["QueueUrls"], [url])
        self.assertEqual(self.sqs.get_queue_url(QueueName="zz-delay")["QueueUrl"], url)
        self.sqs.delete_queue(QueueUrl=url)
        self.refused("AWS.SimpleQueueService.NonExistentQueue", self.sqs.receive_message, QueueUrl=url)

    def test_a_delete_is_in_the_journal_before_its_answer(self):
        url = self.queue()
        self.sqs.send_message(QueueUrl=url, MessageBody="proof")
        (message,) = self.receive(url)
        with open(self.cloud.watched, "w", encoding="utf-8") as file:
            file.write("x" * 321)
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        with open(self.cloud.journal, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        (line,) = [line for line in lines if line["message_id"] == message["MessageId"]]
        self.assertEqual((line["body"], line["sizes"]), ("proof", {self.cloud.watched: 321}))

    def test_duplicates_and_lost_answers_happen_on_demand(self):
        url = self.queue("dup")
        self.cloud.admin("POST", "faults", {"kind": "duplicate_delivery", "subject": "dup"})
        self.sqs.send_message(QueueUrl=url, MessageBody="m")
        first, second = self.receive(url), self.receive(url)
        self.assertEqual(first[0]["MessageId"], second[0]["MessageId"])
        self.cloud.admin("POST", "faults", {"kind": "lost_response", "operation": "DeleteMessage"})
        with self.assertRaises((ConnectionClosedError, HTTPClientError)):
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=second[0]["ReceiptHandle"])
        self.assertEqual(self.cloud.admin("GET", "counters")["queues"]["dup"]["deleted"], 1)
        self.cloud.admin("POST", "faults", {"kind": "slow_down", "operation": "ReceiveMessage"})
        self.refused("RequestThrottled", self.sqs.receive_message, QueueUrl=url)


class Identity(Base):
    def test_wrong_keys_are_refused_in_each_services_words(self):
        cases = [
            ("s3", "list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"),
            ("sqs", "list_queues", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidClientTokenId"),
            ("sts", "get_caller_identity", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidClientTokenId"),
        ]
        for service, call, unknown, wrong, token in cases:
            with self.subTest(service=service):
                self.refused(unknown, getattr(self.clients.make(service, key_id="AKIANOBODY"), call))
                self.refused(wrong, getattr(self.clients.make(service, secret="wrong"), call))
                self.refused(token, getattr(self.clients.make(service, token="bogus"), call))

    def test_expired_keys_are_refused(self):
        key = {"id": "ASIAEXPIRED", "secret": "s", "session_token": "t", "expires_in": -1}
        self.cloud.admin("POST", "keys", key)
        for service, call in (("s3", "list_buckets"), ("sqs", "list_queues"), ("sts", "get_caller_identity")):
            client = self.clients.make(service, key_id=key["id"], secret="s", token="t")
            self.refused("ExpiredToken", getattr(client, call))

    def test_a_role_chain_needs_its_external_id(self):
        def assume(sts, arn, **options):
            return sts.assume_role(RoleArn=arn, RoleSessionName="test", ExternalId=EXTERNAL_ID, **options)["Credentials"]

        def client(service, made):
            return self.clients.make(service, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

        self.refused("AccessDenied", self.sts.assume_role, RoleArn=ROLE, RoleSessionName="test")
        self.refused("AccessDenied", self.sts.assume_role, RoleArn=ROLE, RoleSessionName="test", ExternalId="other")
        self.refused("AccessDenied", self.sts.assume_role, RoleArn=ROLE + "x", RoleSessionName="test")
        base = client("sts", assume(self.sts, ROLE, DurationSeconds=43200))
        self.assertEqual(base.get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/base/test")
        self.refused("ValidationError", assume, base, CHAINED_ROLE, DurationSeconds=7200)
        chained = assume(base, CHAINED_ROLE, DurationSeconds=3600)
        self.assertIn("Buckets", client("s3", chained).list_buckets())
        client("sqs", chained).list_queues()
        no_token = self.clients.make("s3", chained["AccessKeyId"], chained["SecretAccessKey"])
        self.refused("InvalidAccessKeyId", no_token.list_buckets)


class OverTls(S3):
    """The same over https, where boto3 sends unsigned chunks with a trailer instead of a hash."""

    tls = True


if __name__ == "__main__":
    unittest.main()
