"""Parquet objects through the whole collector, and its reader killed under it."""

import os
import random
import signal
import time

import objects
import parquet_file
from harness import read_text, wait_until
from scenario import scenario


def parquet(number, count, rng, key, tag):
    rows, events = [], []
    for ordinal in range(count):
        mark = objects.mark(number, ordinal, rng)
        rows.append((ordinal - 3, mark.encode()))
        events.append((tag, f'{{"n":{ordinal - 3},"mark":"{mark}"}}'.encode()))
    return objects.Made(number, key, parquet_file.write(rows, 700), events)


def flow(number, count, rng):
    """As VPC publishes it: Hive prefixes, `.parquet`."""
    key = (
        f"AWSLogs/aws-account-id={objects.ACCOUNT}/aws-service=vpcflowlogs/aws-region={objects.REGION}/year=2024/month=03/"
        f"day=05/{objects.ACCOUNT}_vpcflowlogs_{objects.REGION}_fl-0a1b2c3d4e5f60718_20240305T0910Z_{number:08d}.log.parquet"
    )
    return parquet(number, count, rng, key, b"cloud.aws.vpc.flow")


def unnamed(number, count, rng):
    """Nothing in the key says what it is; its first bytes do."""
    return parquet(number, count, rng, f"plain/{number:06d}", b"my.app.system.lines")


@scenario(90)
def parquet_objects(bench):
    """Rows of parquet objects arrive as JSON in their order and are proven like any event, beside text under a
    .parquet name; an object that was cut stays on the queue."""
    rng = random.Random(51)
    made = [flow(n, 3000, rng) for n in range(4)] + [unnamed(n, 1500, rng) for n in range(4, 7)]
    misnamed = objects.lines(7, 50, rng)
    misnamed.key = "plain/text.parquet"
    made.append(misnamed)
    damaged = unnamed(8, 1400, rng)
    damaged.body = damaged.body[: len(damaged.body) // 2]
    damaged.events = []
    bench.start_receiver()
    bench.start_cloud(visibility=4)
    bench.upload(made + [damaged])
    collector = bench.run_to_idle(bench.write_config(input_changes={"sqs_visibility_timeout": 4}), 60, code=75)
    bench.expect_log(collector, ["does not end with PAR1", damaged.key])
    time.sleep(5)
    bench.expect_queue(1)
    bench.judge(made + [damaged])


def readers(collector):
    """The processes of dray-parquet that the collector has now."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        stat = read_text(f"/proc/{entry}/stat")
        if "(dray-parquet)" in stat and stat.rpartition(")")[2].split()[1] == str(collector.child.pid):
            found.append(int(entry))
    return found


@scenario(120)
def parquet_reader_killed(bench):
    """dray-parquet killed again and again: its objects go back to the queue and come again, nothing is lost, the
    collector lives, and no reader is left behind."""
    rng = random.Random(52)
    made = [flow(n, 20000, rng) for n in range(6)]
    receiver = bench.start_receiver(options=["--rate", "3000000"])
    bench.start_cloud(visibility=4)
    bench.upload(made)
    config = bench.write_config(input_changes={"sqs_visibility_timeout": 4})
    collector = bench.start_collector(config)
    killed = 0
    deadline = time.monotonic() + 20
    while killed < 8 and time.monotonic() < deadline:
        for reader in readers(collector):
            try:
                os.kill(reader, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
        time.sleep(0.05)
    assert killed > 0, "there was no reader to kill"
    wait_until(lambda: "ended by signal 9" in read_text(collector.log), "the log tells of it", 30, alive=collector)
    wait_until(lambda: bench.deletions() == len(made), "everything was deleted", 60, alive=collector)
    assert not readers(collector), "a reader is left"
    collector.end(12)
    bench.judge(made, order=False, duplicates=killed * 20000)
    assert receiver.read_bytes() > 0
