# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decompression, by one library: cramjam. Without it only Deflate (of Python itself) and what is not compressed can be read."""

from __future__ import annotations

import typing as t
import zlib

from ansible_collections.genesys.gws.plugins.module_utils._residue import unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable

try:
    import cramjam
except ImportError:  # optional: what needs it is reported as unreadable
    cramjam = None  # type: ignore[assignment]

_PACKAGE = "org.apache.cassandra.io.compress."

Decompress = t.Callable[[bytes, int], bytes]
"""From the compressed bytes and the largest length that can come out of them to the bytes. Raises Unreadable."""


def decompressor(name: str) -> Decompress:
    """The decompressor for a compressor class of Cassandra, with its package or without.

    :raises Unreadable: for a class that is not known, or that needs cramjam when that is not installed.
    """
    name = name.removeprefix(_PACKAGE)
    if name == "DeflateCompressor":
        return _deflate
    if name == "NoopCompressor":
        return _as_it_is
    library = {"LZ4Compressor": _lz4, "SnappyCompressor": _snappy, "ZstdCompressor": _zstd}.get(name)
    if library is None:
        raise Unreadable(unreadable.ENCRYPTED if "ncrypt" in name else unreadable.UNKNOWN_COMPRESSOR)
    if cramjam is None:
        raise Unreadable(unreadable.NO_CRAMJAM)
    return library


def _as_it_is(data: bytes, _longest: int) -> bytes:
    return data


def _deflate(data: bytes, longest: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, longest)
    except zlib.error:
        raise Unreadable(unreadable.DAMAGED_SECTION) from None


def _lz4(data: bytes, longest: int) -> bytes:
    """Four bytes of length, little endian, then an LZ4 block."""
    if data[:4] == b"\0\0\0\0":
        return b""  # 3.11 ends what it compacted with such a chunk
    if not 0 <= int.from_bytes(data[:4], "little") <= longest:
        raise Unreadable(unreadable.DAMAGED_SECTION)
    return _guarded(cramjam.lz4.decompress_block, data)


def _snappy(data: bytes, longest: int) -> bytes:
    try:
        length = cramjam.snappy.decompress_raw_len(data)
    except cramjam.DecompressionError:
        raise Unreadable(unreadable.DAMAGED_SECTION) from None
    if length > longest:
        raise Unreadable(unreadable.DAMAGED_SECTION)
    return _guarded(cramjam.snappy.decompress_raw, data)


def _zstd(data: bytes, longest: int) -> bytes:
    plain = _guarded(cramjam.zstd.decompress, data)
    if len(plain) > longest:
        raise Unreadable(unreadable.DAMAGED_SECTION)
    return plain


def _guarded(function: t.Callable[[bytes], t.Any], data: bytes) -> bytes:
    try:
        return bytes(function(data))
    except cramjam.DecompressionError:
        raise Unreadable(unreadable.DAMAGED_SECTION) from None
