"""The collector against receivers that end connections in every way a receiver can."""

import signal
import time

import objects
from harness import wait_until
from scenario import scenario

# Enough for several epochs of 256 KiB: about 4 MB on the wire.
LOAD = {"count": 150, "per_object": 120, "line_bytes": 200}
TEXTS = 150 * 120


def run_against(bench, options, seconds, load=None):
    """One load against a receiver that misbehaves at first; everything must be there at the end."""
    made = objects.many_lines(seed=7, **(load or LOAD))
    receiver = bench.start_receiver(options=options)
    bench.start_cloud()
    notifications = bench.upload(made, per_notification=3)
    collector = bench.run_to_idle(bench.write_config(), seconds)
    bench.expect_queue(0)
    assert bench.deletions() == notifications, "every notification is deleted exactly once"
    return made, receiver, collector


@scenario(120)
def happy_path(bench):
    """CloudTrail, VPC flow, ALB and custom objects arrive byte for byte, once, in order, with their tags; each is
    deleted."""
    made = objects.mixture(80, 60, seed=1)
    bench.start_receiver()
    bench.start_cloud()
    notifications = bench.upload(made, per_notification=2, sns_every=3)
    collector = bench.run_to_idle(bench.write_config())
    bench.expect_queue(0)
    assert bench.deletions() == notifications
    bench.expect_log(collector, ["Acked message receiptHandle: "])
    bench.expect_log(collector, ["Starting data collection every 5 seconds"])
    events = sum(len(one.events) for one in made)
    bench.expect_log(
        collector, ["Summary:", f"objects={len(made)}", f"events={events}", f"deleted={notifications}", "left=0"], 1
    )
    bench.judge(made)


@scenario(180)
def stopped_then_killed(bench):
    """A receiver that is SIGSTOPped, then SIGKILLed with data in its kernel's buffer, costs duplicates, never an
    event."""
    made = objects.many_lines(200, 200, seed=2, line_bytes=300)
    receiver = bench.start_receiver(options=["--rate", "3000000"])
    bench.start_cloud()
    bench.upload(made, per_notification=2)
    collector = bench.start_collector(bench.write_config(), "--until-idle", "3")
    for share in (0.1, 0.4, 0.7):
        wait_until(
            lambda share=share: receiver.read_bytes() > share * 200 * 200 * 340,
            f"the receiver has read {share}",
            60,
            collector,
        )
        receiver.process.signal(signal.SIGSTOP)
        time.sleep(1.5)
        receiver.process.kill()
        time.sleep(0.3)
        receiver.start()
    bench.expect_exit(collector, 120, 0)
    bench.expect_queue(0)
    # Three kills; each voids at most what two slots carried: 64 MiB is far above this load, so the load is the bound.
    bench.judge(made, duplicates=3 * 200 * 200, torn=3, order=False)


@scenario(120)
def closed_with_unread_data(bench):
    """Connections that the receiver closes with bytes unread prove nothing."""
    made, _, _ = run_against(bench, ["--fault", "close-unread", "--after-bytes", "20000", "--faults-max", "4"], 100)
    bench.judge(made, duplicates=4 * TEXTS)


@scenario(120)
def closed_early(bench):
    """Connections that the receiver ends in proper form, but unasked, prove nothing."""
    made, _, _ = run_against(bench, ["--fault", "close-early", "--after-bytes", "20000", "--faults-max", "4"], 100)
    bench.judge(made, duplicates=4 * TEXTS)


@scenario(120)
def reset_in_mid_frame(bench):
    """A frame that a reset cut is sent again whole, on another connection."""
    made, _, _ = run_against(bench, ["--fault", "reset", "--after-bytes", "20011", "--faults-max", "4"], 100)
    bench.judge(made, duplicates=4 * TEXTS)


@scenario(120)
def crossing_close_notify(bench):
    """A close_notify that crosses ours while bytes lie unread, with the RST later, proves nothing."""
    made, _, _ = run_against(bench, ["--fault", "notify-unread", "--after-bytes", "20000", "--faults-max", "4"], 100)
    bench.judge(made, duplicates=4 * TEXTS)


@scenario(120)
def plain_fin_always(bench):
    """A receiver that never sends close_notify is understood: its clean TCP end is the proof (L2)."""
    made, _, _ = run_against(bench, ["--answer", "plain-fin", "--after-bytes", "0"], 100)
    bench.judge(made)


@scenario(120)
def plain_fin_sometimes(bench):
    """Where close_notify was seen, an end without it proves nothing."""
    made, _, _ = run_against(bench, ["--answer", "plain-fin", "--after-bytes", "1", "--faults-max", "2"], 100)
    bench.judge(made, duplicates=2 * TEXTS)


@scenario(200)
def no_answer_to_close(bench):
    """An end that is never answered is given up after its deadline and what it carried is sent again."""
    made, _, _ = run_against(bench, ["--answer", "none", "--after-bytes", "1", "--faults-max", "1"], 180)
    bench.judge(made, duplicates=TEXTS)


@scenario(240)
def overloaded(bench):
    """30,000 events to a receiver at 400 kB/s that is SIGKILLed half-way and back after 3 s: no delete of
    anything unread, all arrives, and at least four fifths of what it read was proven."""
    made = objects.many_lines(1500, 20, seed=3, line_bytes=300)
    receiver = bench.start_receiver(options=["--rate", "400000"])
    bench.start_cloud()
    bench.upload(made)
    collector = bench.start_collector(bench.write_config(), "--until-idle", "3")
    whole = sum(len(text) + 60 for one in made for _, text in one.events)
    wait_until(lambda: receiver.read_bytes() > whole / 2, "half of it has been read", 90, collector)
    receiver.process.kill()
    time.sleep(3)
    receiver.start()
    bench.expect_exit(collector, 150, 0)
    bench.expect_queue(0)
    verdict = bench.judge(made, duplicates=None, torn=1, order=False)
    arrived = sum(verdict.arrivals["main"].count.values())
    proven = len(verdict.expected) / arrived
    print(f"proven share of what was read: {proven:.2f}")
    assert proven >= 0.8, f"only {proven:.2f} of what the receiver read was proven"
