"""rsyslog and syslog-ng with TLS as receivers: programs that we did not write, with Debian's own builds."""

import os
import re
import shutil
import signal
import time

import judge
import objects
from harness import Skip, file_size, free_port, port_open, wait_until
from scenario import scenario

EVENTS = "syslog.events"

RSYSLOG = """
global(workDirectory="{directory}" maxMessageSize="64k" parser.permitSlashInProgramName="on"
       parser.escapeControlCharactersOnReceive="off"
       defaultNetstreamDriverCAFile="{certificates}/chain.crt"
       defaultNetstreamDriverCertFile="{certificates}/server.crt"
       defaultNetstreamDriverKeyFile="{certificates}/server.key")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/certvalid" maxSessions="100")
template(name="raw" type="string" string="%rawmsg%\\n")
{ruleset}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="events")
"""

# Direct: the thread that reads also writes, so the file is what rsyslog has read.
DIRECT = """
ruleset(name="events" queue.type="Direct") {{
  action(type="omfile" file="{file}" template="raw" asyncWriting="off" flushOnTXEnd="on" ioBufferSize="4k")
}}"""

# Slow, with a memory queue that is saved at the end: what was read is kept, the rest is backlog in the kernel.
SLOW = """
ruleset(name="events" queue.type="LinkedList" queue.size="2000" queue.filename="spool" queue.saveOnShutdown="on"
        queue.dequeueSlowDown="10000" queue.dequeueBatchSize="50" queue.timeoutEnqueue="600000" queue.timeoutShutdown="10"
        queue.timeoutActionCompletion="2000") {{
  action(type="omfile" file="{file}" template="raw")
}}"""


def start_rsyslog(bench, port, ruleset):
    program = shutil.which("rsyslogd", path="/usr/sbin:/sbin")
    if not program:
        raise Skip("rsyslog with rsyslog-openssl is not installed")
    directory = bench.path("rsyslog")
    os.makedirs(directory, exist_ok=True)
    path = bench.path("rsyslog.conf")
    file = bench.path(EVENTS)
    text = RSYSLOG.format(
        directory=directory, certificates=bench.certificates, port=port, ruleset=ruleset.format(file=file)
    )
    with open(path, "w", encoding="utf-8") as config:
        config.write(text)
    server = bench.start("rsyslog", [program, "-n", "-f", path, "-i", bench.path("rsyslog.pid")])
    wait_for_server(server, port)
    return server


def wait_for_server(server, port):
    def listening():
        server.must_run()
        return port_open(port)

    wait_until(listening, f"{server.name} listens")


def deliver(bench, port, made, seconds=120):
    bench.start_cloud(watch=[bench.path(EVENTS)])
    notifications = bench.upload(made, per_notification=2)
    bench.run_to_idle(bench.write_config(outputs={"devo_1": bench.output(port=port)}), seconds)
    bench.expect_queue(0)
    assert bench.deletions() == notifications


@scenario(150)
def rsyslog_with_tls(bench):
    """rsyslog gets every event byte for byte, once, in object order, with its tag, before the delete."""
    port = free_port()
    server = start_rsyslog(bench, port, DIRECT)
    made = objects.mixture(60, 60, seed=21)
    deliver(bench, port, made)
    server.end()
    bench.judge(made, outputs={"rsyslog": bench.path(EVENTS)})


@scenario(240)
def rsyslog_stopped_under_backlog(bench):
    """rsyslog is stopped while its slow queue leaves data in the kernel, three times: nothing is lost."""
    port = free_port()
    server = start_rsyslog(bench, port, SLOW)
    made = objects.many_lines(150, 100, seed=22, line_bytes=200)
    bench.start_cloud(watch=[bench.path(EVENTS)])
    bench.upload(made, per_notification=2)
    collector = bench.start_collector(
        bench.write_config(outputs={"devo_1": bench.output(port=port)}), "--until-idle", "5"
    )
    for share in (0.1, 0.3, 0.5):
        wait_until(
            lambda share=share: file_size(bench.path(EVENTS)) > share * 150 * 100 * 250,
            f"rsyslog wrote {share}",
            90,
            collector,
        )
        server.signal(signal.SIGTERM)
        server.wait(30)
        time.sleep(0.5)
        server = start_rsyslog(bench, port, SLOW)
    bench.expect_exit(collector, 150, 0)
    bench.expect_queue(0)
    settle(bench, server)
    # Its file is written long after it read: only the end can be judged. A broken connection leaves the head of a frame.
    bench.judge(made, outputs={"rsyslog": bench.path(EVENTS)}, instant=False, duplicates=None, torn=50, order=False)


def settle(bench, server):
    """Until rsyslog's queue is written: its file has stopped growing for two seconds."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 2:
        size = file_size(bench.path(EVENTS))
        if size != last:
            last, since = size, time.monotonic()
        time.sleep(0.1)
    server.end(30)


SYSLOG_NG = """@version: 3.38
options {{ keep-hostname(yes); chain-hostnames(no); stats-freq(0); flush-lines(1); log-msg-size(65536); keep-timestamp(yes); }};
source s_tls {{
  network(ip("127.0.0.1") port({port}) transport("tls") flags(no-parse) max-connections(20)
    tls(key-file("{certificates}/server.key") cert-file("{certificates}/server.crt") ca-file("{certificates}/chain.crt")
        peer-verify(required-trusted)));
}};
destination d_file {{ file("{file}" template("${{MESSAGE}}\\n")); }};
log {{ source(s_tls); destination(d_file); flags(flow-control); }};
"""


@scenario(150)
def syslog_ng_with_tls(bench):
    """syslog-ng gets every event byte for byte, once, in object order, with its tag."""
    root = os.environ["DRAY_SYSLOG_NG"]
    program = os.path.join(root, "usr/sbin/syslog-ng")
    if not os.access(program, os.X_OK):
        raise Skip("DRAY_SYSLOG_NG names no unpacked syslog-ng; ./test unpacks one")
    port = free_port()
    path = bench.path("syslog-ng.conf")
    with open(path, "w", encoding="utf-8") as config:
        config.write(SYSLOG_NG.format(port=port, certificates=bench.certificates, file=bench.path(EVENTS)))
    libraries = [os.path.join(root, "usr/lib/syslog-ng"), os.path.join(root, "usr/lib/x86_64-linux-gnu")]
    argv = [
        program,
        "-F",
        "--no-caps",
        "-f",
        path,
        "-R",
        bench.path("ng.persist"),
        "-p",
        bench.path("ng.pid"),
        "-c",
        bench.path("ng.ctl"),
        "--module-path",
        os.path.join(root, "usr/lib/syslog-ng/3.38"),
    ]
    server = bench.start("syslog-ng", argv, {"LD_LIBRARY_PATH": ":".join(libraries)})
    wait_for_server(server, port)
    made = objects.mixture(60, 60, seed=23)
    deliver(bench, port, made)
    server.end()
    frame = re.compile(judge.FRAME.pattern.replace(rb"^<14>", rb"^(?:<14>)?"), re.S)
    bench.judge(made, outputs={"syslog-ng": bench.path(EVENTS)}, instant=False, frame=frame)
