# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decodes raw column values to texts. The driver's decoders are used only for structure; text is decoded tolerantly."""

from __future__ import annotations

import decimal
import re
import typing as t
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.readings import Guess, windows_1252

NUMBER_TYPES = frozenset(("int", "bigint", "varint", "decimal", "double"))
TEXT_TYPES = frozenset(("ascii", "text", "varchar", "blob"))
_TYPE_NAME = re.compile(r"'[^']*'|[A-Za-z_][\w.]*|\"[^\"]*\"")


def can_hold_text(cql_type: str, user_types: dict[str, list[str]]) -> bool:
    """Whether a CQL type has text or bytes anywhere inside (custom types are bytes).

    :param user_types: the CQL types of the fields of each user-defined type of the keyspace.
    """
    return any(name in TEXT_TYPES or name.startswith("'") or "." in name for name in _names_in(cql_type, user_types))


def can_hold_number(cql_type: str, user_types: dict[str, list[str]]) -> bool:
    """Whether a CQL type has numbers anywhere inside that may be phone numbers: at least 32 bits, no counters, no times."""
    return any(name in NUMBER_TYPES for name in _names_in(cql_type, user_types))


def _names_in(cql_type: str, user_types: dict[str, list[str]]) -> set[str]:
    """The names of all types in a type, including those of the fields of user types."""
    found: set[str] = set()
    left = [cql_type]
    while left:
        for name in _TYPE_NAME.findall(left.pop()):
            bare = name.strip('"')
            if bare not in found:
                found.add(bare)
                left.extend(user_types.get(bare, ()))
    return found


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
    return _text_of(raw)


# What a guess of the charset must not make of a byte: invisible characters, styled digits and the like.
_NO_GUESS = {ord(char): "\ufffd" for char in "\xa0\xaa\xad\xb2\xb3\xb5\xb7\xb9\xba\u2018\u2019\u2013\u2014\u2022\u2026\u2122\u02c6\u02dc"}
_FEWEST_UTF16 = 8  # bytes
_BINARY_JSON = re.compile(rb":\)\n|\xd9\xd9\xf7|[\x80-\xbf]|[\xdc-\xdf]\x00")  # Smile, CBOR, MessagePack


# Texts in these are searched as they stand; a number that is one of theirs has no digits. Smile; tagged CBOR; maps and arrays of CBOR and of MessagePack
# that begin with a name or with a number of at least 32 bits, also inside of an array or under a name of a few letters.
_CBOR = rb"[\x81-\x9b\x9f]{0,2}(?:[\xa1-\xb7\xbf]|\xb8[\x18-\xff])[\x61-\x77][A-Za-z_]|[\x81-\x97\x9f][\x1a\x1b]\x00"
_MESSAGEPACK = (
    rb"(?:[\x91-\x9f]|\xdc\x00.){0,2}(?:[\x81-\x8f]|\xde\x00.)(?:[\xa1-\xbf]|\xd9.)[A-Za-z_]|(?:[\x91-\x9f]|\xdc\x00.)[\xce\xcf\xd2\xd3]"
)
_WITH_NUMBERS = re.compile(rb":\)\n|\xd9\xd9\xf7|" + _CBOR + b"|" + _MESSAGEPACK, re.DOTALL)


def is_binary_json(head: bytes) -> bool:
    """Whether the first bytes of a cell are those of binary JSON."""
    return _WITH_NUMBERS.match(head) is not None


def holds_bytes(cql_type: t.Any) -> bool:
    """Whether a type has bytes anywhere inside, for the driver's type class."""
    name = getattr(cql_type, "typename", "")
    return name == "blob" or name.startswith("'") or "." in name or any(map(holds_bytes, getattr(cql_type, "subtypes", ()) or ()))


def _text_of(raw: bytes) -> str:
    """Decode bytes as UTF-8, or by their appearance."""
    if b"\x00" in raw:
        charset = _utf16(raw)
        if charset:
            return Guess(raw.decode(charset, "replace"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = windows_1252(raw).translate(_NO_GUESS)
        return Guess(text) if _BINARY_JSON.match(raw) else text
    return Guess(text) if raw.startswith(b":)\n") else text


def _utf16(raw: bytes) -> str:
    """The byte order of UTF-16 with or without a mark, '' if it is not UTF-16: in most texts most characters are ASCII."""
    if len(raw) < _FEWEST_UTF16 or len(raw) % 2:
        return ""
    half = len(raw) // 2
    little, big = raw[1::2].count(0), raw[::2].count(0)
    if little > half // 2 and big == 0:
        return "utf-16-le"
    return "utf-16-be" if big > half // 2 and little == 0 else ""


def plain(value: t.Any) -> t.Any:
    """Converts the driver's collections, tuples and user types to lists and dicts."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _decode_bytes(bytes(value))
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return _of_decimal(value)
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if hasattr(value, "items"):
        pairs = [(_key(plain(name)), plain(item)) for name, item in value.items()]
        named = dict(pairs)
        return named if len(named) == len(pairs) else [[name, item] for name, item in pairs]  # keys that look alike
    if hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    return str(value)


def _of_decimal(value: decimal.Decimal) -> int | str:
    """An integer if the value is one, like a phone number, otherwise its text."""
    is_whole = value.is_finite() and -1 <= value.adjusted() <= _LONGEST_DECIMAL and value == value.to_integral_value()
    return int(value) if is_whole else str(value)


_LONGEST_DECIMAL = 30  # digits


def holds_numbers(cql_type: t.Any) -> bool:
    """The same as ``can_hold_number`` for the driver's type class."""
    if getattr(cql_type, "typename", "") in NUMBER_TYPES:
        return True
    return any(holds_numbers(inner) for inner in getattr(cql_type, "subtypes", ()) or ())


def integers_in(raw: bytes, cql_type: t.Any, protocol_version: int) -> list[int]:
    """The integers in a cell of a type that can hold numbers; [] if it can't be decoded."""
    try:
        value = plain(cql_type.from_binary(raw, protocol_version))
    except Exception:  # the driver raises whatever a decoder raises; such a cell is searched as text
        return []
    found: list[int] = []
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left += [*item, *item.values()]
        elif isinstance(item, list):
            left += item
        elif isinstance(item, float) and item.is_integer():
            found.append(int(item))
        elif isinstance(item, int) and not isinstance(item, bool):
            found.append(item)
        elif isinstance(item, str) and item.isdigit() and item.isascii():
            found.append(int(item[:_LONGEST_DECIMAL]))  # the key of a map
    return found


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
    """The 32 hex digits of 16 bytes or a UUID, for layouts whose row keys are binary ids."""
    name = getattr(cql_type, "typename", "")
    if raw is not None and len(raw) == 16 and name in ("uuid", "timeuuid", "blob"):
        return [raw.hex()]
    return []
