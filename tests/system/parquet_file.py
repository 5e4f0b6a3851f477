"""A parquet file by hand, from the format's own description: one INT64 and one UTF8 column, PLAIN, uncompressed,
required, any number of row groups. Nothing of Arrow is in it, so that Arrow is not asked about itself."""

import struct

INT64, BYTE_ARRAY = 2, 6
UTF8 = 0  # converted type
DATA_PAGE, PLAIN, RLE = 0, 0, 3
I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12  # of thrift's compact protocol


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def text(value):
    return varint(len(value)) + value


def items(kind, values):
    head = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + varint(len(values))
    return head + b"".join(values)


def record(*fields):
    """fields: (id, kind, encoded value), ids ascending."""
    out, last = b"", 0
    for number, kind, value in fields:
        out += bytes([number - last << 4 | kind]) + value
        last = number
    return out + b"\0"


def i32(number, value):
    return (number, I32, zigzag(value))


def i64(number, value):
    return (number, I64, zigzag(value))


class Writer:
    def __init__(self):
        self.body, self.groups, self.rows = b"PAR1", [], 0

    def column(self, name, kind, values, count):
        page = record(i32(1, count), i32(2, PLAIN), i32(3, RLE), i32(4, RLE))
        head = record(i32(1, DATA_PAGE), i32(2, len(values)), i32(3, len(values)), (5, STRUCT, page))
        offset = len(self.body)
        self.body += head + values
        stored = len(head) + len(values)
        meta = record(
            i32(1, kind),
            (2, LIST, items(I32, [zigzag(PLAIN), zigzag(RLE)])),
            (3, LIST, items(BINARY, [text(name)])),
            i32(4, 0),
            i64(5, count),
            i64(6, stored),
            i64(7, stored),
            i64(9, offset),
        )
        return record(i64(2, offset), (3, STRUCT, meta)), stored

    def group(self, rows):
        number, stored_1 = self.column(b"n", INT64, b"".join(struct.pack("<q", n) for n, _ in rows), len(rows))
        mark, stored_2 = self.column(
            b"mark", BYTE_ARRAY, b"".join(struct.pack("<I", len(m)) + m for _, m in rows), len(rows)
        )
        self.groups.append(
            record((1, LIST, items(STRUCT, [number, mark])), i64(2, stored_1 + stored_2), i64(3, len(rows)))
        )
        self.rows += len(rows)

    def finish(self):
        schema = [
            record((4, BINARY, text(b"schema")), i32(5, 2)),
            record(i32(1, INT64), i32(3, 0), (4, BINARY, text(b"n"))),
            record(i32(1, BYTE_ARRAY), i32(3, 0), (4, BINARY, text(b"mark")), i32(6, UTF8)),
        ]
        footer = record(
            i32(1, 1), (2, LIST, items(STRUCT, schema)), i64(3, self.rows), (4, LIST, items(STRUCT, self.groups))
        )
        return self.body + footer + struct.pack("<I", len(footer)) + b"PAR1"


def write(rows, per_group):
    """rows: [(int, bytes)]."""
    writer = Writer()
    for begin in range(0, len(rows), per_group):
        writer.group(rows[begin : begin + per_group])
    return writer.finish()
