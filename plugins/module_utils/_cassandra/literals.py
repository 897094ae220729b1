# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Values in CQL, byte for byte as they are stored. Pure, no I/O.

The driver's literals are those of Python's values, and not each value has one: an empty int, a timestamp before year 1, a user-defined type. Others come out as
another key: the decimals 1.0 and 1.00 are two partitions. So a key that is to be named again is named by its bytes.
"""

from __future__ import annotations

import struct
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import quoted

_NATIVE = frozenset(
    (
        *("ascii", "bigint", "boolean", "date", "decimal", "double", "float", "inet", "int", "smallint", "text", "time", "timestamp"),
        *("timeuuid", "tinyint", "uuid", "varchar", "varint"),
    )
)
_LENGTH = struct.Struct(">i")


def literal(raw: bytes | None, cql_type: t.Any) -> str:
    """The CQL of a cell. :raises ValueError: of a type that has none, or of bytes that are no such value."""
    if raw is None:
        return "null"
    kind = str(cql_type.typename)
    if kind == "blob":
        return f"0x{raw.hex()}"
    if kind in _NATIVE:
        return f"blobAs{kind}(0x{raw.hex()})"
    subtypes = tuple(cql_type.subtypes)
    names = getattr(cql_type, "fieldnames", None)
    if names:  # what was written before a field was added has fewer parts
        fields = zip(names, subtypes, _parts(raw), strict=False)
        return "{" + ", ".join(f"{quoted(name)}: {literal(part, subtype)}" for name, subtype, part in fields) + "}"
    if kind == "tuple":
        return "(" + ", ".join(literal(part, subtype) for subtype, part in zip(subtypes, _parts(raw), strict=False)) + ")"
    if kind == "frozen":
        return literal(raw, subtypes[0])
    parts = [*_parts(raw[_LENGTH.size :])]
    if kind == "list":
        return "[" + ", ".join(literal(part, subtypes[0]) for part in parts) + "]"
    if kind == "set":
        return "{" + ", ".join(literal(part, subtypes[0]) for part in parts) + "}"
    if kind == "map":
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return "{" + ", ".join(f"{literal(key, subtypes[0])}: {literal(value, subtypes[1])}" for key, value in pairs) + "}"
    raise ValueError("a type without literals")


def _parts(raw: bytes) -> t.Iterator[bytes | None]:
    """What a collection or tuple holds: lengths (negative: null) and values."""
    position = 0
    while position < len(raw):
        if position + _LENGTH.size > len(raw):
            raise ValueError("cut off")
        [length] = _LENGTH.unpack_from(raw, position)
        position += _LENGTH.size
        if length > len(raw) - position:
            raise ValueError("cut off")
        yield raw[position : position + length] if length >= 0 else None
        position += max(length, 0)
