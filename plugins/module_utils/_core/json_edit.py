# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Cuts records out of a JSON value and out of JSON text; everything else stays byte for byte. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, Step, embedded_json


def without(setting: dict[str, t.Any], elements: t.Iterable[JsonPath]) -> dict[str, t.Any]:
    """The setting without some of its records. What stays inside JSON strings stays byte for byte.

    :raises ValueError: when the result is not the setting minus these records (nothing may be sent then).
    """
    result = _removed(setting, sorted(elements, key=lambda path: [str(step) for step in path]))
    if not isinstance(result, dict):
        raise ValueError("a setting is an object")
    return result


def _removed(node: t.Any, paths: list[JsonPath]) -> t.Any:
    """A copy of a parsed node without what the (relative) paths lead to."""
    gone = {path[0] for path in paths if len(path) == 1}
    deeper: dict[t.Any, list[JsonPath]] = {}
    for path in paths:
        if len(path) > 1 and path[0] not in gone:
            deeper.setdefault(path[0], []).append(path[1:])
    if Step.EMBEDDED_JSON in deeper:
        return _removed_in_text(node, deeper[Step.EMBEDDED_JSON])
    if isinstance(node, dict):
        return {name: _removed(value, deeper[name]) if name in deeper else value for name, value in node.items() if name not in gone}
    if isinstance(node, list):
        return [_removed(value, deeper[index]) if index in deeper else value for index, value in enumerate(node) if index not in gone]
    raise ValueError("a path leads into a scalar")


def _removed_in_text(text: str, paths: list[JsonPath]) -> str:
    wanted = _removed(embedded_json(text), paths)
    edited = _cut(text, paths)
    if embedded_json(edited) != wanted and not (wanted == "" and edited == ""):
        raise ValueError("the edited JSON text is not the original without the records")
    return edited


_WHITESPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_constant=str, strict=False)


def _cut(text: str, paths: list[JsonPath]) -> str:
    """The JSON text with the members or elements at the paths cut out and everything else as it was."""
    start = re.match(r"[ \t\r\n\ufeff\x00]*", text).end()  # type: ignore[union-attr]
    end = start + len(text[start:].rstrip(" \t\r\n\ufeff\x00"))
    if text[start] == '"':  # JSON in a JSON string: the paths go on inside
        inner = _cut(_DECODER.decode(text[start:end]), [path[1:] if path[0] is Step.EMBEDDED_JSON else path for path in paths])
        return text[:start] + json.dumps(inner, ensure_ascii=text.isascii()) + text[end:]
    return text[:start] + _cut_node(text[start:end], paths) + text[end:]


@dataclasses.dataclass(frozen=True)
class _Member:
    name: t.Any
    begin: int
    value_begin: int
    end: int


def _members(text: str) -> list[_Member]:
    """Where the members of an object, or the elements of a list, lie in its JSON text."""

    def skip(position: int) -> int:
        found = _WHITESPACE.match(text, position)
        return found.end() if found else position

    members: list[_Member] = []
    position = skip(1)
    while text[position] not in "]}":
        begin = position
        name: t.Any = len(members)
        if text[0] == "{":
            name, position = _DECODER.raw_decode(text, position)
            position = skip(skip(position) + 1)  # the colon
        value_begin = position
        _value, position = _DECODER.raw_decode(text, position)
        members.append(_Member(name, begin, value_begin, position))
        position = skip(position)
        if text[position] == ",":
            position = skip(position + 1)
    return members


def _cut_node(text: str, paths: list[JsonPath]) -> str:
    """Each kept member keeps the separator that stands before it."""
    gone = {path[0] for path in paths if len(path) == 1}
    deeper: dict[t.Any, list[JsonPath]] = {}
    for path in paths:
        if len(path) > 1 and path[0] not in gone:
            deeper.setdefault(path[0], []).append(path[1:])
    members = _members(text)
    seen = {member.name: number for number, member in enumerate(members)}  # of two members of one name parsers see the last
    result = text[: members[0].begin]
    any_kept = False
    for number, member in enumerate(members):
        if member.name in gone:
            continue
        if any_kept:
            result += text[members[number - 1].end : member.begin]
        value = text[member.value_begin : member.end]
        result += text[member.begin : member.value_begin]
        result += _cut_value(value, deeper[member.name]) if member.name in deeper and seen[member.name] == number else value
        any_kept = True
    return result + text[members[-1].end :]


def _cut_value(text: str, paths: list[JsonPath]) -> str:
    if paths and paths[0] and paths[0][0] is Step.EMBEDDED_JSON:
        inner = _cut(json.loads(text, strict=False), [path[1:] for path in paths])
        return json.dumps(inner, ensure_ascii=text.isascii())
    return _cut_node(text, paths)
