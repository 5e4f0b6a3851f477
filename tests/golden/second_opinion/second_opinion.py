"""The same events, computed by Python: python3 second_opinion.py [golden|corpora|made|parquet]; exit code 1 if any differs.

golden: what a format makes of the inputs of the golden cases and of the tests in services/*.yaml, against what is
expected there: so the expectations have two authors. corpora: `dray try` over every published sample, against the
decoders of packings.py and splitting.py. made: the same over the objects of made.py. parquet: `dray try` over parquet files (published, ours, and written here),
against pyarrow and parquet_rows.py. Environment: DRAY_BIN, DRAY_CORPORA, DRAY_VENV (a Python with PyYAML, which boto3's
command line brings, and perhaps zstandard), DRAY_PYARROW (the folder of the unpacked wheel; empty if not built with it).
"""

import hashlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import packings
import splitting

ROOT = pathlib.Path(__file__).resolve().parents[3]
SKIPPED = 77


def use_environment(module):
    """Runs again in DRAY_VENV if this Python lacks the module. False if no Python has it."""
    if importlib.util.find_spec(module):
        return True
    python = os.path.join(os.environ.get("DRAY_VENV", str(ROOT / "build" / "venv")), "bin", "python")
    if os.environ.get("DRAY_IN_VENV") == "1" or not os.access(python, os.X_OK):
        return False
    return os.execve(python, [python, "-B", *sys.argv], {**os.environ, "DRAY_IN_VENV": "1"})


def lexemes(text):
    """A JSON value with numbers as they are written and objects as lists of pairs."""
    number = lambda lexeme: ("number", lexeme)
    return json.loads(
        text.decode("utf-8", "surrogateescape"),
        parse_float=number,
        parse_int=number,
        object_pairs_hook=lambda pairs: ("object", pairs),
    )


def is_same(mine, its):
    """The same bytes; or, where both made an object of fields, the same object however its strings are escaped."""
    if mine == its:
        return True
    if not (mine.startswith(b'{"') and its.startswith(b'{"') and b"\\" in mine):
        return False
    try:
        return lexemes(mine) == lexemes(its)
    except ValueError:
        return False


def is_same_json(mine, its):
    """The same bytes; or the same but for the spelling of names and texts."""
    try:
        return mine == its or lexemes(mine) == lexemes(its)
    except ValueError:
        return False


class Opinions:
    """Counts what agreed and prints what did not."""

    def __init__(self):
        self.agreed = self.events = self.differ = 0
        self.without = {}

    def compare(self, name, expected, got, filtered=False, same_event=is_same):
        """filtered: a filter may have dropped some of the expected events."""
        if filtered:
            rest = iter(expected)
            same = all(any(same_event(one, other) for other in rest) for one in got)
        else:
            same = len(expected) == len(got) and all(map(same_event, expected, got))
        if same:
            self.agreed, self.events = self.agreed + 1, self.events + len(got)
            return
        self.differ += 1
        print(f"DIFFERENT: {name}: python says {len(expected)} events, dray {len(got)}")
        for mine, its in zip(expected, got):
            if not same_event(mine, its):
                print(f"  python {mine[:300]!r}\n  dray   {its[:300]!r}")
                break

    def require(self, claim, holds):
        if not holds:
            self.differ += 1
            print(f"DIFFERENT: it is not so that {claim}")

    def leave(self, name, reason):
        self.without.setdefault(reason, []).append(name)

    def end(self):
        for reason, names in sorted(self.without.items()):
            print(f"no opinion, {reason}: {len(names)} ({', '.join(names[:6])}{', …' if len(names) > 6 else ''})")
        print(f"{self.agreed} agree ({self.events} events), {self.differ} differ")
        return 1 if self.differ or self.agreed == 0 else 0


# ---------------------------------------------------------------------------------------------------- golden cases


def definition_of(service, own):
    import yaml

    shipped = ROOT / "services" / f"{service}.yaml"
    whole = yaml.safe_load(shipped.read_text(encoding="utf-8")) if shipped.exists() else {}
    whole = {**whole.get(service, whole)}
    whole.update(own or {})
    return whole


def chosen(definition, key, stored):
    """Of any_of the first whose key_pattern takes the key, else the first whose content_pattern the first bytes."""
    members = [definition_of(name, {}) for name in definition.get("any_of") or []]
    for member in members:
        if member.get("key_pattern") and re.search(member["key_pattern"], key):
            return member
    try:
        first = b"".join(packings.unpacked(stored))[:4096].decode("utf-8", "surrogateescape")
    except packings.Unreadable:
        return definition
    for member in members:
        pattern = member.get("content_pattern")
        if pattern and (member.get("file_format") or {}).get("type") != "parquet_processor" and re.search(for_python(pattern), first):
            return member
    return definition


def for_python(pattern):
    """RE2's \\x{FEFF}, and (?i) in the middle, which holds up to the end of its group."""
    pattern = re.sub(r"\\x\{([0-9A-F]+)\}", lambda match: chr(int(match.group(1), 16)), pattern)
    return re.sub(r"\(\(\?i\)", "(?i:", pattern)


def expected_lines(path):
    return [line.split(b"\t", 1)[1] for line in path.read_bytes().split(b"\n") if line]


def golden_case(opinions, folder):
    import yaml

    own = folder / "service.yaml"
    service = folder.parent.name
    definition = definition_of(service, yaml.safe_load(own.read_text(encoding="utf-8")) if own.exists() else {})
    name = f"{service}/{folder.name}"
    key = (folder / "key.txt").read_text(encoding="utf-8").strip()
    stored, expected = (folder / "input").read_bytes(), expected_lines(folder / "expected.tsv")
    judge(opinions, name, chosen(definition, key, stored), stored, expected, fails=(folder / "error.txt").exists())


def split_each(plains, split, config):
    """(events, whether one is broken): what is wrong with one file of an archive is nothing to the next."""
    events, is_broken = [], False
    for plain in plains:
        try:
            events += split(plain, config)
        except splitting.Broken as broken:
            events, is_broken = events + broken.events, True
    return events, is_broken


def judge(opinions, name, definition, stored, dray_says, fails=False):
    file_format = definition.get("file_format") or {}
    split = splitting.FORMATS.get(file_format.get("type"))
    if fails and not file_format:
        return opinions.compare(name, [], dray_says)  # nobody knows it
    if split is None:
        return opinions.leave(name, f"format {file_format.get('type')}")
    if definition.get("encoding"):
        return opinions.leave(name, "encoding")
    try:
        mine, is_broken = split_each(packings.unpacked(stored), split, file_format.get("config") or {})
        opinions.require(f"{name} ends in an error", is_broken or not fails)
        if is_broken and not fails:
            return opinions.leave(name, "not decodable for Python")
    except (packings.Unreadable, NotImplementedError) as reason:
        return opinions.leave(name, str(reason))
    except (ValueError, KeyError, IndexError) as error:
        return opinions.leave(name, f"not decodable for Python ({type(error).__name__})")
    filtered = bool(definition.get("line_filter_rules")) and not definition.get("send_filtered_out_to_unknown")
    opinions.compare(name, mine, dray_says, filtered)


def definition_tests(opinions, path):
    import yaml

    definition = definition_of(path.stem, {})
    for test in definition.get("tests") or []:
        name = f"services/{path.name}: {test.get('name')}"
        if not test.get("expect") or "input" not in test:
            opinions.leave(name, "nothing is expected of it")
            continue
        judge(opinions, name, chosen(definition, test.get("key", ""), test["input"].encode()), test["input"].encode(), [one["event"].encode() for one in test["expect"]])


def golden():
    opinions = Opinions()
    for folder in sorted((ROOT / "tests" / "golden" / "services").glob("*/*/")):
        golden_case(opinions, folder)
    for path in sorted((ROOT / "services").glob("*.yaml")):
        definition_tests(opinions, path)
    return opinions.end()


# -------------------------------------------------------------------------------------------------------- corpora


class NoFormat(Exception):
    """The program does not know the format."""


class Dray:
    """`dray try` with one service of our own at a time."""

    def __init__(self, directory):
        self.program, self.directory = os.path.abspath(os.environ.get("DRAY_BIN", "dray")), directory

    def config(self, file_format):
        source = {
            "id": "12345",
            "enabled": True,
            "base_url": "https://sqs.us-east-1.amazonaws.com/111122223333/q",
            "region": "us-east-1",
            "credentials": {"aws_access_key_id": "AKIAEXAMPLE000000001", "aws_secret_access_key": "none"},
            "services": {"custom_service": {"file_format": file_format, "routing_template": "my.app.second.opinion"}},
        }
        path = os.path.join(self.directory, "config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"inputs": {"sqs_collector": source}, "outputs": {"c": {"type": "console", "config": {}}}}, file)
        return path

    def events(self, file_format, path):
        """(events, exit code)"""
        argv = [self.program, "try", "--config", self.config(file_format), "--service", "custom_service", str(path)]
        done = subprocess.run(argv, capture_output=True, timeout=120, check=False)
        if done.returncode == 78 and b"is no processor" in done.stderr:
            raise NoFormat(f"this build has no {file_format['type']}")
        if done.returncode not in (0, 65):
            raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr[-500:]!r}")
        return [line.split(b"\t", 1)[1] for line in done.stdout.split(b"\n") if line], done.returncode


LINES = {"type": "line_split_processor"}
NDJSON = {"type": "line_split_processor", "config": {"json": True}}
VALUES = {"type": "unseparated_json_processor"}
RECORDS = {"type": "unseparated_json_processor", "config": {"key": "Records"}}
MESSAGES = {"type": "cloudwatch_logs_processor"}
CSV = {"type": "csv_processor"}


def otel_format(name, facts):
    form = facts["form"]
    if "digest" in form:
        return None
    if "CloudWatch Logs envelope" in form:
        return MESSAGES
    if "Records array" in form:
        return RECORDS
    if name.startswith("vpc-flow-log/"):
        return {"type": "vpc_flow_processor"}
    return VALUES if form.startswith("JSON") else {"type": "aws_access_logs_processor"}


def cloudtrail_format(name, facts):
    return RECORDS if "Records" in facts["container"] else CSV if "CSV" in facts["container"] else NDJSON


CORPORA = {
    "cloudtrail": cloudtrail_format,
    "otel": otel_format,
    "panther": lambda name, facts: NDJSON,
    "gzip": lambda name, facts: LINES,
}


def sample(opinions, dray, corpus, name, facts, file_format):
    path = pathlib.Path(os.environ["DRAY_CORPORA"]) / corpus / name
    full = f"{corpus}/{name}"
    try:
        its, code = dray.events(file_format, path)
    except NoFormat as reason:
        return opinions.leave(full, str(reason))
    if facts.get("expect") in ("error", "limit"):
        if code == 0:
            opinions.differ += 1
            print(f"DIFFERENT: {full}: must fail and did not")
        return opinions.leave(full, "damaged on purpose")
    if "lines_sha256" in facts and hashed(its) != facts["lines_sha256"] and file_format == LINES:
        opinions.differ += 1
        print(f"DIFFERENT: {full}: not the manifest's lines")
    try:
        plains = packings.unpacked(path.read_bytes())
    except packings.Unreadable as reason:
        return opinions.leave(full, str(reason))
    if "optional" in str(facts.get("expect")) or facts.get("codec") in ("snappy-hadoop", "snappy-raw"):
        return opinions.leave(full, "no magic bytes")
    mine = [event for plain in plains for event in splitting.FORMATS[file_format["type"]](plain, file_format.get("config") or {})]
    opinions.compare(full, mine, its)


def hashed(events):
    return hashlib.sha256(b"".join(event + b"\n" for event in events)).hexdigest()


def corpora():
    root = os.environ.get("DRAY_CORPORA", str(ROOT.parent / "shared" / "corpora"))
    if not os.path.isfile(os.path.join(root, "INDEX.md")):
        print("skipped: no sample corpora (set DRAY_CORPORA)")
        return SKIPPED
    os.environ["DRAY_CORPORA"] = root
    opinions = Opinions()
    with tempfile.TemporaryDirectory(prefix="dray-second-opinion-") as directory:
        dray = Dray(directory)
        for corpus, format_of in CORPORA.items():
            with open(os.path.join(root, corpus, "manifest.json"), encoding="utf-8") as file:
                files = json.load(file)["files"]
            for name, facts in files.items():
                file_format = format_of(name, facts)
                if file_format is None:
                    opinions.leave(f"{corpus}/{name}", "no log")
                else:
                    sample(opinions, dray, corpus, name, facts, file_format)
    return opinions.end()


# ----------------------------------------------------------------------------------------------------------- made


def made_objects():
    import made

    opinions = Opinions()
    with tempfile.TemporaryDirectory(prefix="dray-second-opinion-") as directory:
        dray = Dray(directory)
        path = pathlib.Path(directory) / "object"
        for name, file_format, plain in made.objects(40):
            path.write_bytes(plain)
            its, code = dray.events(file_format, path)
            try:
                mine, whole = splitting.FORMATS[file_format["type"]](plain, file_format["config"]), True
            except splitting.Broken as broken:
                mine, whole = broken.events, False
            opinions.require(f"{name} ends {'whole' if whole else 'in an error'}: {plain[-200:]!r}", whole == (code == 0))
            opinions.compare(f"{name}: {plain[:200]!r}", mine, its, same_event=is_same_json)
    return opinions.end()


# -------------------------------------------------------------------------------------------------------- parquet


ROWS = {"type": "parquet_processor"}


def pyarrow_missing():
    """Why there is no second opinion; None if pyarrow is loaded."""
    folder = os.environ.get("DRAY_PYARROW", "")
    if not folder:
        return "this build has no dray-parquet (DRAY_PARQUET=OFF)"
    sys.path.insert(0, folder)
    try:
        import parquet_rows  # noqa: F401
    except ImportError as error:
        return f"Python {sys.version.split()[0]} cannot load the pyarrow of {folder}: {str(error).splitlines()[0]}"
    return None


def parquet():
    reason = pyarrow_missing()
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    import parquet_rows

    opinions = Opinions()
    samples = pathlib.Path(os.environ.get("DRAY_CORPORA", str(ROOT.parent / "shared" / "corpora"))) / "parquet"
    with tempfile.TemporaryDirectory(prefix="dray-second-opinion-") as directory:
        dray = Dray(directory)
        paths = [*sorted((ROOT / "tests" / "unit" / "parquet").glob("*.parquet")), *sorted(samples.glob("*.parquet"))]
        for path in [*paths, *parquet_rows.write_all_types(pathlib.Path(directory))]:
            its, code = dray.events(ROWS, path)
            opinions.compare(path.name, list(parquet_rows.rows(path)), its, same_event=bytes.__eq__)
            opinions.require(f"{path.name} is read to its end", code == 0)
        for path in sorted(samples.glob("bad_data/*.parquet")):
            opinions.require(f"{path.name} fails", dray.events(ROWS, path)[1] != 0)
    if not samples.is_dir():
        print("no sample corpora (set DRAY_CORPORA): our own files only")
    return opinions.end()


def main():
    parts = {"golden": golden, "corpora": corpora, "made": made_objects, "parquet": parquet}
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        print("usage: second_opinion.py golden|corpora|made|parquet")
        return 64
    wanted = {"golden": "yaml", "corpora": "zstandard"}.get(sys.argv[1])
    if wanted and not use_environment(wanted) and sys.argv[1] == "golden":
        print("skipped: no Python with PyYAML; ./test makes one (DRAY_VENV)")
        return SKIPPED
    return parts[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
