"""A `dray local` of its own for the tests that drive it with AWS's clients: cloud_boto3_test.py and cloud_awscli_test.py.

Environment: DRAY_BIN (the program), DRAY_VENV (a Python environment with tests/requirements.txt). Lacking one, the test is skipped
with one line (exit code 77).
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

REGION = "eu-west-1"
ACCOUNT = "111122223333"
KEY_ID = "AKIALOCALCLOUDTEST01"
SECRET = "local-cloud-secret/with+signs"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/base"
CHAINED_ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
EXTERNAL_ID = "external-id-77"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def enter_environment(program):
    """Goes on inside DRAY_VENV; answers the path of a program in it."""
    venv = os.environ.get("DRAY_VENV", "")
    if not os.environ.get("DRAY_BIN"):
        skip("DRAY_BIN names no dray")
    if not os.access(os.path.join(venv, "bin", program), os.X_OK):
        skip(f"DRAY_VENV has no {program}; ./test makes one")
    python = os.path.join(venv, "bin", "python")
    if os.environ.get("DRAY_IN_VENV") != "1":
        os.execve(python, [python, "-B", *sys.argv], {**os.environ, "DRAY_IN_VENV": "1"})
    return os.path.join(venv, "bin", program)


class CloudProcess:
    """`dray local` on a free port, over http or https."""

    def __init__(self, tls=False, buckets=(), options=()):
        self.directory = tempfile.mkdtemp(prefix="dray-cloud-")
        self.journal = os.path.join(self.directory, "journal")
        self.watched = os.path.join(self.directory, "watched")
        port_file = os.path.join(self.directory, "port")
        argv = [os.environ["DRAY_BIN"], "local", "--port-file", port_file, "--region", REGION, "--account", ACCOUNT]
        argv += ["--access-key-id", KEY_ID, "--secret-access-key", SECRET]
        argv += ["--journal", self.journal, "--watch-file", self.watched]
        argv += ["--role", ROLE, "--role", CHAINED_ROLE, "--external-id", EXTERNAL_ID]
        for bucket in buckets:
            argv += ["--bucket", bucket]
        argv += options
        self.authority = None
        if tls:
            self.authority, key = self.make_certificate()
            argv += ["--cert", self.authority, "--key", key]
        self.log = open(os.path.join(self.directory, "log"), "wb")
        self.process = subprocess.Popen(argv, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 20
        while not os.path.exists(port_file):
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.log.name, encoding="utf-8") as log:
                    raise RuntimeError(f"dray local does not start: {log.read()}")
            time.sleep(0.02)
        with open(port_file, encoding="utf-8") as file:
            port = int(file.read())
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def make_certificate(self):
        cert, key = os.path.join(self.directory, "cloud.crt"), os.path.join(self.directory, "cloud.key")
        argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        argv += ["-days", "2", "-subj", "/CN=dray local cloud", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*argv, "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
        return cert, key

    def admin(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_dray/{path}", data=data, method=method)
        trusted = ssl.create_default_context(cafile=self.authority) if self.authority else None
        with urllib.request.urlopen(request, timeout=20, context=trusted) as answer:
            return json.loads(answer.read())

    def end(self):
        self.process.terminate()
        code = self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.directory)
        return code
