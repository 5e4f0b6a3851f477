"""The collector itself is killed, stopped, misconfigured or fed with what it cannot decode."""

import gzip
import json
import random
import signal
import time

import aws_wire
import judge
import objects
from harness import KEY_ID, QUEUE, read_text, wait_until
from scenario import scenario

KILLS = 50


def undeleted_events(bench, made_by_body):
    """Events of the notifications that the journal does not name yet: what a kill at this moment may duplicate."""
    deleted = {line["body"] for line in judge.read_journal(bench.journal)}
    return sum(count for body, count in made_by_body.items() if body not in deleted)


@scenario(400)
def killed_fifty_times(bench):
    """SIGKILLed at 50 random moments and restarted: nothing lost, nothing deleted unread, duplicates per kill at
    most the events of the notifications that were not deleted yet."""
    rng = random.Random(31)
    made = objects.many_lines(600, 80, seed=31, line_bytes=250)
    receiver = bench.start_receiver(options=["--rate", "500000"])
    bench.start_cloud(visibility=4)
    for one in made:
        bench.aws.put_object(objects.BUCKET, one.key, one.body)
    bodies = {
        aws_wire.s3_event(objects.BUCKET, objects.REGION, [(one.key, one.body)]): len(one.events) for one in made
    }
    bench.aws.send_messages(QUEUE, list(bodies))
    config = bench.write_config(input_changes={"sqs_visibility_timeout": 4})
    bound = 0
    for _ in range(KILLS):
        collector = bench.start_collector(config)
        time.sleep(rng.uniform(0.1, 1.6))
        collector.must_run()
        bound += undeleted_events(bench, bodies)
        collector.kill()
    meanwhile = bench.deletions()
    assert len(made) / 20 < meanwhile < len(made), f"{meanwhile} deletions between the kills: too few or too many to tell"
    receiver.process.end()
    receiver.start(options=[])
    bench.run_to_idle(config, 120, idle=6)
    bench.expect_queue(0)
    verdict = bench.judge(made, duplicates=bound, torn=0, order=False)
    assert verdict.duplicates()["main"] > 0, "no kill cost a duplicate: the kills came when nothing was in flight"


@scenario(120)
def sigterm_under_load(bench):
    """SIGTERM under load: exit 0 within the grace, nothing lost, and what was not proven is visible again at once."""
    made = objects.many_lines(600, 60, seed=32, line_bytes=200)
    receiver = bench.start_receiver(options=["--rate", "1000000"])
    bench.start_cloud(visibility=600)
    notifications = bench.upload(made)
    config = bench.write_config(input_changes={"sqs_visibility_timeout": 600})
    collector = bench.start_collector(config)
    wait_until(lambda: receiver.read_bytes() > 1_000_000, "the receiver has read a megabyte", alive=collector)
    begin = time.monotonic()
    code = collector.end(12)
    elapsed = time.monotonic() - begin
    assert code == 0, f"exit code {code}: {collector.tail()}"
    assert elapsed < 9, f"the stop took {elapsed:.1f} s, the grace is 8 s"
    deleted = bench.deletions()
    bench.expect_queue(notifications - deleted)
    bench.judge(made, lost=False, duplicates=None)
    receiver.process.end()
    receiver.start(options=[])
    bench.run_to_idle(config)
    bench.expect_queue(0)
    bench.judge(made, duplicates=len(made) * 60)


@scenario(90)
def sigterm_with_a_hung_receiver(bench):
    """SIGTERM while the receiver hangs: the collector ends within its grace and deletes nothing that was not
    read. 0 only if all that it held was given back."""
    made = objects.many_lines(200, 60, seed=33, line_bytes=200)
    receiver = bench.start_receiver(options=["--rate", "500000"])
    bench.start_cloud(visibility=600)
    notifications = bench.upload(made)
    collector = bench.start_collector(bench.write_config(input_changes={"sqs_visibility_timeout": 600}))
    wait_until(lambda: receiver.read_bytes() > 300_000, "the receiver has read something", alive=collector)
    receiver.process.signal(signal.SIGSTOP)
    time.sleep(1)
    begin = time.monotonic()
    code = collector.end(15)
    elapsed = time.monotonic() - begin
    receiver.process.signal(signal.SIGCONT)
    assert elapsed < 10, f"the stop took {elapsed:.1f} s, the grace is 8 s"
    visible, in_flight = bench.aws.queue_depth(QUEUE)
    assert visible + in_flight == notifications - bench.deletions()
    assert code == (
        0 if in_flight == 0 else 75
    ), f"exit code {code} with {in_flight} messages still held: {collector.tail()}"
    bench.judge(made, lost=False, duplicates=None)


@scenario(60)
def second_signal_ends_at_once(bench):
    """A second SIGTERM ends the collector at once, still without a delete of anything unread."""
    made = objects.many_lines(200, 60, seed=34, line_bytes=200)
    receiver = bench.start_receiver(options=["--rate", "500000"])
    bench.start_cloud(visibility=600)
    bench.upload(made)
    collector = bench.start_collector(bench.write_config())
    wait_until(lambda: receiver.read_bytes() > 300_000, "the receiver has read something", alive=collector)
    receiver.process.signal(signal.SIGSTOP)
    collector.signal(signal.SIGTERM)
    time.sleep(0.5)
    collector.must_run()
    collector.signal(signal.SIGTERM)
    code = collector.wait(3)
    assert code != 0, "work was held, so the exit code must not say that all is done"
    receiver.process.signal(signal.SIGCONT)
    bench.judge(made, lost=False, duplicates=None)


def refused(bench, receiver, config, words):
    """Runs for a while against a receiver that cannot be trusted or does not trust us: nothing sent, nothing
    deleted, a clear line."""
    notifications = bench.upload(objects.many_lines(5, 5, seed=35))
    collector = bench.start_collector(config)
    wait_until(lambda: words[0] in read_text(collector.log), f"a line with {words[0]}", 20)
    time.sleep(2)
    collector.must_run()
    bench.expect_log(collector, words)
    collector.end(12)
    assert receiver.read_bytes() == 0, "something was sent"
    assert bench.deletions() == 0, "something was deleted"
    bench.expect_queue(notifications)
    bench.expect_no_secret()


@scenario(60)
def receiver_of_a_foreign_authority(bench):
    """A receiver whose certificate our chain does not know gets nothing; the log names `chain`."""
    receiver = bench.start_receiver()
    bench.start_cloud()
    foreign = bench.make_certificates("foreign")
    for name in ("client.crt", "client.key"):
        with open(f"{bench.certificates}/{name}", "rb") as source, open(f"{foreign}/{name}", "wb") as target:
            target.write(source.read())
    refused(bench, receiver, bench.write_config(certificates=foreign), ["chain"])


@scenario(60)
def receiver_of_another_name(bench):
    """A receiver whose certificate is for another host gets nothing; the log names `verify_hostname`."""
    other = bench.make_certificates("other", hosts=("elsewhere.example.com",))
    receiver = bench.start_receiver(certificates=other)
    bench.start_cloud()
    refused(bench, receiver, bench.write_config(certificates=other), ["verify_hostname"])


@scenario(60)
def client_certificate_refused(bench):
    """A receiver that does not trust our certificate reads nothing of us; the log names `cert`."""
    receiver = bench.start_receiver()
    bench.start_cloud()
    mine = bench.make_certificates("mine")
    with open(f"{bench.certificates}/chain.crt", "rb") as source, open(f"{mine}/chain.crt", "wb") as target:
        target.write(source.read())
    refused(bench, receiver, bench.write_config(certificates=mine), ["cert"])


@scenario(90)
def unreachable_receiver(bench):
    """With no receiver nothing is received from the queue; when it comes, everything is delivered."""
    made = objects.mixture(20, 20, seed=36)
    receiver = bench.start_receiver()
    bench.start_cloud()
    bench.upload(made)
    receiver.process.end()
    collector = bench.start_collector(bench.write_config(), "--until-idle", "3")
    time.sleep(8)  # longer than --until-idle: a queue that was never asked is not idle
    collector.must_run()
    bench.expect_queue(20)
    receiver.start()
    bench.expect_exit(collector, 80, 0)
    bench.judge(made)


@scenario(90)
def poison_notifications_stay(bench):
    """What is no S3 notification is left on the queue with one clear line each, s3:TestEvent is removed, the rest
    is delivered, and --until-idle says 75."""
    made = objects.mixture(10, 20, seed=37)
    bench.start_receiver()
    bench.start_cloud()
    bench.upload(made)
    poison = [
        "not json at all",
        '{"Records": "no list"}',
        '{"detail-type": "Object Created", "source": "aws.s3", "detail": {}}',
    ]
    bench.aws.send_messages(QUEUE, poison)
    test_event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2024-03-05T09:10:11.000Z",
        "Bucket": objects.BUCKET,
    }
    bench.aws.send_messages(QUEUE, [json.dumps(test_event)])
    collector = bench.run_to_idle(bench.write_config(), code=75)
    visible, in_flight = bench.aws.queue_depth(QUEUE)
    assert visible + in_flight == len(poison), f"{visible} + {in_flight} messages are left, not {len(poison)}"
    bench.expect_log(collector, ["Summary:", "left=3"], 1)
    bench.expect_log(collector, ["Left on the queue"], len(poison))
    assert not any(line["body"] in poison for line in judge.read_journal(bench.journal)), "poison was deleted"
    bench.judge(made)


@scenario(90)
def corrupt_object(bench):
    """Of an object that is cut off inside its gzip stream the good lines come once, also when its notification
    comes back; it stays on the queue. The others are delivered."""
    made = objects.many_lines(6, 200, seed=38)
    whole = gzip.compress(b"".join(text + b"\n" for _, text in made[0].events), 1)
    made[0].body = whole[: len(whole) * 2 // 3]
    bench.start_receiver()
    bench.start_cloud(visibility=3)
    bench.upload(made)
    bench.run_to_idle(bench.write_config(input_changes={"sqs_visibility_timeout": 3}), idle=8, code=75)
    visible, in_flight = bench.aws.queue_depth(QUEUE)
    assert visible + in_flight == 1
    verdict = bench.judge(made, lost=False)
    arrived = [ordinal for number, ordinal in verdict.arrivals["main"].order if number == 0]
    assert 50 < len(arrived) < 200 and arrived == list(
        range(len(arrived))
    ), f"of the corrupt object came {len(arrived)} events"
    assert sum(1 for number, _ in verdict.arrivals["main"].order if number != 0) == 5 * 200


@scenario(120)
def several_outputs(bench):
    """Two receivers and the console each get every event; a notification is deleted when all have it, though one
    is slow."""
    made = objects.mixture(60, 60, seed=39)
    bench.start_receiver("main")
    bench.start_receiver("slow", options=["--rate", "150000"])
    bench.start_cloud()
    bench.upload(made, per_notification=2)
    outputs = {
        "devo_1": bench.output("main"),
        "devo_2": bench.output("slow"),
        "console_1": {"type": "console", "config": {}},
    }
    collector = bench.run_to_idle(bench.write_config(outputs=outputs))
    bench.expect_queue(0)
    bench.judge(made)
    with open(collector.out, "rb") as file:
        shown = file.read().splitlines()
    wanted = [tag + b"\t" + text for one in made for tag, text in one.events]
    assert sorted(shown) == sorted(wanted), f"the console shows {len(shown)} lines, not the {len(wanted)} events"


@scenario(90)
def one_output_down(bench):
    """As long as one of two outputs does not take the events nothing is deleted."""
    made = objects.mixture(20, 20, seed=40)
    bench.start_receiver("main")
    second = bench.start_receiver("second", options=["--answer", "none", "--after-bytes", "1"])
    bench.start_cloud()
    bench.upload(made)
    outputs = {"devo_1": bench.output("main"), "devo_2": bench.output("second")}
    collector = bench.start_collector(bench.write_config(outputs=outputs))
    wait_until(lambda: second.read_bytes() > 0, "the second receiver has read something")
    time.sleep(5)
    assert bench.deletions() == 0, "a notification was deleted although one output had not proven it"
    collector.end(12)
    bench.judge(made, lost=False, duplicates=None)


@scenario(60)
def acknowledging_switched_off(bench):
    """ack_messages: false delivers everything once and deletes nothing, also when the notification comes back."""
    made = objects.mixture(12, 20, seed=41)
    bench.start_receiver()
    bench.start_cloud(visibility=3)
    bench.upload(made)
    config = bench.write_config(input_changes={"ack_messages": False, "sqs_visibility_timeout": 3})
    collector = bench.start_collector(config)
    events = sum(len(one.events) for one in made)
    wait_until(lambda: bench.receivers["main"].read_bytes() > events * 60, "events arrive")
    time.sleep(8)
    collector.end(12)
    assert bench.deletions() == 0
    bench.judge(made)


@scenario(60)
def wrong_secret(bench):
    """A wrong secret key is said clearly, nothing is received and no secret is shown."""
    bench.start_receiver()
    bench.start_cloud()
    notifications = bench.upload(objects.many_lines(3, 3, seed=42))
    wrong = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": "another-secret-0123456789"}
    bench.secrets.append(wrong["aws_secret_access_key"])
    collector = bench.start_collector(bench.write_config(input_changes={"credentials": wrong}))
    wait_until(lambda: "SignatureDoesNotMatch" in read_text(collector.log), "the log says SignatureDoesNotMatch", 20)
    collector.end(12)
    assert bench.deletions() == 0
    bench.expect_queue(notifications)
    bench.expect_no_secret()
