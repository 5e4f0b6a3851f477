"""What cannot be sent: on_error, with each disposition, against real processes."""

import gzip
import json
import os
import random
import stat
import zlib

import objects
from scenario import scenario

JSON_LINES = {
    "json_lines": {
        "file_format": {"type": "line_split_processor", "config": {"json": True}},
        "routing_template": "my.app.system.lines",
    }
}


def quarantined(bench):
    """[(head, bytes)] of the files; each must be for its owner alone."""
    directory = bench.path("collector", "state", "quarantine")
    found = []
    for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else []:
        path = os.path.join(directory, name)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, f"{name} has mode {oct(os.stat(path).st_mode)}"
        with open(path, "rb") as file:
            head, _, content = file.read().partition(b"\n")
        found.append((json.loads(head), content))
    if found:
        assert stat.S_IMODE(os.stat(directory).st_mode) == 0o700
    return found


def cut_off(made):
    """Its gzip stream ends inside; its events become those that are whole before that."""
    plain = b"".join(text + b"\n" for _, text in made.events)
    made.body = gzip.compress(plain, 1)[:-20]
    whole = zlib.decompressobj(31).decompress(made.body)
    made.events = made.events[: whole.count(b"\n")]


@scenario(120)
def corrupt_object_quarantined(bench):
    """on_error corrupt_object: quarantine: of an object that is cut off the good part comes once, a file with mode
    0600 tells of it, and its notification is deleted only after the good part was read."""
    made = objects.many_lines(8, 400, seed=71, line_bytes=200)
    cut_off(made[0])
    cut_off(made[5])
    bench.start_receiver(options=["--rate", "400000"])
    bench.start_cloud(visibility=30)
    bench.upload(made)
    config = bench.write_config(input_changes={"on_error": {"corrupt_object": "quarantine"}})
    collector = bench.run_to_idle(config)
    bench.expect_queue(0)
    bench.judge(made)
    found = quarantined(bench)
    assert sorted(head["key"] for head, _ in found) == sorted([made[0].key, made[5].key]), found
    for head, content in found:
        assert head["reason"] == "corrupt_object" and head["code"] == "truncated", head
        assert head["bucket"] == objects.BUCKET and head["etag"] and head["message_id"], head
        assert content, "no bytes in hand"
    # The log is sparing: of two within a second the first is told, and at the end how many more there were.
    bench.expect_log(collector, ["Quarantined (on_error: corrupt_object)"])


def records_with_flaws(disposition):
    """Objects of JSON lines with two that are none, and what must come of them under a disposition."""
    rng = random.Random(72)
    made, flawed = [], []
    for number in range(4):
        lines, events = [], []
        for ordinal in range(50):
            mark = objects.mark(number, ordinal, rng)
            bad = ordinal in (7, 30)
            text = (f"no json {mark}" if bad else f'{{"mark":"{mark}"}}').encode()
            lines.append(text)
            if bad:
                flawed.append(text)
            if not bad or disposition == "send_raw":
                events.append((b"my.app.system.lines", text))
        made.append(objects.Made(number, f"json/{number}.ndjson", b"\n".join(lines), events))
    return made, flawed


@scenario(150)
def undecodable_records(bench):
    """Undecodable records with each disposition: sent raw, left with their objects, put into quarantine or deleted;
    the records around them come once."""
    bench.start_receiver()
    bench.start_cloud(visibility=3)
    made, flawed = records_with_flaws("quarantine")
    bench.upload(made)
    config = bench.write_config(
        input_changes={"services": JSON_LINES, "on_error": {"undecodable_record": "quarantine"}}
    )
    bench.run_to_idle(config)
    bench.expect_queue(0)
    bench.judge(made)
    assert sorted(content for _, content in quarantined(bench)) == sorted(flawed)
    assert {head["record"] for head, _ in quarantined(bench)} == {8, 31}

    for disposition in ("delete", "send_raw"):
        start_again(bench)
        made, _ = records_with_flaws(disposition)
        bench.upload(made)
        config = bench.write_config(
            input_changes={"services": JSON_LINES, "on_error": {"undecodable_record": disposition}}
        )
        collector = bench.run_to_idle(config)
        bench.expect_queue(0)
        bench.judge(made)
        if disposition == "delete":
            bench.expect_log(collector, ["deleted unsent", "undecodable_record"])

    start_again(bench)
    made, _ = records_with_flaws("leave")
    for one in made:
        one.events = one.events[:7]
    bench.upload(made)
    changes = {"services": JSON_LINES, "sqs_visibility_timeout": 3, "on_error": {"undecodable_record": "leave"}}
    bench.run_to_idle(bench.write_config(input_changes=changes), idle=8, code=75)
    visible, in_flight = bench.aws.queue_depth("system-test")
    assert visible + in_flight == 4, "what is left stays on the queue"
    bench.judge(made)


def start_again(bench):
    """The same receiver and cloud with empty files: the next disposition is judged alone."""
    receiver = bench.receivers["main"]
    receiver.process.end()
    os.unlink(receiver.file)
    receiver.start()
    bench.cloud.end()
    open(bench.journal, "w", encoding="utf-8").close()
    os.unlink(bench.path("cloud.port"))
    bench.start_cloud(visibility=3)


@scenario(150)
def oversize_records(bench):
    """Records over record_bytes_max with each disposition: in pieces, in quarantine, deleted, or left with their
    object; the records around them come once."""
    limit = 4096
    bench.start_receiver()
    bench.start_cloud(visibility=3)
    for disposition in ("quarantine", "delete", "send_raw", "leave"):
        rng = random.Random(73)
        made, long = [], []
        for number in range(3):
            one = objects.lines(number, 20, rng)
            text = b"".join(objects.mark(number, 1000 + part, rng).encode() for part in range(200))
            long.append(text)
            lines = [text for _, text in one.events]
            one.body = b"\n".join([*lines[:10], text, *lines[10:]])
            tag = one.events[0][0]
            if disposition == "send_raw":
                pieces = [(tag, text[at : at + limit]) for at in range(0, len(text), limit)]
                one.events[10:10] = pieces
            elif disposition == "leave":
                one.events = one.events[:10]
            made.append(one)
        bench.upload(made)
        changes = {
            "record_bytes_max": limit,
            "sqs_visibility_timeout": 3,
            "on_error": {"oversize_record": disposition},
        }
        left = disposition == "leave"
        config = bench.write_config(input_changes=changes)
        bench.run_to_idle(config, idle=8 if left else 3, code=75 if left else 0)
        if not left:
            bench.expect_queue(0)
        bench.judge(made)
        if disposition == "quarantine":
            found = sorted((head["key"], head["record"], content) for head, content in quarantined(bench))
            for one, text in zip(made, long):
                assert b"".join(content for key, _, content in found if key == one.key) == text
        if not left:
            start_again(bench)


@scenario(90)
def recognised_by_key_or_first_bytes(bench):
    """any_of: each object by its own source, also under keys that tell nothing; what none of them knows goes to the
    fallback; with on_error unknown_format: quarantine and no fallback it is named there and nothing is lost."""
    rng = random.Random(74)
    made = []
    for number in range(12):
        kind = (objects.cloudtrail, objects.vpc, objects.alb, objects.lines)[number % 4]
        one = kind(number, 30, rng)
        if number >= 4:
            one.key = f"renamed/{number}"
        made.append(one)
    service = {
        "any_of": ["aws_sqs_cloudtrail", "aws_sqs_vpc", "aws_sqs_alb"],
        "file_format": {"type": "line_split_processor"},
        "routing_template": "my.app.system.lines",
    }
    bench.start_receiver()
    bench.start_cloud()
    bench.upload(made)
    bench.run_to_idle(bench.write_config(input_changes={"services": {"mine": service}}))
    bench.expect_queue(0)
    bench.judge(made)

    start_again(bench)
    unknown = [one for number, one in enumerate(made) if number % 4 == 3]
    for one in unknown:
        one.events = []
    bench.upload(made)
    changes = {"services": {"mine": {"any_of": service["any_of"]}}, "on_error": {"unknown_format": "quarantine"}}
    bench.run_to_idle(bench.write_config(input_changes=changes))
    bench.expect_queue(0)
    bench.judge(made)
    assert sorted(head["key"] for head, _ in quarantined(bench)) == sorted(one.key for one in unknown)
    assert {head["code"] for head, _ in quarantined(bench)} == {"not_recognised"}
