"""The collector against ministack and moto: emulators that we did not write, with their signature checks switched
on.

They make their own notifications (S3 to SQS, S3 to SNS to SQS) and judge our signatures, session tokens and role
chain.
"""

import json
import os
import sys
import time
import urllib.request

import objects
from harness import Skip, free_port, port_open, read_text, wait_until
from scenario import scenario

DIRECT, BY_TOPIC = "dray-direct", "dray-by-topic"
EXTERNAL_ID = "external-id-5f2c81"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sqs:*", "sns:*", "sts:*"], "Resource": "*"}],
}


def service_policy(services, action, arn):
    """What a queue or topic needs before a bucket or topic may send to it."""
    statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Emulator:
    """One running emulator, its users and its clients."""

    def __init__(self, bench, name, port, process):
        import boto3  # only in DRAY_VENV
        from botocore.config import Config

        self.boto3, self.settings = boto3, Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        self.bench, self.name, self.port, self.process = bench, name, port, process
        self.url = f"http://127.0.0.1:{port}"

    def client(self, service, key_id="test", secret="test"):
        return self.boto3.client(
            service,
            endpoint_url=self.url,
            region_name=objects.REGION,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            config=self.settings,
        )

    def make_user(self):
        """An IAM user that may use queue and buckets; its keys are what the collector gets."""
        iam = self.client("iam")
        self.user_arn = iam.create_user(UserName="collector")["User"]["Arn"]
        iam.put_user_policy(UserName="collector", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        key = iam.create_access_key(UserName="collector")["AccessKey"]
        self.key_id, self.secret = key["AccessKeyId"], key["SecretAccessKey"]
        self.bench.secrets.append(self.secret)

    def make_roles(self):
        """A base role that the user may assume, and a customer's role that the base role may assume with an
        external id."""
        iam = self.client("iam")

        def role(name, principal, condition=None):
            trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
            if condition:
                trust["Condition"] = condition
            document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
            arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(POLICY))
            return arn

        base = role("dray-base", self.user_arn)
        return base, role("dray-customer", base, {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}})

    def make_sources(self):
        """One queue; one bucket notifies it directly, another through a topic. Both leave an s3:TestEvent there."""
        sqs, sns, s3 = self.client("sqs"), self.client("sns"), self.client("s3")
        self.queue_url = sqs.create_queue(QueueName="dray-objects", Attributes={"VisibilityTimeout": "30"})[
            "QueueUrl"
        ]
        queue_arn = sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        policy = service_policy(["s3.amazonaws.com", "sns.amazonaws.com"], "sqs:SendMessage", queue_arn)
        sqs.set_queue_attributes(QueueUrl=self.queue_url, Attributes={"Policy": policy})
        topic_arn = sns.create_topic(Name="dray-objects")["TopicArn"]
        sns.set_topic_attributes(
            TopicArn=topic_arn,
            AttributeName="Policy",
            AttributeValue=service_policy(["s3.amazonaws.com"], "sns:Publish", topic_arn),
        )
        sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        for bucket in (DIRECT, BY_TOPIC):
            s3.create_bucket(Bucket=bucket)
        events = ["s3:ObjectCreated:*"]
        s3.put_bucket_notification_configuration(
            Bucket=DIRECT,
            NotificationConfiguration={"QueueConfigurations": [{"QueueArn": queue_arn, "Events": events}]},
        )
        s3.put_bucket_notification_configuration(
            Bucket=BY_TOPIC,
            NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic_arn, "Events": events}]},
        )

    def upload(self, made):
        s3 = self.client("s3")
        for one in made:
            s3.put_object(Bucket=DIRECT if one.number % 2 else BY_TOPIC, Key=one.key, Body=one.body)

    def queue_depth(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=names)["Attributes"]
        return tuple(int(found[name]) for name in names)

    def source(self, credentials=None):
        return {
            "base_url": self.queue_url,
            "endpoints": {"sqs": self.url, "s3": self.url, "sts": self.url},
            "credentials": credentials or {"aws_access_key_id": self.key_id, "aws_secret_access_key": self.secret},
        }


def start_ministack(bench):
    port = free_port()
    environment = {"AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_HOST": "127.0.0.1"}
    return start_emulator(bench, "ministack", [], port, environment)


def start_moto(bench):
    port = free_port()
    return start_emulator(bench, "moto_server", ["-H", "127.0.0.1", "-p", str(port)], port, {})


def start_emulator(bench, name, arguments, port, environment):
    program = os.path.join(os.path.dirname(sys.executable), name)
    if not os.access(program, os.X_OK):
        raise Skip(f"{name} is not in DRAY_VENV")
    process = bench.start(name, [program, *arguments], environment)

    def listening():
        process.must_run()
        return port_open(port)

    wait_until(listening, f"{name} listens", 60)
    return Emulator(bench, name, port, process)


def check_moto_signatures(emulator):
    """From here on moto recomputes signatures and applies policies (platform facts: off by default)."""
    request = urllib.request.Request(
        f"{emulator.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(request, timeout=10).read()


def deliver(bench, emulator, made, credentials=None):
    config = bench.write_config(input_changes=emulator.source(credentials))
    collector = bench.run_to_idle(config, 120, idle=4)
    depth = emulator.queue_depth()
    assert depth == (0, 0), f"{depth} (visible, in flight) messages are left"
    bench.judge(made, instant=False)
    return collector


def refuse_wrong_secret(bench, emulator, words):
    """The same key id with another secret: said clearly, nothing received."""
    wrong = {"aws_access_key_id": emulator.key_id, "aws_secret_access_key": "wrong-secret-7c1e0a5f4d3b"}
    bench.secrets.append(wrong["aws_secret_access_key"])
    before = bench.receivers["main"].read_bytes()
    config = bench.write_config(input_changes=emulator.source(wrong))
    collector = bench.start_collector(config, name="collector-wrong-secret")
    wait_until(lambda: any(word in read_text(collector.log) for word in words), f"the log says one of {words}", 30)
    time.sleep(1)
    collector.end(12)
    assert bench.receivers["main"].read_bytes() == before
    bench.expect_no_secret()


@scenario(200, needs_environment=True)
def ministack(bench):
    """Against ministack with signature checks: its notifications, plain and through SNS, are received, delivered
    and deleted; a wrong secret is refused and said."""
    emulator = start_ministack(bench)
    emulator.make_user()
    emulator.make_sources()
    bench.start_receiver()
    made = objects.mixture(40, 40, seed=51)
    emulator.upload(made)
    deliver(bench, emulator, made)
    emulator.upload(objects.mixture(1, 5, seed=52))
    refuse_wrong_secret(bench, emulator, ["SignatureDoesNotMatch"])
    assert sum(emulator.queue_depth()) == 1


@scenario(200, needs_environment=True)
def ministack_role_chain(bench):
    """Against ministack: base role, then the customer's role with the external id; a wrong external id is refused
    and said."""
    emulator = start_ministack(bench)
    emulator.make_user()
    emulator.make_sources()
    base, customer = emulator.make_roles()
    bench.secrets.append(EXTERNAL_ID)
    bench.start_receiver()
    made = objects.mixture(12, 40, seed=53)
    emulator.upload(made)
    chain = {
        "aws_access_key_id": emulator.key_id,
        "aws_secret_access_key": emulator.secret,
        "aws_base_account_role": base,
        "aws_cross_account_role": customer,
        "aws_external_id": EXTERNAL_ID,
    }
    deliver(bench, emulator, made, chain)
    config = bench.write_config(input_changes=emulator.source({**chain, "aws_external_id": "another-external-id"}))
    collector = bench.start_collector(config, name="collector-wrong-id")
    wait_until(lambda: "AccessDenied" in read_text(collector.log), "the log says AccessDenied", 30)
    collector.end(12)


@scenario(240, needs_environment=True)
def moto(bench):
    """Against moto with signature checks: the same as ministack, by another implementation."""
    emulator = start_moto(bench)
    emulator.make_user()
    emulator.make_sources()
    made = objects.mixture(24, 40, seed=54)
    emulator.upload(made)
    # Its own clients above are called with keys that it does not know: the check begins here.
    check_moto_signatures(emulator)
    emulator.client = lambda service: Emulator.client(emulator, service, emulator.key_id, emulator.secret)
    bench.start_receiver()
    deliver(bench, emulator, made)
    refuse_wrong_secret(bench, emulator, ["SignatureDoesNotMatch"])
