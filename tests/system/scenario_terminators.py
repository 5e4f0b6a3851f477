"""Behind a TLS terminator whose backend is killed: HAProxy and stunnel both turn that into a clean end
(delivery.md rule 2)."""

import shutil
import time

import objects
from harness import Skip, free_port, port_open, wait_until
from scenario import scenario

COUNT, PER_OBJECT, LINE = 150, 150, 250


def pem_of(bench):
    path = bench.path("terminator.pem")
    with open(path, "w", encoding="utf-8") as file:
        for part in ("server.crt", "server.key"):
            with open(f"{bench.certificates}/{part}", encoding="utf-8") as source:
                file.write(source.read())
    return path


def run_behind(bench, start_terminator):
    """Kills the backend twice under load. start_terminator(backend port, own port) starts the program."""
    made = objects.many_lines(COUNT, PER_OBJECT, seed=11, line_bytes=LINE)
    backend = bench.start_receiver(options=["--rate", "1500000"], tls=False)
    front = free_port()
    terminator = start_terminator(backend.port, front)
    wait_until(lambda: port_open(front), f"{terminator.name} listens")
    bench.start_cloud()
    bench.upload(made, per_notification=2)
    config = bench.write_config(outputs={"devo_1": bench.output(port=front)})
    collector = bench.start_collector(config, "--until-idle", "3")
    whole = COUNT * PER_OBJECT * (LINE + 50)
    for share in (0.2, 0.6):
        wait_until(
            lambda share=share: backend.read_bytes() > share * whole, f"the backend has read {share}", 90, collector
        )
        backend.process.kill()
        time.sleep(1)
        backend.start()
    bench.expect_exit(collector, 150, 0)
    terminator.must_run()
    bench.expect_queue(0)
    bench.judge(made, duplicates=2 * COUNT * PER_OBJECT, torn=8, order=False)


@scenario(240)
def killed_backend_behind_haproxy(bench):
    """HAProxy answers our close although its backend was killed; the dying sibling connection tells (canary)."""
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
    if not program:
        raise Skip("haproxy is not installed")

    def start(backend, front):
        path = bench.path("haproxy.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""global
    maxconn 200
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout client-fin 30s
    timeout server-fin 30s
listen syslog
    bind 127.0.0.1:{front} ssl crt {pem_of(bench)} ca-file {bench.certificates}/chain.crt verify required
    server backend 127.0.0.1:{backend}
""")
        return bench.start("haproxy", [program, "-db", "-f", path])

    run_behind(bench, start)


@scenario(240)
def killed_backend_behind_stunnel(bench):
    """stunnel sends close_notify although its backend was killed; the dying sibling connection tells (canary)."""
    program = shutil.which("stunnel4") or shutil.which("stunnel")
    if not program:
        raise Skip("stunnel4 is not installed")

    def start(backend, front):
        path = bench.path("stunnel.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""foreground = yes
pid =
syslog = no
debug = notice
[syslog]
accept = 127.0.0.1:{front}
connect = 127.0.0.1:{backend}
cert = {pem_of(bench)}
CAfile = {bench.certificates}/chain.crt
verifyChain = yes
requireCert = yes
TIMEOUTclose = 30
""")
        return bench.start("stunnel", [program, path])

    run_behind(bench, start)
