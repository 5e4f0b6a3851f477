"""Objects that nobody wrote: JSON by a seeded generator, in all arrangements, whole and cut off. For the options and the errors that the
golden cases touch once: `dray try` and splitting.py must agree on the events and on whether the object is whole.
"""

import json
import random

NAMES = ["a", "b", "old", "x_y", "é", 'q"uote', "", "Records", "account"]
TEXTS = ["", "text", "two\nlines", 'a "quoted" {brace}', "\u2028", "ends in \\"]
NUMBERS = ["0", "-1.50", "1E5", "9007199254740993"]

FORMATS = [
    ("split_or_unseparated_processor", {}),
    ("split_or_unseparated_processor", {"json": False}),
    ("unseparated_json_processor", {"rename": {"old": "new", "a": "b"}}),
    ("unseparated_json_processor", {"flat": True}),
    ("unseparated_json_processor", {"rename": {"x_y": "a"}, "flat": True}),
    ("unseparated_json_processor", {"key": "Records", "rename": {"old": "new"}, "flat": True}),
    ("unseparated_json_processor", {"key": "Records", "include": {"account": "acct"}, "flat": True}),
    ("json_array_processor", {}),
]


def value(chance, depth):
    kind = chance.randrange(8 if depth < 3 else 6)
    if kind < 2:
        return json.dumps(chance.choice(TEXTS), ensure_ascii=chance.random() < 0.5)
    if kind < 4:
        return chance.choice(NUMBERS)
    if kind < 6:
        return chance.choice(["true", "false", "null", "{}", "[]"])
    if kind == 6:
        return "[" + ",".join(value(chance, depth + 1) for _ in range(chance.randrange(4))) + "]"
    return record(chance, depth + 1)


def record(chance, depth=0):
    names = chance.sample(NAMES[:7], chance.randrange(5))
    return "{" + ",".join(f"{json.dumps(name)}:{value(chance, depth)}" for name in names) + "}"


def spread(chance, text):
    """The same value over several lines."""
    return json.dumps(json.loads(text), indent=2) if chance.random() < 0.3 else text


def made(chance, config, may_be_lines):
    """The plain bytes of one object."""
    records = [record(chance) for _ in range(chance.randrange(1, 6))]
    if "key" in config:
        outer = [f'"account":{value(chance, 2)}'] if chance.random() < 0.7 else []
        members = [*outer, '"Records":[' + ", ".join(records) + "]"]
        return "{" + ",".join(members if chance.random() < 0.5 else reversed(members)) + "}"
    arrangement = chance.randrange(5 if may_be_lines else 4)
    if arrangement == 0:
        return "[" + ",\n".join(records) + "]"
    if arrangement == 1:
        return "".join(records)
    if arrangement == 2:
        return "\r\n".join(spread(chance, one) for one in records) + "\r\n"
    if arrangement == 3:
        return "\n".join(records) + "\n"
    return "no JSON\n" + "\n".join(records)


def objects(seeds):
    """(name, file_format, plain bytes)"""
    for seed in range(seeds):
        for place, (kind, config) in enumerate(FORMATS):
            chance = random.Random(seed * 100 + place)
            plain = made(chance, config, kind.startswith("split_or"))
            if chance.random() < 0.3 and "include" not in config:
                plain = plain[: chance.randrange(1, len(plain))]
            yield f"seed {seed}, {kind} {config}", {"type": kind, "config": config}, plain.encode()
