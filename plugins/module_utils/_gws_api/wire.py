# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses JSON from GWS without loss. Pure, no I/O.

Python's parser changes JSON: of duplicate members only the last remains, 1.10 becomes 1.1 and 1e400 infinite. A setting must be sent back unchanged,
so each object of an answer keeps its text. Any depth of nesting and any length of numbers is supported.
"""

from __future__ import annotations

import decimal
import json
import json.decoder
import json.encoder
import re
import typing as t

_MAX_DEPTH = 100  # deeper values stay text, so that code that walks a value may recurse
_MAX_DIGITS = 400  # a longer number stays text: it can't be an identifier, and is expensive to convert

_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = re.compile(r'["\[\]{}]')
_LONE_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class JsonObject(dict[str, t.Any]):
    """An immutable object of an answer. ``text`` is its original JSON."""

    text: str

    def __init__(self, value: t.Mapping[str, t.Any], text: str | None = None) -> None:
        super().__init__(value)
        self.text = json.dumps(value) if text is None else text

    @classmethod
    def of(cls, value: t.Mapping[str, t.Any]) -> JsonObject:
        """The object itself, or one with the text that Python makes of it."""
        return value if isinstance(value, JsonObject) else cls(value)

    def __copy__(self) -> JsonObject:
        return self

    def __deepcopy__(self, _memo: object) -> JsonObject:
        return self

    def _unchangeable(self, *_args: t.Any, **_options: t.Any) -> t.NoReturn:
        raise TypeError("its text would say something else: make a dict of it")

    __setitem__ = __delitem__ = __ior__ = _unchangeable
    clear = pop = popitem = setdefault = update = _unchangeable


def decoded(body: bytes, charset: str = "") -> str:
    """The text of an answer. Invalid UTF-8 bytes are preserved (see ``encoded``). :raises ValueError: for another charset's bytes."""
    if charset.lower() in ("", "utf-8", "utf8", "us-ascii"):
        return body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    try:
        return body.decode(charset)
    except LookupError:
        raise ValueError("unknown charset") from None


def encoded(text: str) -> bytes:
    """JSON text in UTF-8: bytes that ``decoded`` could not read are as they were, any other lone surrogate is escaped."""
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text).encode("utf-8", "surrogateescape")


def parse_object(text: str) -> JsonObject:
    """The object that a text is. Its members are ``JsonObject`` where they are objects, and so are the elements of its lists.

    :raises ValueError: when it is no JSON object, or has two members of one name: nobody can tell which one counts.
    """
    start = _skip(text, 0)
    if not text.startswith("{", start):
        raise ValueError("not a JSON object")
    members: dict[str, t.Any] = {}
    position = _skip(text, start + 1)
    while not text.startswith("}", position):
        name, position = _DECODER.raw_decode(text, position)
        if not isinstance(name, str) or name in members:
            raise ValueError("a name that is no text, or that came before")
        position = _behind(text, position, ":")
        members[name], position = _array(text, position) if text.startswith("[", position) else _value(text, position)
        position = _next(text, position, "}")
    if _skip(text, position + 1) != len(text):
        raise ValueError("something behind the object")
    return JsonObject(members, text)


def canonical(value: t.Any) -> str:
    """A text that is equal for equal JSON values, and only for these: to the last digit, and with all members of one name."""
    if isinstance(value, (str, list)) and all(part is None or isinstance(part, str) for part in value):
        return _text_of_texts(value)  # what identities are made of: no numbers, no objects, and so nothing to order
    text = value.text if isinstance(value, JsonObject) else json.dumps(value)
    try:
        return json.dumps(_EXACT.decode(text.strip()))
    except (ValueError, RecursionError):
        return json.dumps(text)


def _text_of_texts(value: str | list[str | None]) -> str:
    """``json.dumps``, which is several times slower for a short list."""
    if isinstance(value, str):
        return _quoted(value)
    return "[" + ", ".join("null" if part is None else _quoted(part) for part in value) + "]"


def _array(text: str, start: int) -> tuple[list[t.Any], int]:
    """The list that begins here, and where it ends; objects in it keep their text."""
    elements: list[t.Any] = []
    position = _skip(text, start + 1)
    while not text.startswith("]", position):
        value, position = _value(text, position)
        elements.append(value)
        position = _next(text, position, "]")
    return elements, position + 1


def _value(text: str, start: int) -> tuple[t.Any, int]:
    """The value that begins here, and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        deep = isinstance(value, (dict, list)) and _is_deep(text, start, end)
    except RecursionError:
        deep = True
    if deep:
        value, end = _shallow(text, start, _MAX_DEPTH)
    return (JsonObject(value, text[start:end]) if isinstance(value, dict) else value), end


def _is_deep(text: str, start: int, end: int) -> bool:
    if text.count("[", start, end) + text.count("{", start, end) <= _MAX_DEPTH:
        return False
    return any(depth > _MAX_DEPTH for _end, depth in _brackets(text, start))


def _shallow(text: str, start: int, depth: int) -> tuple[t.Any, int]:
    """A value as ``_value`` gives it, but what lies deeper than ``depth`` as its text."""
    opening = text[start : start + 1]
    if opening not in ("{", "[") or not opening:
        return _DECODER.raw_decode(text, start)
    if depth == 0:
        end = next((end for end, left in _brackets(text, start) if left == 0), None)
        if end is None:
            raise ValueError("no end")
        return text[start:end], end
    members: dict[str, t.Any] = {}
    elements: list[t.Any] = []
    closing = "}" if opening == "{" else "]"
    position = _skip(text, start + 1)
    while not text.startswith(closing, position):
        if opening == "{":
            name, position = _DECODER.raw_decode(text, position)
            members[str(name)], position = _shallow(text, _behind(text, position, ":"), depth - 1)
        else:
            value, position = _shallow(text, position, depth - 1)
            elements.append(value)
        position = _next(text, position, closing)
    return (members if opening == "{" else elements), position + 1


def _brackets(text: str, start: int) -> t.Iterator[tuple[int, int]]:
    """The position and nesting depth after each bracket of the value that begins here."""
    depth, position = 0, start
    while (found := _MARK.search(text, position)) is not None:
        position = found.end()
        if found.group() == '"':
            _string, position = json.decoder.scanstring(text, position, False)  # type: ignore[attr-defined]
            continue
        depth += 1 if found.group() in "[{" else -1
        yield position, depth
        if depth <= 0:
            return


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _behind(text: str, position: int, mark: str) -> int:
    """Where the next value begins. :raises ValueError: when the mark is not there."""
    position = _skip(text, position)
    if not text.startswith(mark, position):
        raise ValueError("a mark is missing")
    return _skip(text, position + 1)


def _next(text: str, position: int, closing: str) -> int:
    """Behind a member or an element: where the next begins, or the closing bracket. :raises ValueError: when neither is there."""
    position = _skip(text, position)
    if text.startswith(closing, position):
        return position
    position = _behind(text, position, ",")
    if text.startswith(closing, position):
        raise ValueError("nothing behind a comma")
    return position


def _integer(text: str) -> t.Any:
    return int(text) if len(text) <= _MAX_DIGITS else text


def _fraction(text: str) -> t.Any:
    value = float(text) if len(text) <= _MAX_DIGITS else float("inf")
    return value if value - value == 0 else text  # infinite in Python, and no number of JSON


def _exact_number(text: str) -> dict[str, t.Any]:
    try:
        sign, digits, exponent = decimal.Decimal(text).as_tuple()
    except decimal.InvalidOperation:  # an exponent of more than 18 digits
        return {"number": text}
    significant = "".join(map(str, digits)).rstrip("0")
    zeros = len(digits) - len(significant)
    return {"number": [sign, significant.lstrip("0"), int(exponent) + zeros if significant else 0]}


def _exact_object(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    return {"object": sorted(([name, value] for name, value in pairs), key=lambda pair: str(pair[0]))}


_quoted = json.encoder.encode_basestring_ascii
_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=str, strict=False)
_EXACT = json.JSONDecoder(
    parse_int=_exact_number,
    parse_float=_exact_number,
    parse_constant=lambda name: {"number": name},
    object_pairs_hook=_exact_object,
    strict=False,
)
