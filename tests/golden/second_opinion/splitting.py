"""Second opinion on formats: plain text to events, written from the formats' descriptions with Python's json and csv.

Every function takes the plain bytes and the options (file_format.config) and returns the events as bytes. JSON keeps
the spelling of its numbers and strings: only white space outside strings is removed, by a regular expression. What
breaks its format ends in Broken, which has the events before it.
"""

import csv
import hashlib
import io
import json
import re
import zlib

DECODER = json.JSONDecoder()
TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', re.S)
SPACE = " \t\r\n"


class Broken(Exception):
    """The object breaks its format behind these events."""

    def __init__(self, events):
        super().__init__("broken")
        self.events = events


def lines(plain, config=None):
    found = []
    parts = plain.split(b"\n")
    for number, line in enumerate(parts):
        if number + 1 < len(parts) and line.endswith(b"\r"):
            line = line[:-1]
        if line:
            found.append(line)
    return found


def is_true(value):
    return value is True or str(value).lower() in ("true", "yes", "1")


def text_of(plain):
    return plain.decode("utf-8", "surrogateescape")


def bytes_of(text):
    return text.encode("utf-8", "surrogateescape")


def compact(text):
    return bytes_of(TOKEN.sub(lambda match: match.group(1) or "", text))


def compact_or_raw(line):
    """A line that is one JSON value without its white space, any other as it is."""
    text = text_of(line)
    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return line
    return compact(text)


def refuse(name):
    raise ValueError(name)


def line_split(plain, config):
    if is_true(config.get("chunks")):
        return chosen_lines(plain, config)
    found = lines(plain)
    return [compact_or_raw(line) for line in found] if is_true(config.get("json")) else found


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def chosen_lines(plain, config):
    """`chunks`: the lines that one of indices, substrings or regex takes. Indices count empty lines too."""
    all_lines = [line[:-1] if line.endswith(b"\r") else line for line in plain.split(b"\n")]
    if plain.endswith(b"\n"):
        all_lines.pop()
    indices = {int(one) % len(all_lines) for one in listed(config.get("indices")) if -len(all_lines) <= int(one) < len(all_lines)}
    found = []
    for number, line in enumerate(all_lines):
        taken = number in indices
        taken = taken or any(one.encode() in line for one in listed(config.get("substrings")))
        taken = taken or any(re.search(one.encode(), line) for one in listed(config.get("regex")))
        if taken and line:
            found.append(line)
    return found


def skip_space(text, at):
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def values(text):
    """The slices of the values that follow each other."""
    at = skip_space(text, 0)
    while at < len(text):
        _, end = DECODER.raw_decode(text, at)
        yield text[at:end]
        at = skip_space(text, end)


def elements(text):
    """The slices of an array's elements."""
    at = skip_space(text, text.index("[") + 1)
    while text[at] != "]":
        _, end = DECODER.raw_decode(text, at)
        yield text[at:end]
        at = skip_space(text, end)
        if text[at] == ",":
            at = skip_space(text, at + 1)


def members(text):
    """(name, slice of the value) of an object's members, doubled ones too."""
    at = skip_space(text, text.index("{") + 1)
    while text[at] != "}":
        name, end = DECODER.raw_decode(text, at)
        at = skip_space(text, text.index(":", end) + 1)
        _, end = DECODER.raw_decode(text, at)
        yield name, text[at:end]
        at = skip_space(text, end)
        if text[at] == ",":
            at = skip_space(text, at + 1)


def parts_of(slice_):
    """Of an array its elements, of null nothing, else the value."""
    if slice_.startswith("["):
        return list(elements(slice_))
    return [] if slice_ == "null" else [slice_]


def paths(config, *options):
    """A name, or a list of names and of paths."""
    return [listed(one) for option in options for one in listed(config.get(option))]


def at_paths(value, wanted):
    """The slices that stand at one of the paths of an object, in the order in which they stand."""
    if not value.startswith("{"):
        raise ValueError("no object")
    for name, slice_ in members(value):
        for path in wanted:
            if path == [name]:
                yield slice_
            elif path[0] == name and slice_.startswith("{"):
                yield from at_paths(slice_, [path[1:]])


def is_skipped(value, skip):
    return any(skip.get(name) == slice_.strip('"') for name, slice_ in members(value)) if skip else False


def with_members(record, extra):
    """The object with further members behind its own."""
    text = record.decode("utf-8", "surrogateescape")
    if not extra or not text.startswith("{"):
        return record
    added = ",".join(f"{json.dumps(name)}:{text_of(compact(slice_))}" for name, slice_ in extra)
    return bytes_of(text[:-1] + ("," if text != "{}" else "") + added + "}")


def flattened(name, slice_):
    """(name, slice) of the members of an object, theirs too, with _ between the names; anything else as it is."""
    inside = list(members(slice_)) if slice_.startswith("{") else []
    if not inside:
        yield name, slice_
    for inner, one in inside:
        yield from flattened(f"{name}_{inner}", one)


def reshaped(record, config):
    """`rename`, then `flat`; of an object."""
    text = text_of(record)
    if not text.startswith("{") or not ("rename" in config or is_true(config.get("flat"))):
        return record
    names = config.get("rename") or {}
    pairs = [(names.get(name, name), slice_) for name, slice_ in members(text)]
    if is_true(config.get("flat")):
        pairs = [pair for name, slice_ in pairs for pair in flattened(name, slice_)]
    return bytes_of("{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{slice_}" for name, slice_ in pairs) + "}")


def unseparated_json(plain, config):
    wanted, include, found = paths(config, "key"), config.get("include") or {}, []
    control = config.get("control_key", "digestStartTime" if wanted == [["Records"]] else None)
    text, at = text_of(plain), 0
    try:
        for value in values(text):
            at = text.index(value, at)
            if not wanted:
                for one in elements(value) if value.startswith("[") else [value]:
                    found.append(reshaped(compact(one), config))
            elif not is_skipped(value, config.get("skip")):
                known = dict(members(value))
                outer = [(include[name], known[name]) for name in include if name in known]
                slices = list(at_paths(value, wanted))
                if not slices and control not in known:
                    raise ValueError("no records")
                for slice_ in slices:
                    found += [with_members(reshaped(compact(one), config), outer) for one in parts_of(slice_)]
            at += len(value)
    except (ValueError, IndexError):
        found += [reshaped(compact(one), config) for one in whole_ones(text[at:], wanted)] if not include else []
        raise Broken(found) from None
    return found


def whole_ones(text, wanted):
    """Of a value that breaks off, the records that are whole: elements of it, or of the array at a key of its own level."""
    at = skip_space(text, 0)
    try:
        if text[at] == "[" and not wanted:
            yield from elements(text[at:])
        while wanted and text[at] in "{,":
            name, end = DECODER.raw_decode(text, skip_space(text, at + 1))
            at = skip_space(text, text.index(":", end) + 1)
            if [name] in wanted and text[at] == "[":
                yield from elements(text[at:])
            _, end = DECODER.raw_decode(text, at)
            at = skip_space(text, end)
    except (ValueError, IndexError):
        return


def lines_or_values(plain, config):
    """By the first value: what stands on its line behind it, and whether it is a pretty-printed one."""
    text = text_of(plain)
    at = skip_space(text, 0)
    own = {name: config[name] for name in ("json", "chunks", "indices", "substrings", "regex") if name in config}
    if text[at : at + 1] not in ("{", "["):
        return line_split(plain, own)
    try:
        _, end = DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        # What is cut off may still have been a value.
        if error.msg.startswith("Unterminated string") or re.fullmatch(r"[a-z0-9.+-]*\s*", text[error.pos :]):
            return unseparated_json(plain, {name: value for name, value in config.items() if name not in own})
        return line_split(plain, own)
    behind = text[end:].split("\n", 1)[0].strip(SPACE)
    if text[at] == "{" and "\n" not in text[at:end] and not behind and "\n" in text[end : end + 2] and "key" not in config:
        return line_split(plain, {"json": True, **own})
    if behind and not re.match(r'[{\["\d-]|true|false|null', behind):
        return line_split(plain, own)
    return unseparated_json(plain, {name: value for name, value in config.items() if name not in own})


def single_json(plain, config):
    """Arrays stay whole."""
    wanted = paths(config, "key")
    found = [value for value in values(text_of(plain))]
    if wanted:
        found = [slice_ for value in found for slice_ in at_paths(value, wanted)]
    return [compact(one) for one in found]


def text_or_json(slice_):
    """A string's text in one line (one line end at its end is none), or as JSON if it is an object; else the slice."""
    if not slice_.startswith('"'):
        return [compact(slice_)]
    text = json.loads(slice_).encode("utf-8", "surrogateescape")
    text = text.removesuffix(b"\n").removesuffix(b"\r") if text.endswith(b"\n") else text
    record = compact_or_raw(text) if text.strip().startswith(b"{") else text
    return [record.replace(b"\n", b"\\n")] if record else []


def object_to_lines(plain, config):
    found = []
    for value in values(text_of(plain)):
        for slice_ in at_paths(value, paths(config, "key", "keys")):
            for one in parts_of(slice_):
                text = json.loads(one) if one.startswith('"') else None
                found += [compact(one)] if text is None else [compact_or_raw(line) for line in lines(text.encode())]
    return found


def extracted(plain, config):
    """Of each record what stands at extraction_key; a record without it as it is."""
    found = []
    for record in unseparated_json(plain, {"key": config["key"]} if "key" in config else {}):
        text = text_of(record)
        at = list(at_paths(text, paths(config, "extraction_key"))) if text.startswith("{") else []
        found += [event for slice_ in at for one in parts_of(slice_) for event in text_or_json(one)] if at else [record]
    return found


def guardduty(plain, config):
    found = []
    for value in values(text_of(plain)):
        detail = [slice_ for name, slice_ in members(value) if name == "detail"] if value.startswith("{") else []
        found += [compact(one) for one in (detail or [value])]
    return found


def separated_json(plain, config):
    """Separators inside strings do not count where whole values are found between them."""
    separator = config.get("separator", "\n")
    if separator in ("\n", "\\n"):
        return [compact_or_raw(line) for line in lines(plain)]
    text, found, at = text_of(plain), [], 0
    while True:
        at = skip_space(text, at)
        while text.startswith(separator, at):
            at = skip_space(text, at + len(separator))
        if at >= len(text):
            return found
        _, end = DECODER.raw_decode(text, at)
        found.append(compact(text[at:end]))
        at = end


# Every column that a flow log's header may name (VPC user guide, "Available fields"; transit gateway user guide).
FLOW_COLUMNS = set(
    """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
    vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id
    pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name
    ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name
    ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-type tgw-id tgw-attachment-id
    tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id
    tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id packets-lost-no-route
    packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired encryption-status""".split()
)


def is_flow_header(words, first):
    known = [word.replace("_", "-") in FLOW_COLUMNS for word in words]
    if first and all(re.fullmatch(r"[a-z][a-z0-9_-]*", word) for word in words):
        return 2 * sum(known) >= len(known)  # a version that is newer than this list
    return all(known)


def flow_log(plain, config):
    return [line for at, line in enumerate(lines(plain)) if not is_flow_header(text_of(line).split(), at == 0)]


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def made_object(names, fields):
    """An object of texts; a field beyond the names is named by its place. Written as json writes it."""
    pairs = [(names[place] if place < len(names) else str(place), field) for place, field in enumerate(fields)]
    return bytes_of("{" + ",".join(f"{quoted(name)}:{quoted(field)}" for name, field in pairs) + "}")


QUOTED_OR_BARE = r'"(?:[^"\\]|\\.|"")*"|[^\s"]\S*'


def w3c(plain, config):
    found, names = [], []
    for line in lines(plain):
        header = line.removeprefix(b"\xef\xbb\xbf")
        if header.startswith(b"#"):
            if header.startswith(b"#Fields:"):
                names = text_of(header[len(b"#Fields:") :]).split()
            continue
        text = text_of(line)
        if not is_true(config.get("json")):
            found.append(line)
        elif "\t" in text:
            found.append(made_object(names, text.split("\t")))
        elif re.fullmatch(rf"(?:{QUOTED_OR_BARE})(?:\s+(?:{QUOTED_OR_BARE}))*\s*", text):
            fields = re.findall(QUOTED_OR_BARE, text)
            found.append(made_object(names, [one[1:-1].replace('""', '"') if one[0] == '"' else one for one in fields]))
        else:
            found.append(line)
    return found


def messages(plain, config):
    """CloudWatch Logs: the message texts of envelopes, unescaped once, or plain lines."""
    if not plain.lstrip().startswith(b"{"):
        return lines(plain)
    as_records, found = config.get("event") == "record", []
    include = config.get("include") or {name: name for name in ("owner", "logGroup", "logStream")}
    for value in values(text_of(plain)):
        envelope = dict(members(value))
        if envelope.get("messageType") == '"CONTROL_MESSAGE"':
            continue
        if "logEvents" not in envelope:
            found.append(compact(value))  # a message that is JSON itself
            continue
        outer = [(include[name], slice_) for name, slice_ in members(value) if name in include]
        for event in elements(envelope["logEvents"]):
            if as_records:
                found.append(with_members(compact(event), outer))
            else:
                message = dict(members(event)).get("message")
                found += [compact(event)] if message is None else text_or_json(message)
    return found


def imperva(plain, config):
    """A header of lines `name:value`, |==|, and the lines behind it, perhaps deflated. Encrypted ones are not read."""
    if not re.search(rb"(?m)^\|==\|", plain):
        return [line for line in lines(plain) if not line.startswith(b"#")]
    header, body = re.split(rb"(?m)^\|==\|", plain, maxsplit=1)
    if b"key:" in header:
        raise NotImplementedError("encrypted") if "private_keys" in config else Broken([])
    body = body.removeprefix(b"\r").removeprefix(b"\n")
    try:
        body = zlib.decompress(body)
    except zlib.error:
        pass
    found = [line for line in lines(body) if not line.startswith(b"#")]
    checksum = re.search(rb"(?mi)^checksum:\s*([0-9a-f]{32})\s*$", header)
    if checksum and hashlib.md5(body).hexdigest().encode() != checksum.group(1).lower():
        raise Broken(found)
    return found


CSV_FIELD = r'(?:[ \t]*"(?:[^"]|"")*"[ \t]*|(?![ \t]*")[^,]*)'
CSV_CLOSED = re.compile(f"{CSV_FIELD}(?:,{CSV_FIELD})*", re.S)
CSV_OPEN = re.compile(f'(?:{CSV_FIELD},)*[ \\t]*"(?:[^"]|"")*', re.S)


def csv_slices(text):
    """(record, well-formed). A line that cannot begin a well-formed record is one by itself."""
    rest = text.split("\n")
    if rest[-1] == "":
        rest.pop()
    while rest:
        for count in range(1, len(rest) + 1):
            joined = "\n".join(rest[:count]).removesuffix("\r")
            if CSV_CLOSED.fullmatch(joined):
                yield joined, True
                break
            if not CSV_OPEN.fullmatch("\n".join(rest[:count])) or count == len(rest):
                count = 1
                yield rest[0].removesuffix("\r"), False
                break
        rest = rest[count:]


def csv_records(plain, config):
    """Without `json` a record is its own bytes, LF as \\n."""
    found, names, header = [], listed(config.get("columns")), None
    for record, well_formed in csv_slices(text_of(plain)):
        if not record:
            continue
        fields = next(csv.reader(io.StringIO(record, newline=""), skipinitialspace=True))
        if config.get("header") == "first_line" and header in (None, record):
            header, names = record, names or fields
            continue
        if well_formed and config.get("header") == "detect" and is_umbrella_header(fields):
            continue
        if well_formed and is_true(config.get("json")):
            found.append(made_object(names, fields))
        else:
            found.append(bytes_of(record.replace("\n", "\\n")))
    return found


def is_umbrella_header(fields):
    return len(fields) > 1 and fields[0].lower() in ("timestamp", "date", "id", "datetime")


def separator_of(config, name, default):
    text = config.get(name)
    return default if text is None else text.encode().decode("unicode_escape")


def text_file(plain, config):
    names, prefix = listed(config.get("field_names")), ""
    field_separator = separator_of(config, "field_separator", separator_of(config, "header_field_separator", ","))
    header_separator = separator_of(config, "header_field_separator", field_separator)
    if names:
        prefix = "".join(name + field_separator for name in names)
    found, header = [], None
    line_separator = separator_of(config, "line_separator", "\n")
    parts = text_of(plain).split(line_separator)
    for line in [part.removesuffix("\r") if line_separator == "\n" else part for part in parts]:
        if not line or line == header:
            continue
        if is_true(config.get("header")) and header is None:
            header = line
            if not names:
                names, prefix = line.split(header_separator), line + header_separator
        elif is_true(config.get("use_json")):
            found.append(made_object(names, line.split(field_separator)))
        else:
            found.append(bytes_of((prefix + line).replace("\n", "\\n")))
    return found


def joined_lines(parts):
    """Empty lines at the end are none."""
    while parts and not parts[-1]:
        parts = parts[:-1]
    return b"\\n".join(parts)


def multiline(plain, config):
    start, found = re.compile(config["start"].encode()), []
    leading = is_true(config.get("keep_leading", True))
    for line in [line.removesuffix(b"\r") for line in plain.removesuffix(b"\n").split(b"\n")]:
        if start.search(line):
            found.append([line])
        elif found:
            found[-1].append(line)
        elif leading:
            found.append([line])
    return [record for record in (joined_lines(one) for one in found) if record]


def windows_events(plain, config):
    """Event elements by a regular expression; what is left between them is markup or lines."""
    found, text = [], text_of(plain)
    if "<Event " not in text and "<Event>" not in text:
        return [compact_or_raw(line) for line in lines(plain)]
    for element in re.findall(r"<Event[ >].*?</Event>", text, re.S):
        element = element.replace("\r\n", "\n")
        pieces = re.split(r"(<[^>]*>)", element)
        one_line = ""
        for piece in pieces:
            if piece.startswith("<"):
                one_line += piece.replace("\n", " ")
            elif piece.strip() or "\n" not in piece:
                one_line += piece.replace("\n", "&#10;")
        found.append(bytes_of(one_line))
    return found


FORMATS = {
    "aws_access_logs_processor": lines,
    "bluecoat_processor": w3c,
    "cloudwatch_logs_processor": messages,
    "csv_processor": csv_records,
    "dict_processor": unseparated_json,
    "guardduty_processor": guardduty,
    "incapsula_processor": imperva,
    "jamf_processor": unseparated_json,
    "json_array_processor": unseparated_json,
    "json_line_arrays_processor": unseparated_json,
    "json_object_to_linesplit_processor": object_to_lines,
    "line_split_processor": line_split,
    "multiline_processor": multiline,
    "separated_json_processor": separated_json,
    "single_json_object_processor": single_json,
    "split_or_unseparated_processor": lines_or_values,
    "text_file_processor": text_file,
    "unseparated_json_processor": unseparated_json,
    "unseparated_json_processor_extract_key": extracted,
    "vpc_flow_processor": flow_log,
    "w3c_processor": w3c,
    "windows_security_processor": windows_events,
}
