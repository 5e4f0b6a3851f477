"""Second opinion on compressions: stored bytes to the plain texts in them, by Python's own modules.

lz4 and snappy are decoded by hand, zstd by the package zstandard where it is installed. A fault is an exception.
"""

import bz2
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

try:
    import zstandard
except ImportError:
    zstandard = None


class Unreadable(Exception):
    """This Python has no decoder for it."""


def gzip_members(stored):
    plain = b""
    while stored[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        plain += member.decompress(stored)
        if not member.eof:
            raise EOFError("truncated")
        stored = member.unused_data.lstrip(b"\0")
    return plain  # what follows is no gzip: padding or garbage


def xz_streams(stored):
    plain = b""
    while stored:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        plain += stream.decompress(stored)
        if not stream.eof:
            raise EOFError("truncated")
        stored = stream.unused_data.lstrip(b"\0")  # stream padding
    return plain


def lz4_block(block, plain):
    """Appends to `plain`, which earlier blocks of the frame may be referred to in."""
    at = 0

    def length(first, at):
        total = first
        while first == 15 or first == 255:
            first = block[at]
            total, at = total + first, at + 1
            if first != 255:
                break
        return total, at

    while at < len(block):
        token, at = block[at], at + 1
        literals, at = length(token >> 4, at)
        plain += block[at : at + literals]
        at += literals
        if at >= len(block):
            break
        offset, at = struct.unpack_from("<H", block, at)[0], at + 2
        count, at = length(token & 15, at)
        copy(plain, offset, count + 4)


def copy(plain, offset, count):
    if not 0 < offset <= len(plain):
        raise ValueError("a copy from before the beginning")
    for _ in range(count):
        plain.append(plain[-offset])


def lz4_frames(stored):
    plain, at = bytearray(), 0
    while at < len(stored):
        magic, at = struct.unpack_from("<I", stored, at)[0], at + 4
        if magic & 0xFFFFFFF0 == 0x184D2A50:  # skippable
            at += 4 + struct.unpack_from("<I", stored, at)[0]
            continue
        if magic != 0x184D2204:
            raise ValueError("no lz4 frame")
        flags = stored[at]
        at += 2 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0) + 1
        frame = bytearray()
        while True:
            size, at = struct.unpack_from("<I", stored, at)[0], at + 4
            if size == 0:
                break
            block, at = stored[at : at + (size & 0x7FFFFFFF)], at + (size & 0x7FFFFFFF) + (4 if flags & 16 else 0)
            if size >> 31:
                frame += block
            elif flags & 32:
                single = bytearray()
                lz4_block(block, single)
                frame += single
            else:
                lz4_block(block, frame)
        at += 4 if flags & 4 else 0
        plain += frame
    return bytes(plain)


def snappy_block(block):
    size, shift, at = 0, 0, 0
    while True:
        byte, at = block[at], at + 1
        size, shift = size | (byte & 127) << shift, shift + 7
        if byte < 128:
            break
    plain = bytearray()
    while at < len(block):
        tag, at = block[at], at + 1
        if tag & 3 == 0:
            count = (tag >> 2) + 1
            if count > 60:
                wide = count - 60
                count, at = int.from_bytes(block[at : at + wide], "little") + 1, at + wide
            plain += block[at : at + count]
            at += count
        elif tag & 3 == 1:
            copy(plain, (tag >> 5) << 8 | block[at], (tag >> 2 & 7) + 4)
            at += 1
        else:
            wide = 2 if tag & 3 == 2 else 4
            copy(plain, int.from_bytes(block[at : at + wide], "little"), (tag >> 2) + 1)
            at += wide
    if len(plain) != size:
        raise ValueError("not the announced size")
    return bytes(plain)


def snappy_frames(stored):
    plain, at = b"", 0
    while at < len(stored):
        kind, size = stored[at], int.from_bytes(stored[at + 1 : at + 4], "little")
        body, at = stored[at + 4 : at + 4 + size], at + 4 + size
        if kind == 0:
            plain += snappy_block(body[4:])
        elif kind == 1:
            plain += body[4:]
        elif 2 <= kind <= 0x7F:
            raise ValueError("a chunk that must be understood")
    return plain


def zstd_frames(stored):
    if zstandard is None:
        raise Unreadable("zstandard is not installed")
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(stored, read_across_frames=True)
    return reader.read()


def is_zlib(stored):
    return stored[:1] == b"\x78" and len(stored) > 1 and (stored[0] * 256 + stored[1]) % 31 == 0


def unpacked(stored):
    """The plain texts in the object: one, or those of an archive's files in their order, each to be split by itself."""
    if stored[:2] == b"\x1f\x8b":
        return unpacked(gzip_members(stored))
    if stored[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            return [text for name in archive.namelist() if not name.endswith("/") for text in unpacked(archive.read(name))]
    if stored[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(stored)) as archive:
            return [text for entry in archive if entry.isfile() for text in unpacked(archive.extractfile(entry).read())]
    if stored[:4] == b"\x28\xb5\x2f\xfd" or (len(stored) > 4 and 0x184D2A50 == struct.unpack("<I", stored[:4])[0] & ~15):
        try:
            return unpacked(lz4_frames(stored))
        except ValueError:
            return unpacked(zstd_frames(stored))
    if stored[:3] == b"BZh":
        return unpacked(bz2.decompress(stored))
    if stored[:6] == b"\xfd7zXZ\0":
        return unpacked(xz_streams(stored))
    if stored[:4] == b"\x04\x22\x4d\x18":
        return unpacked(lz4_frames(stored))
    if stored[:10] == b"\xff\x06\x00\x00sNaPpY":
        return unpacked(snappy_frames(stored))
    if is_zlib(stored):
        return unpacked(zlib.decompress(stored))
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if stored[:2] == mark:
            return [stored[2:].decode(name).encode()]
    return [stored[3:] if stored[:3] == b"\xef\xbb\xbf" else stored]
