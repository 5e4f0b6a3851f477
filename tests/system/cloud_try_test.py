"""`dray try`, `dray formats`, `dray services` and the tests of `dray check` as a person uses them: files, stdin, directories, pipes,
s3:// against `dray local`; what stands on stdout and stderr, and the exit codes.

Environment: DRAY_BIN (the program). Lacking it, the test is skipped with one line (exit code 77).
"""

import base64
import gzip
import io
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import unittest
import zipfile
import zlib

import cloud_process
from cloud_process import ACCOUNT, KEY_ID, REGION, SECRET, CloudProcess

if __name__ == "__main__" and not os.environ.get("DRAY_BIN"):
    cloud_process.skip("DRAY_BIN names no dray")

FLOW = "2 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.9 192.0.2.10 55012 443 6 10 4249 1709629800 1709629860 ACCEPT OK"
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
VPC_KEY = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/2024/03/05/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0a1b_20240305T0910Z_1a.log.gz"
VPC_TAG = "cloud.aws.vpc.flow"

CONFIG = """
globals: {id: "1", name: trial}
outputs: {screen: {type: console, config: {destination: stdout}}}
inputs:
  queue:
    id: "12"
    base_url: %(url)s/111122223333/queue
    region: eu-west-1
    endpoints: {s3: "%(url)s"}
    credentials: {aws_access_key_id: %(key)s, aws_secret_access_key: %(secret)s}
    %(more)s
    services:
      aws_sqs_vpc: {}
      mine:
        key_pattern: (^|/)apps/
        filename_filter_rules: [[{type: match, pattern: '\\.tmp$'}]]
        file_format: {type: line_split_processor, config: {json: true}}
        record_field_mapping:
          level: {keys: [level], operations: [{operator: lower}]}
        line_filter_rules: [[{source: record, key: level, type: match, value: debug}]]
        routing_template: my.app.[bucket].[account].[record-level]
        tests:
%(tests)s
"""
TEST = """
          - name: debug is filtered
            key: apps/x.json
            input: |
              {"level":"DEBUG"}
              {"level":"INFO"}
            expect: [{tag: my.app.null.null.info, event: '{"level":"INFO"}'}]
"""


class Trial(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="dray-try-")
        self.addCleanup(shutil.rmtree, self.directory)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return name

    def write_config(self, url="https://sqs.eu-west-1.amazonaws.com", tests=TEST, more=""):
        text = CONFIG % {"url": url, "key": KEY_ID, "secret": SECRET, "tests": tests, "more": more}
        return self.write("config/config.yaml", text)

    def dray(self, *arguments, stdin=b"", code=0, more_environment=None):
        """Runs it in the test's directory; (stdout, stderr) as bytes and text."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k != "CONFIG_FILE"}
        environment.update(more_environment or {})
        done = subprocess.run(
            [os.environ["DRAY_BIN"], *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.directory,
            env=environment,
            timeout=60,
            check=False,
        )
        errors = done.stderr.decode()
        self.assertEqual(done.returncode, code, errors)
        return done.stdout, errors


class Files(Trial):
    def test_prints_tag_tab_event_and_nothing_else(self):
        self.write("a.log.gz", gzip.compress(f"{HEADER}\n{FLOW}\n".encode()))
        self.write("b.log", FLOW)
        out, errors = self.dray("try", "--service", "aws_sqs_vpc", "a.log.gz", "./b.log")
        self.assertEqual(out.decode(), f"{VPC_TAG}\t{FLOW}\n" * 2)
        self.assertEqual(errors, "")

    def test_reads_standard_input(self):
        for arguments in ([], ["-"]):
            out, _ = self.dray("try", "--service", "aws_sqs_vpc", *arguments, stdin=gzip.compress(FLOW.encode()))
            self.assertEqual(out.decode(), f"{VPC_TAG}\t{FLOW}\n")

    def test_a_directory_is_a_bucket(self):
        self.write_config()
        self.write(f"bucket/{VPC_KEY}", gzip.compress(FLOW.encode()))
        self.write("bucket/apps/b/2.json", '{"level":"WARN"}')
        self.write("bucket/apps/a/1.json", '{"level":"INFO"}')
        self.write("bucket/apps/a/x.tmp", '{"level":"INFO"}')
        out, errors = self.dray("try", "--config", "config.yaml", "--bucket", "logs", "bucket")
        self.assertEqual(
            out.decode().splitlines(),
            [
                f"{VPC_TAG}\t{FLOW}",
                'my.app.logs.null.info\t{"level":"INFO"}',
                'my.app.logs.null.warn\t{"level":"WARN"}',
            ],
        )
        self.assertIn("bucket/apps/a/x.tmp: no events: filename_filter_rules leave this key out", errors)

    def test_options_say_what_a_notification_would(self):
        self.write_config()
        self.write("x", '{"level":"INFO"}')
        key = f"apps/AWSLogs/{ACCOUNT}/x"
        out, _ = self.dray("try", "--config", "config.yaml", "--key", key, "--bucket", "b", "x")
        self.assertEqual(out.decode(), f'my.app.b.{ACCOUNT}.info\t{{"level":"INFO"}}\n')
        out, _ = self.dray("try", "--config", "config.yaml", "--key", key, "--account", "7", "x")
        self.assertEqual(out.decode(), 'my.app.null.7.info\t{"level":"INFO"}\n')
        self.dray("try", "--config", "config.yaml", "--key", key, "x", "x", code=64)

    def test_counts_per_tag(self):
        self.write("a", f"{FLOW}\n" * 3)
        out, _ = self.dray("try", "--service", "aws_sqs_vpc", "--count", "a", "a")
        self.assertEqual(out.decode(), f"6\t{VPC_TAG}\n6\ttotal\n")

    def test_json_gives_every_byte_back(self):
        events = ['a "quoted" \\ é \u2028'.encode(), b"caf\xe9", b"nul \0 tab \t", b"\xed\xa0\x80"]
        self.write_config()
        self.write("x", b"\n".join(events))
        out, _ = self.dray("try", "--config", "config.yaml", "--service", "aws_sqs_vpc", "--json", "x")
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([line["tag"] for line in lines], [VPC_TAG] * 4)
        back = [
            base64.b64decode(line["event_base64"]) if "event_base64" in line else line["event"].encode()
            for line in lines
        ]
        self.assertEqual(back, events)
        self.assertEqual(["event" in line for line in lines], [True, False, True, False])
        out, _ = self.dray("try", "--service", "aws_sqs_vpc", "x")
        self.assertEqual(out, b"".join(VPC_TAG.encode() + b"\t" + event + b"\n" for event in events))

    def test_faults_name_the_file_and_the_others_go_on(self):
        self.write("good", FLOW)
        self.write("cut.gz", gzip.compress((FLOW + "\n").encode() * 1000)[:-20])
        out, errors = self.dray("try", "--service", "aws_sqs_vpc", "--count", "cut.gz", "nowhere", "good", code=65)
        self.assertIn("dray: cut.gz: ", errors)
        self.assertIn("dray: nowhere: cannot be read: No such file or directory", errors)
        self.assertGreaterEqual(int(out.split()[0]), 2, "the good prefix of one and all of the other")

    def test_lines_that_are_not_what_the_service_says_are_told(self):
        self.write("x", "{}\n1 2 3\n4 5 6\n")
        out, errors = self.dray("try", "--service", "aws_sqs_waf", "x")
        self.assertEqual(len(out.splitlines()), 3)
        self.assertEqual(
            errors,
            "dray: x: 2 records are not what their format promises, sent as they stand; the first is record 2: no JSON at byte 2\n",
        )

    def test_it_is_told_why_there_are_no_events(self):
        os.mkdir(self.path("nothing"))
        self.write("empty", "")
        self.write("headers", HEADER)
        self.write("debug", '{"level":"DEBUG"}')
        self.write_config()
        call = ("try", "--config", "config.yaml", "--service")
        for service, name, why in (
            ("aws_sqs_vpc", "empty", "empty: no events: the object is empty"),
            ("aws_sqs_vpc", "headers", "headers: no events: all that it holds is no record by the rules of its format"),
            ("mine", "debug", "debug: no events: every record was filtered"),
        ):
            self.assertEqual(self.dray(*call, service, name), (b"", f"dray: {why}\n"))
        _, errors = self.dray("try", "--service", "aws_sqs_vpc", "nothing", code=65)
        self.assertEqual(errors, "dray: nothing: there are no files below it\n")
        self.write("strange", "nobody knows this\n" * 3)
        _, errors = self.dray("try", "strange")
        self.assertIn("strange: none of the services of aws_sqs_auto knows its key or its first bytes;", errors)
        _, errors = self.dray("try", "--service", "vpc", "strange", code=64)
        self.assertIn("did you mean aws_sqs_vpc?", errors)

    def test_text_under_the_wrong_service_is_told(self):
        self.write("flow", f"{FLOW}\n")
        _, errors = self.dray("try", "--service", "aws_sqs_alb", "flow")
        self.assertEqual(
            errors, "dray: flow: reads like aws_sqs_vpc, not like aws_sqs_alb: is this the right --service?\n"
        )
        for service in ("aws_sqs_vpc", "aws_sqs_cloudwatch_vpc"):
            self.assertEqual(self.dray("try", "--service", service, "flow")[1], "")
        name = "111122223333_elasticloadbalancing_eu-west-1_app.shop.0a1b2c3d4e5f6071.log"
        self.write(name, f"{FLOW}\n")
        self.assertEqual(self.dray("try", "--service", "aws_sqs_alb", name)[1], "", "its key says otherwise")
        self.write("many/a", f"{FLOW}\n")
        self.write("many/b", f"{FLOW}\n")
        _, errors = self.dray("try", "--service", "aws_sqs_alb", "many")
        self.assertEqual(errors.count("reads like"), 1, "once is enough")
        _, errors = self.dray("try", "--service", "aws_sqs_cloudtrail", "flow", code=65)
        self.assertIn("it reads like aws_sqs_vpc: --service aws_sqs_vpc", errors)
        self.assertNotIn("is this the right service?", errors)

    def test_what_is_no_file_in_a_directory_is_told(self):
        self.write("logs/flow", f"{FLOW}\n")
        os.symlink("nowhere", self.path("logs/broken"))
        os.mkfifo(self.path("logs/pipe"))
        os.symlink(".", self.path("logs/loop"))
        out, errors = self.dray("try", "--service", "aws_sqs_vpc", "logs", code=65)
        self.assertEqual(out.count(b"\n"), 1)
        for line in (
            "logs/broken: cannot be read: a link to nothing",
            "logs/pipe: passed over: neither a file nor a directory",
            "logs/loop: passed over: a link to a directory; name it to read it",
        ):
            self.assertIn(line, errors)
        os.unlink(self.path("logs/broken"))
        self.dray("try", "--service", "aws_sqs_vpc", "logs")

    def test_a_key_that_nobody_takes_is_told(self):
        self.write_config()
        self.write("other", "x")
        _, errors = self.dray("try", "--config", "config.yaml", "other", code=65)
        self.assertIn("no service takes the key other (asked: aws_sqs_vpc, mine)", errors)

    def test_usage_and_configuration_have_their_codes(self):
        self.write_config()
        self.assertIn('"tri" is no command; did you mean "try"?', self.dray("tri", "x", code=64)[1])
        self.assertIn('"--hlp" is no command; did you mean "--help"?', self.dray("--hlp", code=64)[1])
        self.assertIn("a command is missing; the commands: run, demo, check, try, ", self.dray(code=64)[1])
        _, errors = self.dray("try", "--service", "aws_sqs_vpcc", "x", code=64)
        self.assertIn("did you mean aws_sqs_vpc?", errors)
        self.dray("try", "--count", "--json", "--service", "aws_sqs_vpc", "x", code=64)
        self.dray("try", "--head", "0", "--service", "aws_sqs_vpc", "x", code=64)
        self.dray("try", "--config", "config.yaml", "--input", "other", "x", code=64)
        self.dray("try", "--config", "nowhere.yaml", "x", code=78)
        _, errors = self.dray("try", "s3://bucket-alone", "--service", "aws_sqs_vpc", code=65)
        self.assertIn("must be s3://BUCKET/KEY", errors)

    def test_explains_who_took_what_and_why(self):
        self.write_config()
        self.write("apps/x.gz", gzip.compress(b'{"level":"DEBUG"}\n{"level":"INFO"}\nno json\n'))
        out, errors = self.dray("try", "--config", "config.yaml", "--explain", "--count", "apps/x.gz")
        self.assertEqual(out.split()[-2:], [b"2", b"total"])
        for line in (
            "service aws_sqs_vpc: its key_pattern does not match: ",
            "service mine: takes it; its key_pattern matches: (^|/)apps/",
            "format: line_split_processor",
            'record 1: not sent; filtered by line_filter_rules[0]: record level equal to "debug"',
            "record 2: my.app.null.null.info",
            "tag: my.app.[bucket].[account].[record-level]\n",
            "[account] is the object's: null; --account tells another\n",
            "[record-level] is the member level, in lower case; where there is none: null",
            "record 3: not what its format promises (undecodable): no JSON at byte 0; as it stands; my.app.null.null.null (null: the record is no JSON)",
            "codec: gzip",
            "summary: records=3 events=2 filtered=1 quarantined=0 dropped=0 flawed=1 raw=0 left_out=0 stored_bytes=",
        ):
            self.assertIn(line, errors)
        call = ("try", "--service", "aws_sqs_cloudtrail", "--explain")
        _, errors = self.dray(*call, stdin=b'{"Records":[{"eventSource":"s3.amazonaws.com"},{}]}')
        for line in (
            '[record-level] is insights if eventCategory is "Insight", else ',
            'else the member eventSource, split at ".", part 0, in lower case, "-" replaced by "_"; where there is none: events',
            "record 2: cloud.aws.cloudtrail.events\n",
        ):
            self.assertIn(line, errors)
        call = ("try", "--service", "aws_sqs_alb", "--explain", "--key", "a/elasticloadbalancing/conn_log.1.log")
        _, errors = self.dray(*call, stdin=b"a line\n")
        self.assertIn("tag: web.aws.alb.connection; of routing_cases, because the key matches ", errors)
        self.write("flow", HEADER)
        _, errors = self.dray("try", "--service", "aws_sqs_vpc", "--explain", "flow")
        self.assertIn("no record: header line: version account-id", errors)
        self.assertIn("no events: all that it holds is no record by the rules of its format", errors)

    def test_explains_each_entry_of_an_archive(self):
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("cut.json", '{"Records":[{"eventSource":"s3.amazonaws.com"},{"event')
            archive.writestr("empty.json", "")
            archive.writestr("flow.log", f"{HEADER}\n{FLOW}\n")
        self.write("logs.zip", stored.getvalue())
        out, errors = self.dray("try", "--service", "aws_sqs_auto", "--explain", "--count", "logs.zip", code=65)
        self.assertEqual(out.split()[-2:], [b"2", b"total"])
        entries = errors.split("  entry ")
        self.assertIn("of its services aws_sqs_cloudtrail: its content_pattern is found in the first bytes", entries[1])
        self.assertIn("record 1: cloud.aws.cloudtrail.s3\n", entries[1])
        self.assertRegex(entries[2], r"^1: the JSON ends inside .*; its rest is passed over, the entries behind it are read\n$")
        self.assertTrue(entries[3].startswith("2:\n"), entries)
        self.assertIn(f"record 2: {VPC_TAG}\n", entries[3])
        self.assertIn("summary: records=2 events=2 ", entries[3])
        self.assertIn("logs.zip: entry 1: the JSON ends inside", entries[3])

    def test_a_file_needs_of_the_configuration_only_the_services(self):
        self.write("apps/x", '{"level":"INFO"}')
        services = CONFIG[CONFIG.index("    services:") : CONFIG.index("        tests:")]
        whole = """
globals: {id: "${NO_SUCH_ID}"}
outputs: {devo_1: {type: devo_platform, config: {address: "${NO_SUCH_HOST}", port: 443, chain: chain.crt, cert: a.crt, key: a.key}}}
inputs:
  queue:
    base_url: https://sqs.eu-west-1.amazonaws.com/111122223333/queue
    credentials: {aws_access_key_id: "${NO_SUCH_KEY}", aws_secret_access_key_file: nowhere}
"""
        for text in (whole + services, "inputs:\n  queue:\n" + services):
            self.write("config/config.yaml", text)
            out, errors = self.dray("try", "--config", "config.yaml", "apps/x")
            self.assertEqual((out.decode(), errors), ('my.app.null.null.info\t{"level":"INFO"}\n', ""))
            self.dray("check", "--config", "config.yaml", code=78)
            _, errors = self.dray("try", "--config", "config.yaml", "s3://bucket/apps/x", code=78)
            self.assertIn("inputs.queue.", errors)
            self.assertNotIn("outputs", errors)
        self.assertIn("inputs.queue.credentials: no access key", errors)
        self.write("config/config.yaml", (whole + services).replace("key: level", 'key: "${NO_SUCH_LEVEL}"'))
        _, errors = self.dray("try", "--config", "config.yaml", "apps/x", code=78)
        self.assertIn("the environment variable NO_SUCH_LEVEL is not set", errors)
        self.assertEqual(errors.count("\n"), 1)

    def test_follows_on_error(self):
        self.write("apps/x", '{"level":"INFO"}\nno json\n')
        self.write_config(more="on_error: {undecodable_record: quarantine}")
        out, errors = self.dray("try", "--config", "config.yaml", "--count", "apps/x")
        self.assertEqual(out.split()[-2:], [b"1", b"total"])
        self.assertIn(
            "apps/x: not sent, as on_error says: 1 record into quarantine; the first is record 2 (undecodable_record)",
            errors,
        )
        self.write_config(more="on_error: {undecodable_record: leave}")
        _, errors = self.dray("try", "--config", "config.yaml", "--count", "apps/x", code=65)
        self.assertIn("on_error.undecodable_record: leave", errors)


TROUBLE_SERVICES = """
    services:
      lines:
        key_pattern: ^lines/
        file_format: {type: line_split_processor, config: {json: true}}
        record_field_mapping: {level: {keys: [level]}}
        line_filter_rules: [[{source: record, key: level, type: match, value: DEBUG}]]
        routing_template: my.app.lines
      headed:
        key_pattern: ^headed/
        file_format: {type: vpc_flow_processor}
        routing_template: my.app.headed
      records:
        key_pattern: ^records/
        file_format: {type: unseparated_json_processor, config: {key: Records}}
        routing_template: my.app.records
      known:
        key_pattern: ^known/
        any_of: [aws_sqs_vpc]
"""
TROUBLES = ("undecodable_record", "oversize_record", "corrupt_object", "unknown_codec", "limit_exceeded", "unknown_format")
SUMS = re.compile(r"^  summary: (.*)$|^all objects: (.*)$", re.M)


def numbers(text):
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


class OnError(Trial):
    """Each class of trouble with each disposition: `dray try` shows what the collector does, and its sums are right."""

    def objects(self):
        debug = b'{"level":"DEBUG"}\n'
        incompressible = b"".join(b'{"n":"%s"}\n' % base64.b64encode(os.urandom(60)) for _ in range(400))
        return {
            "lines/undecodable": debug + b'{"level":"INFO"}\nno json\n{"level":"WARN"}\n',
            "lines/oversize": debug + b'{"a":1}\n{"b":"' + b"x" * 3000 + b'"}\nno json\n{"c":1}\n',
            "records/oversize": b'{"Records":[{"a":1},{"b":"' + b"x" * 3000 + b'"},{"c":1}]}',
            "lines/cut.gz": gzip.compress(incompressible)[:-2000],
            "records/broken": b'{"Records":[{"a":1},{"a":2}x\n,{"a":3}]}',
            "lines/avro": b"Obj\x01abc\ndef\n",
            "headed/bomb.gz": gzip.compress(f"{HEADER}\n{FLOW}\n".encode() * 1000),
            "headed/whole.gz": gzip.compress(f"{HEADER}\n{FLOW}\n".encode()),
            "other/nobody": b'{"a":1}\nline\n' + b"y" * 3000 + b"\n",
            "records/none": b'{"other":[1,2]}',
            "records/empty": b"",
            "known/stranger": b"nobody knows this\nat all\n",
        }

    def write_trouble_config(self, disposition, url):
        on_error = ", ".join(f"{trouble}: {disposition}" for trouble in TROUBLES)
        text = f"""
globals: {{id: "1", name: trial}}
outputs: {{screen: {{type: console, config: {{destination: stdout}}}}}}
inputs:
  queue:
    id: "12"
    base_url: {url}/{ACCOUNT}/trouble
    region: {REGION}
    endpoints: {{s3: "{url}"}}
    credentials: {{aws_access_key_id: {KEY_ID}, aws_secret_access_key: {SECRET}}}
    sqs_visibility_timeout: 600
    sqs_wait_timeout: 1
    record_bytes_max: 1KiB
    object_bytes_max: 64KiB
    on_error: {{{on_error}}}
"""
        self.write("config/config.yaml", text + TROUBLE_SERVICES)

    def collect(self):
        """Events, and the numbers of the summary, of a run over all objects."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        done = subprocess.run(
            [os.environ["DRAY_BIN"], "run", "--config", "config.yaml", "--until-idle", "2"],
            capture_output=True,
            cwd=self.directory,
            env=environment,
            timeout=60,
            check=False,
        )
        log = done.stderr.decode()
        self.assertIn(done.returncode, (0, 75), log)
        return sorted(done.stdout.split(b"\n")[:-1]), numbers(re.search(r"Summary: (.*)", log).group(1))

    def test_tries_what_the_collector_does(self):
        objects = self.objects()
        for key, content in objects.items():
            self.write(f"buckets/corp-logs/{key}", content)
        for disposition in ("leave", "send_raw", "quarantine", "delete"):
            cloud = CloudProcess(
                options=["--directory", self.path("buckets"), "--queue", "trouble", "--notify", "plain"]
            )
            try:
                self.write_trouble_config(disposition, cloud.url)
                collected, summary = self.collect()
            finally:
                cloud.end()
            with self.subTest(disposition=disposition):
                out, errors = self.dray("try", "--config", "config.yaml", "--explain", "buckets/corp-logs", code=65)
                self.assertEqual(sorted(out.split(b"\n")[:-1]), collected)
                for trouble in TROUBLES[0 if disposition != "send_raw" else 2 :]:
                    self.assertIn(f"(on_error.{trouble}: {disposition})", errors)
                sums = [numbers(one or every) for one, every in SUMS.findall(errors)]
                for one in sums:
                    gone = one["filtered"] + one["quarantined"] + one["dropped"]
                    self.assertEqual(one["records"], one["events"] + gone, one)
                every = sums.pop()
                for name in ("records", "events", "filtered", "quarantined", "dropped", "flawed", "raw", "left_out"):
                    self.assertEqual(every[name], sum(one[name] for one in sums), name)
                self.assertEqual(every["events"], len(collected))
                objects_told = every["decoded"] + every["failed"] + every["excluded"] + every["unknown"]
                self.assertEqual(objects_told, len(objects))
                # What the records are numbered with is what they are counted with.
                listed = errors.count("  record ")
                self.assertEqual(listed, every["records"])
                # Objects count beside records in the summary of a run.
                quarantined = errors.count("the collector would put it into quarantine and delete its notification")
                dropped = errors.count("the collector would drop it and delete its notification")
                left = errors.count("the collector would leave its notification")
                self.assertEqual(summary["quarantined"], every["quarantined"] + quarantined)
                self.assertEqual(summary["dropped"], every["dropped"] + dropped)
                self.assertEqual(summary["left"], left)
                self.assertEqual(summary["objects"], len(objects) - left)


PARQUET = os.path.join(os.path.dirname(__file__), "..", "unit", "parquet", "vpc_flow.parquet")
HAS_PARQUET = os.path.exists(os.path.join(os.path.dirname(os.environ.get("DRAY_BIN", "")), "dray-parquet"))


@unittest.skipUnless(HAS_PARQUET, "dray-parquet was not built")
class Parquet(Trial):
    def test_files_give_their_rows_whatever_their_name(self):
        shutil.copy(PARQUET, self.path("flow.parquet"))
        shutil.copy(PARQUET, self.path("flow"))
        for name in ("flow.parquet", "flow"):
            out, errors = self.dray("try", "--service", "aws_sqs_vpc", "--explain", name)
            self.assertEqual(len(out.splitlines()), 12)
            self.assertIn(b'"account_id":"111122223333"', out.splitlines()[0])
            self.assertIn("codec: parquet, read row by row", errors)
        out, _ = self.dray("try", "--service", "aws_sqs_vpc", "--head", "3", "flow")
        self.assertEqual(len(out.splitlines()), 3)

    def test_a_pipe_is_told_to_be_a_file(self):
        with open(PARQUET, "rb") as file:
            _, errors = self.dray("try", "--service", "aws_sqs_vpc", stdin=file.read(), code=65)
        self.assertIn("is parquet, whose structure stands at its end: give it as a file", errors)


class Streams(Trial):
    def test_a_closed_pipe_ends_it_quietly(self):
        self.write("big", (FLOW + "\n") * 200_000)
        program = subprocess.Popen(
            [os.environ["DRAY_BIN"], "try", "--service", "aws_sqs_vpc", "big"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.directory,
        )
        self.assertTrue(program.stdout.readline().startswith(VPC_TAG.encode()))
        program.stdout.close()
        errors = program.stderr.read()
        program.stderr.close()
        self.assertEqual((program.wait(30), errors), (0, b""))

    def test_head_stops_reading(self):
        self.write("big", (FLOW + "\n") * 200_000)
        out, errors = self.dray("try", "--service", "aws_sqs_vpc", "--head", "2", "big", "nowhere")
        self.assertEqual(out.decode(), f"{VPC_TAG}\t{FLOW}\n" * 2)
        self.assertEqual(errors, "", "the file behind is not even opened")

    def test_events_of_a_pipe_come_as_they_arrive(self):
        program = subprocess.Popen(
            [os.environ["DRAY_BIN"], "try", "--service", "aws_sqs_vpc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        program.stdin.write((FLOW + "\n").encode() * 100)
        self.assertEqual(program.stdout.readline().decode(), f"{VPC_TAG}\t{FLOW}\n")
        program.stdin.close()
        program.stdout.read()
        program.stdout.close()
        self.assertEqual(program.wait(30), 0)

    def test_every_line_of_a_pipe_comes_at_once(self):
        squeeze = zlib.compressobj(wbits=31)
        padding = squeeze.flush(zlib.Z_FULL_FLUSH) + (squeeze.compress(b"\n") + squeeze.flush(zlib.Z_FULL_FLUSH)) * 99

        def squeezed(line):
            return squeeze.compress(line) + squeeze.flush(zlib.Z_SYNC_FLUSH)

        # What tells the compression must be there in full; then its lines come at once too.
        for begin, pack, code in ((b"", bytes, 0), (padding, squeezed, 65)):
            with subprocess.Popen(
                [os.environ["DRAY_BIN"], "try", "--service", "aws_sqs_vpc", "--explain", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
            ) as program:
                program.stdin.write(begin)
                for number in range(3):
                    program.stdin.write(pack(f"{FLOW} {number}\n".encode()))
                    self.assertEqual(program.stdout.readline().decode(), f"{VPC_TAG}\t{FLOW} {number}\n")
                program.stdin.close()
                self.assertIn(b"records=3 events=3", program.stderr.read())
                self.assertEqual(program.wait(30), code)

    def test_a_named_pipe_is_read_once_and_shown_as_it_comes(self):
        os.mkfifo(self.path("pipe"))
        self.write_config(more="on_error: {unknown_format: send_raw}")
        with subprocess.Popen(
            [os.environ["DRAY_BIN"], "try", "--config", "config.yaml", "--service", "aws_sqs_cloudtrail", "pipe"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.directory,
        ) as program:
            with open(self.path("pipe"), "wb", buffering=0) as pipe:
                pipe.write(b'{"Records":[{"eventSource":"s3.amazonaws.com"}]}\n')
                self.assertIn(b"cloudtrail.s3", program.stdout.readline())
            self.assertEqual(program.wait(30), 0)
        with subprocess.Popen(
            [os.environ["DRAY_BIN"], "try", "--config", "config.yaml", "--service", "aws_sqs_cloudtrail", "pipe"],
            stderr=subprocess.PIPE,
            cwd=self.directory,
        ) as program:
            with open(self.path("pipe"), "wb", buffering=0) as pipe:
                pipe.write(b"no records at all\n")
            self.assertIn(b"a pipe comes once: give it as a file", program.stderr.read())
            self.assertEqual(program.wait(30), 65)

    def test_memory_does_not_grow_with_the_file(self):
        line = (FLOW + "\n").encode() * 10_000
        with gzip.open(self.path("big.gz"), "wb", compresslevel=1) as file:
            for _ in range(200):  # 200 MB of text
                file.write(line)
        program = subprocess.Popen(
            [os.environ["DRAY_BIN"], "try", "--service", "aws_sqs_vpc", "--count", "big.gz"],
            stdout=subprocess.PIPE,
            cwd=self.directory,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (100 << 20, 100 << 20)),
        )
        out = program.stdout.read()
        program.stdout.close()
        self.assertEqual(program.wait(60), 0)
        self.assertEqual(out.split()[-2:], [b"2000000", b"total"])

    def test_a_full_disk_is_told(self):
        self.write("x", FLOW)
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [os.environ["DRAY_BIN"], "try", "--service", "aws_sqs_vpc", "x"],
                stdout=full,
                stderr=subprocess.PIPE,
                cwd=self.directory,
                timeout=60,
                check=False,
            )
        self.assertEqual(done.returncode, 75)
        self.assertIn(b"No space left on device", done.stderr)


class Program(Trial):
    def test_a_refused_output_is_a_failure_of_every_command(self):
        self.write_config()
        for command in (["services"], ["formats"], ["formats", "--markdown"], ["check", "--config", "config.yaml"], ["--version"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(
                    [os.environ["DRAY_BIN"], *command],
                    stdout=full,
                    stderr=subprocess.PIPE,
                    cwd=self.directory,
                    timeout=60,
                    check=False,
                )
            self.assertEqual(
                (done.returncode, done.stderr), (75, b"dray: standard output: No space left on device\n"), command
            )

    def test_tells_its_version(self):
        out, _ = self.dray("--version")
        self.assertRegex(out.decode(), r"^dray \d+\.\d+\.\d+( \(git [0-9A-Za-z.-]+\))?\n$")

    @unittest.skipUnless(shutil.which("cmake") and shutil.which("git"), "the build's own tools")
    def test_the_version_names_the_commit_of_a_checkout_and_none_outside_of_it(self):
        def version():
            made = self.path("version.cc")
            script = os.path.join(os.path.dirname(__file__), "..", "..", "cmake", "version.cmake")
            arguments = [f"-DSOURCE={self.path('inner')}", "-DVERSION=1.2.3", f"-DOUT={made}", "-P", os.path.abspath(script)]
            subprocess.run(["cmake", *arguments], check=True, timeout=60)
            with open(made, encoding="utf-8") as file:
                return re.search(r'"(1.*)"', file.read()).group(1)

        def git(*arguments):
            subprocess.run(["git", "-C", place, "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
                           check=True, timeout=60, capture_output=True)  # fmt: skip

        self.write("inner/file", "x")
        self.assertEqual(version(), "1.2.3")
        place = self.directory
        git("init")
        git("add", "inner")
        git("commit", "-m", "outer")
        self.assertEqual(version(), "1.2.3", "another's checkout around an unpacked archive")
        place = self.path("inner")
        git("init")
        git("add", ".")
        git("commit", "-m", "inner")
        self.assertRegex(version(), r"^1\.2\.3 \(git [0-9a-f]{10}\)$")
        self.write("inner/file", "y")
        self.assertRegex(version(), r"-dirty\)$")
        self.write("inner/file", "x")
        git("tag", "-a", "v1.2.3", "-m", "released")
        self.assertEqual(version(), "1.2.3")


PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "try.md")
ALB = (
    "https 2024-03-05T09:10:11.123456Z app/shop/0a1b2c3d4e5f6071 203.0.113.9:55012 192.0.2.10:443 0.000 0.021 0.000 "
    '200 200 120 4096 "GET https://shop.example.com:443/ HTTP/1.1" "probe/1.0" - - arn:aws:x "Root=1-a-b" '
    '"shop.example.com" "session-reused" 0 2024-03-05T09:10:11.100000Z "forward" "-" "-" "192.0.2.10:443" "200" "-" "-"'
)


class Page(Trial):
    """What docs/try.md shows is what happens: its configuration, its commands, and what they print."""

    def prepare(self, page):
        services = max(re.findall(r"```yaml\n(.*?)```", page, re.S), key=len)
        head = f"""globals: {{id: "1", name: trial}}
outputs: {{screen: {{type: console, config: {{destination: stdout}}}}}}
inputs:
  queue:
    id: "12"
    base_url: https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/queue
    credentials: {{aws_access_key_id: {KEY_ID}, aws_secret_access_key: {SECRET}}}
"""
        self.write("config/config.yaml", head + services)
        self.write("config/samples/day.ndjson.gz", gzip.compress(b'{"level":"INFO"}\n' * 482))
        log = gzip.compress(f"{ALB}\n".encode() * 1847)
        self.write("app.log.gz", log)
        self.write("cut.log.gz", log[:-50])
        folder = f"bucket/AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/2024/03/05"
        name = f"{ACCOUNT}_elasticloadbalancing_{REGION}_app.shop.0a1b2c3d4e5f6071_20240305T0910Z_192.0.2.10_1a2b.log.gz"
        self.write(f"{folder}/{name}", log)
        self.write(f"bucket/AWSLogs/{ACCOUNT}/Config/{REGION}/x.json.gz", gzip.compress(b"{}"))
        lines = '{"level":"DEBUG","message":"cache miss"}\n{"level":"INFO","message":"order accepted"}\nKilled\n'
        self.write("bucket/apps/checkout/part-1.ndjson", lines)

    def shell(self, command):
        path = os.path.dirname(os.path.abspath(os.environ["DRAY_BIN"])) + ":" + os.environ["PATH"]
        return subprocess.run(
            ["bash", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.directory,
            env={"PATH": path},
            timeout=60,
            check=False,
        ).stdout.decode()

    def test_its_commands_print_what_it_shows(self):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        self.prepare(page)
        commands = 0
        for block in re.findall(r"```console\n(.*?)```", page, re.S):
            for entry in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
                command, shown = entry
                if command.startswith("aws "):
                    continue
                commands += 1
                wanted = re.escape(shown).replace("…", ".*")  # anything on its line
                self.assertRegex(self.shell(command), f"^{wanted}$", command)
        self.assertGreater(commands, 6)


class S3(Trial):
    @classmethod
    def setUpClass(cls):
        cls.cloud = CloudProcess(buckets=["corp-logs"])
        objects = [
            {"key": VPC_KEY, "body_base64": base64.b64encode(gzip.compress(f"{HEADER}\n{FLOW}\n".encode())).decode()},
            {"key": "apps/a b+c%25é.json", "body": '{"level":"INFO"}'},
        ]
        cls.cloud.admin("POST", "objects", {"bucket": "corp-logs", "objects": objects})

    @classmethod
    def tearDownClass(cls):
        if cls.cloud.end() != 0:
            raise RuntimeError("dray local did not end with 0")

    def test_objects_come_with_the_inputs_access(self):
        self.write_config(self.cloud.url)
        before = self.cloud.admin("GET", "counters")
        out, errors = self.dray("try", "--config", "config.yaml", f"s3://corp-logs/{VPC_KEY}", "s3://corp-logs/apps/a b+c%25é.json")
        self.assertEqual(errors, "")
        self.assertEqual(
            out.decode(), f'{VPC_TAG}\t{FLOW}\nmy.app.corp-logs.null.info\t{{"level":"INFO"}}\n'
        )
        after = self.cloud.admin("GET", "counters")
        # Two GETs and at most the two questions of the test itself: no queue, no role, nothing written.
        self.assertEqual((after["gets"] - before["gets"], after["puts"] - before["puts"]), (2, 0))
        self.assertLessEqual(after["requests"] - before["requests"], 4)

    def test_without_a_configuration_the_environment_says_who_and_where(self):
        access = {
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": self.cloud.url,
        }
        call = ("try", "--service", "aws_sqs_vpc", f"s3://corp-logs/{VPC_KEY}")
        _, errors = self.dray(*call, code=65, more_environment=access)
        self.assertIn("--region", errors)
        out, errors = self.dray(*call, "--region", REGION, more_environment=access)
        self.assertEqual((out.decode(), errors), (f"{VPC_TAG}\t{FLOW}\n", ""))

    def test_what_is_not_there_is_told(self):
        self.write_config(self.cloud.url)
        out, errors = self.dray(
            "try", "--config", "config.yaml", "s3://corp-logs/apps/nowhere", "s3://corp-logs/apps/a b+c%25é.json", code=65
        )
        self.assertIn("NoSuchKey", errors)
        self.assertIn("s3://corp-logs/apps/nowhere", errors)
        self.assertEqual(len(out.splitlines()), 1)


class Catalogues(Trial):
    def test_a_printed_service_can_be_pasted_and_passes_its_tests(self):
        self.write_config()
        out, _ = self.dray("services", "aws_sqs_alb")
        with open(self.path("config/config.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.write("config/pasted.yaml", text[: text.index("    services:")] + out.decode())
        out, _ = self.dray("check", "--config", "pasted.yaml")
        self.assertRegex(out, rb"service aws_sqs_alb: \d+ tests pass")

    def test_lists_and_near_names(self):
        out, _ = self.dray("services")
        self.assertIn(VPC_TAG, out.decode())
        _, errors = self.dray("services", "aws_sqs_vcp", code=64)
        self.assertIn("did you mean aws_sqs_vpc?", errors)
        out, _ = self.dray("formats")
        self.assertIn("line_split_processor", out.decode())
        self.assertIn("gzip", out.decode())
        out, _ = self.dray("formats", "line_split_processor")
        self.assertIn("json: true | false", out.decode())
        _, errors = self.dray("formats", "line_split_procesor", code=64)
        self.assertIn("did you mean line_split_processor?", errors)

    def test_check_runs_the_tests_of_definitions(self):
        self.write_config()
        out, _ = self.dray("check", "--config", "config.yaml")
        self.assertIn(b"service mine: 1 test passes", out)
        wrong = TEST.replace("my.app.null.null.info", "my.app.null.null.warn")
        self.write_config(tests=wrong + "          - {name: a file, input_file: samples/x.json, expect_count: 2}\n")
        self.write("config/samples/x.json", '{"level":"INFO"}\n{"level":"DEBUG"}')
        out, _ = self.dray("check", "--config", "config.yaml", code=78)
        self.assertIn(
            "inputs.queue.services.mine.tests[0]: debug is filtered: event 1: expected the tag my.app.null.null.warn, "
            "got my.app.null.null.info",
            out.decode(),
        )
        self.assertIn("tests[1]: a file: expected 2 events, got 1", out.decode())
        self.assertRegex(out.decode(), r"(?m)^config/config.yaml:\d+: error: inputs\.queue")


if __name__ == "__main__":
    unittest.main()
