"""The bench of a system test: a directory of its own, real processes in it, deadlines, and the judge at the end.

A scenario is a function that gets a Bench (see run.py). The Bench starts `dray local`, `dray receiver`, `dray
run` and other programs, ends only what it started, and removes its directory when the scenario passed.
Environment: DRAY_BIN (the program), DRAY_SYSTEM_KEEP=1 (keep the directory).
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import aws_wire
import judge
import objects

KEY_ID = "AKIASYSTEMTEST000001"
SECRET = "system-test-secret-6f1d7c0e9b"  # ours, for the local cloud only; no log may show it
QUEUE = "system-test"


class Skip(Exception):
    """The scenario cannot run here; the reason is one line."""


def free_port():
    """A port for programs that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what, seconds=30.0, alive=None):
    """Polls; a Verdict if it does not hold in time, or if the process that must be alive meanwhile is not."""
    deadline = time.monotonic() + seconds
    while not holds():
        if alive is not None:
            alive.must_run()
        if time.monotonic() > deadline:
            raise judge.Verdict(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)


def port_open(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def file_size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def read_text(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def die_with_parent():
    """PR_SET_PDEATHSIG: no process outlives a test that ctest has killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A child with its stdout in NAME.out and its stderr in NAME.log. Started again, it appends."""

    def __init__(self, name, argv, directory, env=None):
        self.name, self.argv = name, argv
        self.out, self.log = os.path.join(directory, name + ".out"), os.path.join(directory, name + ".log")
        with open(self.out, "ab") as out, open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                argv,
                stdout=out,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=directory,
                env={**os.environ, **(env or {})},
                preexec_fn=die_with_parent,
            )

    def running(self):
        return self.child.poll() is None

    def signal(self, number):
        if self.running():
            self.child.send_signal(number)

    def kill(self):
        """SIGKILL, at once and for good."""
        self.signal(signal.SIGKILL)
        self.child.wait(10)

    def end(self, seconds=15):
        """SIGTERM; its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds):
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise judge.Verdict(
                f"{self.name} did not end within {seconds:g} s; its log ends: {self.tail()}"
            ) from None

    def tail(self, count=12):
        return "\n    ".join(["", *read_text(self.log).splitlines()[-count:]])

    def must_run(self):
        if not self.running():
            raise judge.Verdict(f"{self.name} ended with {self.child.returncode}: {self.tail()}")


class Receiver:
    """`dray receiver` on one port and one file; it can be killed and started again."""

    def __init__(self, bench, name, options, tls=True, certificates=None):
        self.bench, self.name, self.options, self.tls = bench, name, list(options), tls
        self.certificates = certificates or bench.certificates
        self.file = bench.path(f"{name}.events")
        self.port = 0
        self.process = None
        self.start()

    def start(self, options=None):
        port_file = self.bench.path(f"{self.name}.port")
        if os.path.exists(port_file):
            os.unlink(port_file)
        argv = ["receiver", "--port", str(self.port), "--port-file", port_file, "--file", self.file]
        if self.tls:
            there = self.certificates
            argv += [
                "--cert",
                f"{there}/server.crt",
                "--key",
                f"{there}/server.key",
                "--client-ca",
                f"{there}/chain.crt",
            ]
        self.process = self.bench.dray(
            f"receiver-{self.name}", argv + (self.options if options is None else list(options))
        )

        def listening():
            self.process.must_run()
            return os.path.exists(port_file)

        wait_until(listening, f"{self.name} listens")
        self.port = int(read_text(port_file))

    def read_bytes(self):
        return file_size(self.file)


class Bench:
    def __init__(self, name):
        self.name = name
        self.program = os.path.abspath(os.environ.get("DRAY_BIN", "dray"))
        if not os.access(self.program, os.X_OK):
            raise Skip(f"there is no program at DRAY_BIN={self.program}")
        self.directory = tempfile.mkdtemp(prefix=f"dray-system-{name}-")
        self.processes, self.receivers = [], {}
        self.cloud = self.aws = None
        self.secrets = [SECRET]
        self.certificates = self.make_certificates("certs")
        self.journal = self.path("deletes.jsonl")
        open(self.journal, "w", encoding="utf-8").close()

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def start(self, name, argv, env=None):
        process = Process(name, argv, self.directory, env)
        self.processes.append(process)
        return process

    def dray(self, name, arguments, env=None):
        return self.start(name, [self.program, *arguments], env)

    def make_certificates(self, directory, hosts=("localhost", "127.0.0.1")):
        argv = [self.program, "receiver", "--make-certificates", self.path(directory)]
        for host in hosts:
            argv += ["--host", host]
        subprocess.run(argv, check=True, timeout=60, stderr=subprocess.DEVNULL)
        return self.path(directory)

    def start_receiver(self, name="main", options=(), **how):
        self.receivers[name] = Receiver(self, name, options, **how)
        return self.receivers[name]

    def start_cloud(self, watch=None, visibility=30, extra=()):
        """The local cloud with one queue and one bucket; watch: the files whose sizes each journal line gets."""
        port_file = self.path("cloud.port")
        files = [receiver.file for receiver in self.receivers.values()] if watch is None else watch
        argv = ["local", "--port", "0", "--port-file", port_file, "--journal", self.journal]
        argv += ["--access-key-id", KEY_ID, "--secret-access-key-file", self.path("cloud.secret")]
        argv += ["--region", objects.REGION, "--account", objects.ACCOUNT]
        for file in files:
            argv += ["--watch-file", file]
        with open(self.path("cloud.secret"), "w", encoding="utf-8") as file:
            file.write(SECRET)
        self.cloud = self.dray("cloud", argv + list(extra))

        def listening():
            self.cloud.must_run()
            return os.path.exists(port_file)

        wait_until(listening, "the cloud listens")
        self.aws = aws_wire.AwsWire(int(read_text(port_file)), KEY_ID, SECRET, objects.REGION, objects.ACCOUNT)
        self.aws.create_queue(QUEUE, {"VisibilityTimeout": str(visibility)})
        self.aws.create_bucket(objects.BUCKET)

    def upload(self, made, per_notification=1, sns_every=0):
        """Puts the objects and sends notifications of so many objects each. Returns the number of notifications."""
        for one in made:
            self.aws.put_object(objects.BUCKET, one.key, one.body)
        bodies = []
        for begin in range(0, len(made), per_notification):
            group = [(one.key, one.body) for one in made[begin : begin + per_notification]]
            body = aws_wire.s3_event(objects.BUCKET, objects.REGION, group)
            bodies.append(aws_wire.sns_envelope(body) if sns_every and len(bodies) % sns_every == 0 else body)
        self.aws.send_messages(QUEUE, bodies)
        return len(bodies)

    def output(self, receiver_name="main", **changes):
        port = self.receivers[receiver_name].port if receiver_name in self.receivers else 0
        return {
            "type": "devo_platform",
            "config": {
                "address": "localhost",
                "port": port,
                "chain": "chain.crt",
                "cert": "client.crt",
                "key": "client.key",
                **changes,
            },
        }

    def write_config(self, outputs=None, input_changes=None, globals_changes=None, certificates=None):
        """config.yaml (JSON is YAML) in the product's layout; certs/ are the bench's unless another directory is
        given."""
        home = self.path("collector")
        os.makedirs(os.path.join(home, "config"), exist_ok=True)
        shutil.copytree(certificates or self.certificates, os.path.join(home, "certs"), dirs_exist_ok=True)
        url = f"http://127.0.0.1:{self.aws.port}" if self.aws else ""
        source = {
            "id": "12345",
            "enabled": True,
            "credentials": {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET},
            "base_url": f"{url}/{objects.ACCOUNT}/{QUEUE}",
            "region": objects.REGION,
            "endpoints": {"sqs": url, "s3": url, "sts": url},
            "ack_messages": True,
            "sqs_visibility_timeout": 30,
            "sqs_wait_timeout": 1,
            "sqs_max_messages": 10,
            "services": objects.SERVICES,
        }
        source.update(input_changes or {})
        config = {
            "globals": {"debug": False, "id": "4711", "name": "systest", **(globals_changes or {})},
            "inputs": {"sqs_collector": source},
            "outputs": outputs or {"devo_1": self.output()},
        }
        path = os.path.join(home, "config", "config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file, indent=1)
        return path

    def start_collector(self, config, *arguments, env=None, name="collector"):
        clean = {key: "" for key in os.environ if key.startswith("AWS_")}
        return self.dray(name, ["run", "--config", config, *arguments], {**clean, **(env or {})})

    def run_to_idle(self, config, seconds=120, idle=3, code=0):
        collector = self.start_collector(config, "--until-idle", str(idle))
        self.expect_exit(collector, seconds, code)
        return collector

    def expect_exit(self, process, seconds, code):
        got = process.wait(seconds)
        if got != code:
            raise judge.Verdict(f"{process.name} ended with {got}, not {code}; its log ends: {process.tail()}")

    def deletions(self):
        return len(judge.read_journal(self.journal))

    def expect_queue(self, visible, in_flight=0):
        depth = self.aws.queue_depth(QUEUE)
        if depth != (visible, in_flight):
            raise judge.Verdict(f"the queue holds {depth} (visible, in flight), not {(visible, in_flight)}")

    def judge(self, made, lost=True, order=True, duplicates=0, torn=0, outputs=None, frame=judge.FRAME, instant=True):
        """Every scenario ends with this. duplicates: the bound, or None for none. instant False: the receiver
        writes its file later than it reads, so only the end can be judged."""
        files = outputs or {name: receiver.file for name, receiver in self.receivers.items()}
        verdict = judge.Judge(made, files, torn, frame)
        deletions = verdict.deleted_before_read(self.journal) if instant else self.deletions()
        if lost:
            verdict.lost()
        if order:
            verdict.order()
        if duplicates is not None:
            verdict.duplicates_at_most(duplicates)
        self.expect_no_secret()
        print(f"judged: events={len(verdict.expected)} deletions={deletions} duplicates={verdict.duplicates()}")
        return verdict

    def expect_no_secret(self):
        texts = [
            os.path.join(self.directory, name)
            for name in os.listdir(self.directory)
            if name.endswith((".log", ".out"))
        ]
        judge.no_secret_in(texts, self.secrets)

    def expect_log(self, process, pattern_words, times=None):
        """A line of the log that holds all the words; times: exactly so many lines."""
        found = [line for line in read_text(process.log).splitlines() if all(word in line for word in pattern_words)]
        if not found or (times is not None and len(found) != times):
            raise judge.Verdict(
                f"{process.name}'s log has {len(found)} lines with {pattern_words}, wanted "
                f"{times or 'one or more'}; it ends: {process.tail()}"
            )

    def close(self, keep):
        for process in self.processes:
            with contextlib.suppress(Exception):
                process.signal(signal.SIGCONT)
                process.kill()
        if keep:
            print(f"kept: {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
