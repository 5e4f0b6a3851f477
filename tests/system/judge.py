"""The judge: reads what receivers wrote and what the cloud deleted, and says what is wrong. No opinion on how it
came about.

A receiver's file is the record of what it has read, in order: byte N was read before byte N + 1. The cloud's
journal has one line per DeleteMessage with the sizes of those files at that instant. From both follows the
invariant: every event of a deleted notification lies within the first `size` bytes.
"""

import dataclasses
import json
import os
import re

import aws_wire

FRAME = re.compile(rb"^<14>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\S+) (\S+): (.*)$", re.S)


class Verdict(Exception):
    """The test has failed, with the reason."""


@dataclasses.dataclass
class Arrivals:
    """One receiver file: where each event first ended, how often it came, and the order of the first arrivals."""

    first_end: dict
    count: dict
    order: list
    torn: int
    size: int


def read_arrivals(path, expected, frame=FRAME, torn_allowed=0):
    """expected: {(tag, text): (object, ordinal)}. Every whole line must be one of them, byte for byte."""
    data = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            data = file.read()
    arrivals = Arrivals({}, {}, [], 0, len(data))
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin)
        whole = end >= 0
        line = data[begin:end] if whole else data[begin:]
        match = frame.match(line)
        event = expected.get((match.group(2), match.group(3))) if match else None
        if event is None:
            # A receiver that was killed, or an rsyslog whose connection broke, may leave the head of a frame.
            arrivals.torn += 1
            if line and arrivals.torn > torn_allowed:
                raise Verdict(
                    f"{path}: {arrivals.torn} lines are not an expected event (allowed {torn_allowed}); "
                    f"at byte {begin}: {line[:200]!r}"
                )
        else:
            stop = (end + 1) if whole else len(data)
            if event not in arrivals.first_end:
                arrivals.first_end[event] = stop
                arrivals.order.append(event)
            arrivals.count[event] = arrivals.count.get(event, 0) + 1
        begin = (end + 1) if whole else len(data)
    return arrivals


class Judge:
    """objects: [Made]; outputs: {name: receiver file}. Every output must get every event."""

    def __init__(self, objects, outputs, torn_allowed=0, frame=FRAME):
        self.by_key = {made.key: made for made in objects}
        self.expected = {}
        for made in objects:
            for number, ordinal, tag, text in made.frames:
                assert (tag, text) not in self.expected, "the generator made an event twice"
                self.expected[(tag, text)] = (number, ordinal)
        self.outputs = outputs
        self.arrivals = {
            name: read_arrivals(path, self.expected, frame, torn_allowed) for name, path in outputs.items()
        }

    def deleted_before_read(self, journal):
        """The invariant. Returns the number of deletions looked at."""
        deletions = 0
        for line in read_journal(journal):
            deletions += 1
            sizes = {os.path.realpath(path): size for path, size in line["sizes"].items()}
            for key in notified_keys(line["body"]):
                self._check_deleted(self.by_key[key], sizes, line["message_id"])
        return deletions

    def _check_deleted(self, made, sizes, message_id):
        for name, path in self.outputs.items():
            size = sizes[os.path.realpath(path)]
            arrivals = self.arrivals[name]
            for number, ordinal, _, _ in made.frames:
                end = arrivals.first_end.get((number, ordinal))
                if end is None or end > size:
                    raise Verdict(
                        f"INVARIANT: message {message_id} was deleted when {name} had read {size} bytes; event {ordinal} "
                        f"of {made.key} ended at {end}"
                    )

    def lost(self):
        for name, arrivals in self.arrivals.items():
            missing = set(self.expected.values()) - set(arrivals.first_end)
            if missing:
                some = sorted(missing)[:5]
                raise Verdict(
                    f"LOST: {name} never got {len(missing)} of {len(self.expected)} events, among them "
                    f"(object, ordinal) {some}"
                )

    def order(self):
        """First arrivals ascend per object (delivery.md A5; scenarios with settling failures leave this out)."""
        for name, arrivals in self.arrivals.items():
            last = {}
            for number, ordinal in arrivals.order:
                if last.get(number, -1) > ordinal:
                    raise Verdict(f"ORDER: {name} got event {ordinal} of object {number} after event {last[number]}")
                last[number] = ordinal

    def duplicates(self):
        return {name: sum(arrivals.count.values()) - len(arrivals.count) for name, arrivals in self.arrivals.items()}

    def duplicates_at_most(self, bound):
        for name, count in self.duplicates().items():
            if count > bound:
                raise Verdict(f"DUPLICATES: {name} got {count}, at most {bound} are explained")


def read_journal(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def notified_keys(body):
    try:
        return aws_wire.objects_of(body)
    except (ValueError, KeyError, TypeError) as error:
        raise Verdict(f"a message that is no notification was deleted: {body[:200]}") from error


def no_secret_in(paths, secrets):
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        for secret in secrets:
            if secret.encode() in content:
                raise Verdict(f"SECRET: {path} shows a registered secret")
