# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Raw column values to texts. The driver's decoders are used for structure, never trusted with text: text decodes tolerantly."""

from __future__ import annotations

import re
import typing as t
import uuid

TEXT_TYPES = frozenset(("ascii", "text", "varchar", "blob"))
_TYPE_NAME = re.compile(r"'[^']*'|[A-Za-z_][\w.]*|\"[^\"]*\"")


def can_hold_text(cql_type: str, user_types: dict[str, list[str]], _seen: frozenset[str] = frozenset()) -> bool:
    """Whether a CQL type has text or bytes anywhere inside (custom types are bytes).

    :param user_types: the CQL types of the fields of each user-defined type of the keyspace.
    """
    for name in _TYPE_NAME.findall(cql_type):
        bare = name.strip('"')
        if bare in TEXT_TYPES or name.startswith("'") or "." in bare:
            return True
        if bare in user_types and bare not in _seen and any(can_hold_text(field, user_types, _seen | {bare}) for field in user_types[bare]):
            return True
    return False


def decode(raw: bytes | None, cql_type: t.Any, protocol_version: int) -> t.Any:
    """A column value as text, number, or lists and dicts of them.

    :param cql_type: the driver's type class of the column.
    """
    if raw is None:
        return None
    name = getattr(cql_type, "typename", "")
    if name in TEXT_TYPES or name.startswith("'") or "." in name:
        return _decode_bytes(raw)
    try:
        value = cql_type.from_binary(raw, protocol_version)
    except Exception:  # the driver raises whatever a decoder raises; bytes that do not fit their type are searched as they are
        return _decode_bytes(raw)
    return plain(value)


def _decode_bytes(raw: bytes) -> t.Any:
    components = composite(raw)
    if components:
        return [_decode_bytes(component) for component in components]
    return raw.decode("utf-8", "replace")


def plain(value: t.Any) -> t.Any:
    """What the driver makes of collections, tuples and user types, as lists and dicts."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _decode_bytes(bytes(value))
    if isinstance(value, uuid.UUID):
        return str(value)
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if hasattr(value, "items"):
        return {_key(plain(name)): plain(item) for name, item in value.items()}
    if hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    return str(value)


def _key(value: t.Any) -> str:
    return value if isinstance(value, str) else " ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def composite(raw: bytes) -> list[bytes]:
    """The components of a Thrift CompositeType (2 bytes length, bytes, 1 byte end-of-component, repeated); [] if it is none.

    In a DynamicCompositeType each component is preceded by its type: 2 bytes with the highest bit set and the letter of an alias, or 2
    bytes length and a name. Sources: CompositeType and DynamicCompositeType in Cassandra. Without it a length byte would stick to the text
    behind it.
    """
    return _components(raw, dynamic=False) or _components(raw, dynamic=True)


def _components(raw: bytes, *, dynamic: bool) -> list[bytes]:
    components: list[bytes] = []
    position = 0
    while position + 3 <= len(raw):
        if dynamic:
            kind = int.from_bytes(raw[position : position + 2], "big")
            if not kind & 0x8000 and b"Type" not in raw[position + 2 : position + 2 + kind]:
                return []
            position += 2 if kind & 0x8000 else 2 + kind
        length = int.from_bytes(raw[position : position + 2], "big")
        end = position + 2 + length
        if end >= len(raw) or raw[end] not in (0, 1, 255):
            return []
        components.append(raw[position + 2 : end])
        position = end + 1
    return components if position == len(raw) else []


def id_texts(raw: bytes | None, cql_type: t.Any) -> list[str]:
    """The 32 hex digits that 16 bytes or a UUID may stand for in a layout that keys rows by binary ids."""
    name = getattr(cql_type, "typename", "")
    if raw is not None and len(raw) == 16 and name in ("uuid", "timeuuid", "blob"):
        return [raw.hex()]
    return []
