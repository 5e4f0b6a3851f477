"""The rows of a parquet file as docs/parquet.md writes them, by pyarrow and by a writer of its own: values are taken
one by one as pyarrow's scalars. rows(path) gives bytes; write_all_types(directory) gives files with what the published
samples lack."""

import base64
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as kinds

ESCAPES = {0x22: b'\\"', 0x5C: b"\\\\", 0x08: b"\\b", 0x0C: b"\\f", 0x0A: b"\\n", 0x0D: b"\\r", 0x09: b"\\t"}
ESCAPES.update({code: b"\\u%04x" % code for code in range(0x20) if code not in ESCAPES})
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def quoted(text):
    return b'"' + b"".join(ESCAPES.get(byte) or bytes([byte]) for byte in text) + b'"'


def single(value):
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf")


def floating(value, is_single):
    if value != value:
        return b'"NaN"'
    if value in (float("inf"), float("-inf")):
        return b'"Infinity"' if value > 0 else b'"-Infinity"'
    if is_single and value.is_integer() and abs(value) < 1e16:  # of texts of one length the nearest: the value itself
        return f"{value:.1f}".encode()
    if is_single:  # the fewest digits that give the same 32 bits
        value = next(short for short in (float(f"{value:.{n}e}") for n in range(10)) if single(short) == value)
    return repr(value).encode()


def date(days):
    """Days since 1970, by counting years and months; any year."""
    cycles, days = divmod(days + 719528, 146097)  # of 400 years from 0000-01-01
    year = cycles * 400
    leap = lambda: year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    while days >= 365 + leap():
        days -= 365 + leap()
        year += 1
    month = 1
    for length in (31, 28 + leap(), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
        if days < length:
            break
        days -= length
        month += 1
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{month:02}-{days + 1:02}"


def clock(ticks, unit):
    second, fraction = divmod(ticks, 10 ** DIGITS[unit])
    text = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return text + (f".{fraction:0{DIGITS[unit]}}" if DIGITS[unit] else "")


def timestamp(ticks, unit, is_utc):
    days, rest = divmod(ticks, 86400 * 10 ** DIGITS[unit])
    return f'"{date(days)}T{clock(rest, unit)}{"Z" if is_utc else ""}"'.encode()


def time_of_day(ticks, unit):
    inside = 0 <= ticks < 86400 * 10 ** DIGITS[unit]
    return f'"{clock(ticks, unit)}"'.encode() if inside else str(ticks).encode()


def octets(value):
    try:
        value.decode("utf-8")
        return quoted(value)
    except UnicodeDecodeError:
        return b'"' + base64.b64encode(value) + b'"'


def uuid(value):
    text = value.hex()
    return f'"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"'.encode()


def sequence(items):
    return b"[" + b",".join(map(text_of, items)) + b"]"


def pairs(value):
    entries = value.values  # an array of structs
    return b"[" + b",".join(b'{"key":' + text_of(one[0]) + b',"value":' + text_of(one[1]) + b"}" for one in entries) + b"]"


def members(names, values):
    return b"{" + b",".join(quoted(name.encode()) + b":" + text_of(value) for name, value in zip(names, values)) + b"}"


def text_of(value):
    """Of one scalar."""
    kind = value.type
    if not value.is_valid:
        return b"null"
    if isinstance(kind, pa.BaseExtensionType):
        return uuid(value.value.as_py()) if kind.extension_name == "arrow.uuid" else text_of(value.value)
    for belongs, write in WRITERS:
        if belongs(kind):
            return write(value)
    raise NotImplementedError(f"no text for {kind}")


WRITERS = (
    (kinds.is_boolean, lambda value: b"true" if value.as_py() else b"false"),
    (kinds.is_integer, lambda value: str(value.as_py()).encode()),
    (kinds.is_float64, lambda value: floating(value.as_py(), False)),
    (kinds.is_floating, lambda value: floating(float(value.as_py()), True)),
    (kinds.is_decimal, lambda value: f"{value.as_py():f}".encode()),
    (kinds.is_timestamp, lambda value: timestamp(value.value, value.type.unit, value.type.tz is not None)),
    (kinds.is_date32, lambda value: f'"{date(value.value)}"'.encode()),
    (kinds.is_time, lambda value: time_of_day(value.value, value.type.unit)),
    (lambda kind: kinds.is_string(kind) or kinds.is_large_string(kind), lambda value: quoted(value.as_buffer().to_pybytes())),
    (lambda kind: kinds.is_binary(kind) or kinds.is_large_binary(kind), lambda value: octets(value.as_py())),
    (kinds.is_fixed_size_binary, lambda value: b'"' + base64.b64encode(value.as_py()) + b'"'),
    (kinds.is_map, pairs),
    (lambda kind: kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind), lambda value: sequence(value.values)),
    (kinds.is_struct, lambda value: members([field.name for field in value.type], [value[i] for i in range(len(value.type))])),
    (kinds.is_dictionary, lambda value: text_of(value.dictionary[value.index.as_py()])),
)


def wrapped(fine, coarse):
    """INT96 outside 64 bits of nanoseconds: then the microseconds are what can be had."""
    return coarse if fine.is_valid and fine.type != coarse.type and fine.value // 1000 != coarse.value else fine


def rows(path):
    fine = pq.ParquetFile(path)
    coarse = pq.ParquetFile(path, coerce_int96_timestamp_unit="us")
    names = fine.schema_arrow.names
    for group in range(fine.num_row_groups):
        columns = fine.read_row_group(group).columns, coarse.read_row_group(group).columns
        for row in range(fine.metadata.row_group(group).num_rows):
            values = [one[row] if not kinds.is_timestamp(one.type) else wrapped(one[row], other[row]) for one, other in zip(*columns)]
            yield members(names, values)


# ---------------------------------------------------------------------------------------- what the samples lack


def times():
    columns = {}
    for unit in ("ms", "us", "ns"):
        ticks = pa.array([1709629811 * 10 ** DIGITS[unit] + 7, -1, 0, None], pa.int64())
        columns[f"utc {unit}"] = ticks.cast(pa.timestamp(unit, "UTC"))
        columns[f"wall {unit}"] = ticks.cast(pa.timestamp(unit))
    far = pa.array([253402300800000, -62198755200000, 2**63 - 1, -(2**63)], pa.int64())
    columns["far"] = far.cast(pa.timestamp("ms"))
    columns["date"] = pa.array([19787, -719529, 2932897, None], pa.int32()).cast(pa.date32())
    columns["time ms"] = pa.array([33011123, 86399999, 0, None], pa.int32()).cast(pa.time32("ms"))
    columns["time ns"] = pa.array([33011123456789, 1, 0, None], pa.int64()).cast(pa.time64("ns"))
    return pa.table(columns)


def numbers():
    from decimal import Decimal

    doubles = [0.1, -0.0, 1e15, 1e16, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, float("nan"), float("-inf")]
    singles = [0.1, 16777216.0, 16777218.0, 123456789.0, 1e15, 1e16, 3.4028234e38, 1e-45, 1e-4, 9.9e-5, float("inf")]
    return pa.table(
        {
            "double": pa.array(doubles, pa.float64()),
            "single": pa.array(singles, pa.float32()),
            "int64": pa.array([2**63 - 1, -(2**63), 2**53 + 1, *range(8)], pa.int64()),
            "uint64": pa.array([2**64 - 1, 2**63, *range(9)], pa.uint64()),
            "int8": pa.array([-128, 127, None, *range(8)], pa.int8()),
            "decimal": pa.array([Decimal("1234.50"), Decimal("-0.05"), Decimal("0.00"), None] + [Decimal(n) for n in range(7)], pa.decimal128(20, 2)),
            "wide": pa.array([Decimal("-" + "1234567890" * 5 + ".1")] + [None] * 10, pa.decimal256(60, 10)),
        }
    )


def texts():
    odd = bytes(range(0x80)).decode() + "\u2028é😀"
    return pa.table(
        {
            'te"xt': pa.array([odd, "", None, "x" * 10000], pa.string()),
            "binary": pa.array([b"text", b"\xff\x00", b"\xed\xa0\x80", None], pa.binary()),
            "fixed": pa.array([b"abcd", b"\0\0\0\0", None, b"\xff\xff\xff\xff"], pa.binary(4)),
            "category": pa.array(["a", "b", None, "a"], pa.string()).dictionary_encode(),
            "flag": pa.array([True, False, None, True], pa.bool_()),
        }
    )


def nested():
    inner = pa.struct([("z", pa.int32()), ("a", pa.list_(pa.string()))])
    return pa.table(
        {
            "struct": pa.array([None, {"z": None, "a": None}, {"z": 1, "a": []}, {"z": 2, "a": [None, "x"]}], inner),
            "map": pa.array([None, [], [(1, "a"), (1, None)], [(2, "b")]], pa.map_(pa.int32(), pa.string())),
            "lists": pa.array([[[1], [], None], None, [], [[None]]], pa.list_(pa.list_(pa.int64()))),
            "of structs": pa.array([[{"z": 1, "a": ["q"]}, None], None, [], [{"z": None, "a": None}]], pa.list_(inner)),
        }
    )


def write_all_types(directory):
    paths = []
    for table in (times, numbers, texts, nested):
        for codec, version in (("zstd", "2.0"), ("snappy", "1.0"), ("gzip", "1.0"), ("brotli", "1.0"), ("lz4", "2.0"), ("none", "1.0")):
            path = directory / f"{table.__name__}.{codec}.parquet"
            pq.write_table(table(), path, compression=codec, data_page_version=version, row_group_size=3, store_schema=codec != "gzip")
            paths.append(path)
    path = directory / "int96.parquet"
    far = pa.array([-62135596800000000, 253402300799999999, 1709629811123456, None], pa.int64()).cast(pa.timestamp("us"))
    pq.write_table(pa.table({"int96": far}), path, use_deprecated_int96_timestamps=True)
    return [*paths, path]
