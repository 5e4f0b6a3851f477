"""The AWS CLI against `dray local`: the commands that people type."""

import json
import os
import subprocess
import unittest

import cloud_process
from cloud_process import CHAINED_ROLE, EXTERNAL_ID, KEY_ID, REGION, SECRET, CloudProcess

AWS = cloud_process.enter_environment("aws") if __name__ == "__main__" else "aws"
COMMAND_SECONDS = 60


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cloud = CloudProcess()
        cls.environment = {
            "PATH": os.environ["PATH"],
            "HOME": cls.cloud.directory,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @classmethod
    def tearDownClass(cls):
        if cls.cloud.end() != 0:
            raise RuntimeError("dray local did not end with 0")

    def aws(self, *arguments, fails_with=None, **environment):
        done = subprocess.run(
            # `aws sqs` of version 1 overlooks AWS_ENDPOINT_URL.
            [AWS, "--endpoint-url", self.cloud.url, *arguments],
            env={**self.environment, **environment},
            cwd=self.cloud.directory,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            text=True,
        )
        if fails_with is not None:
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(fails_with, done.stderr)
            return None
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def file(self, name, body):
        path = os.path.join(self.cloud.directory, name)
        with open(path, "wb") as file:
            file.write(body)
        return path

    def test_files_go_up_announce_themselves_and_come_down(self):
        self.aws("s3", "mb", "s3://cli-logs")
        created = json.loads(self.aws("sqs", "create-queue", "--queue-name", "cli"))
        url = created["QueueUrl"]
        attributes = json.loads(self.aws("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All"))
        queue = {"QueueArn": attributes["Attributes"]["QueueArn"], "Events": ["s3:ObjectCreated:*"]}
        configuration = json.dumps({"QueueConfigurations": [queue]})
        self.aws(
            "s3api",
            "put-bucket-notification-configuration",
            "--bucket",
            "cli-logs",
            "--notification-configuration",
            configuration,
        )
        small, large = os.urandom(3000), os.urandom(17 * 1024 * 1024)
        self.aws("s3", "cp", self.file("small", small), "s3://cli-logs/in/a b.log")
        self.aws("s3", "cp", self.file("large", large), "s3://cli-logs/in/large.bin")
        self.assertIn("in/large.bin", self.aws("s3", "ls", "s3://cli-logs", "--recursive"))
        self.assertIn("PRE in/", self.aws("s3", "ls", "s3://cli-logs"))
        for key, body in (("in/a b.log", small), ("in/large.bin", large)):
            self.aws("s3", "cp", f"s3://cli-logs/{key}", "down")
            with open(os.path.join(self.cloud.directory, "down"), "rb") as file:
                self.assertEqual(file.read(), body)

        received = json.loads(
            self.aws("sqs", "receive-message", "--queue-url", url, "--max-number-of-messages", "10")
        )
        events = [json.loads(message["Body"]) for message in received["Messages"]]
        self.assertEqual(events[0].get("Event"), "s3:TestEvent")
        self.assertEqual(
            [event["Records"][0]["eventName"] for event in events[1:]],
            ["ObjectCreated:Put", "ObjectCreated:CompleteMultipartUpload"],
        )
        for message in received["Messages"]:
            handle = message["ReceiptHandle"]
            self.aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", handle)
        self.assertEqual(self.cloud.admin("GET", "counters")["queues"]["cli"]["left"], 0)
        self.aws("s3", "rm", "s3://cli-logs", "--recursive")
        self.aws("s3", "rb", "s3://cli-logs")

    def test_roles_and_refusals_read_as_at_aws(self):
        base = CHAINED_ROLE.replace("reader", "base")
        assume = ["sts", "assume-role", "--role-session-name", "cli", "--role-arn", base]
        self.aws(*assume, fails_with="AccessDenied")
        made = json.loads(self.aws(*assume, "--external-id", EXTERNAL_ID))["Credentials"]
        session = {
            "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            "AWS_SESSION_TOKEN": made["SessionToken"],
        }
        self.assertIn("assumed-role/base/cli", self.aws("sts", "get-caller-identity", **session))
        self.aws("s3", "ls", AWS_SECRET_ACCESS_KEY="wrong", fails_with="SignatureDoesNotMatch")
        self.aws("sqs", "list-queues", AWS_ACCESS_KEY_ID="AKIANOBODY", fails_with="InvalidClientTokenId")


if __name__ == "__main__":
    unittest.main()
