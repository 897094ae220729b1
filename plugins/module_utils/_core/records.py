# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Which part of a setting stands for one contact. Pure, no I/O.

A favorite is one record, the whole setting goes. A *container* (Recents) is a setting whose payload is one
list or map of objects, as JSON or as JSON in a string, at whatever depth; there each element is a record, and only the records
that match go. A list *inside* a record (its phone numbers) is part of the record and is never cut.

The layout of the payloads is not public, so what a list is has to be read off its shape (``_is_part_of_record``):

* elements that name a person (first name, last name ...) are records, wherever the list lies;
* otherwise a list is part of a record if what lies beside it names a person, or if the list is called after contact points
  (``phoneNumbers``, ``emailAddresses``) and its elements are no log entries (no time in them);
* a list of plain texts is a container only in a setting that is called after recent contacts or a history;
* in doubt a list is a container: then too little is cut out, and the proof says so, instead of somebody else's data.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, Step, embedded_json, value_at

_PERSON_NAME = re.compile(
    r"(first|last|given|family|middle|full|sur|nick|maiden|contact|display|user|person|customer)_?name$|^(salutation|forename)$",
    re.IGNORECASE,
)
_PERSON_BESIDE = re.compile(
    r"(first|last|given|family|middle|full|sur|nick|maiden|contact|person|customer)_?name$|^(salutation|forename|company|jobtitle)$"
    r"|(^|_)(e-?mail|phone|mobile|telephone|fax)(_?(number|address))?$",
    re.IGNORECASE,
)
_CONTACT_POINTS = re.compile(
    r"(phone|tele?|mobile|fax|e-?mail|mail)s?(_?(number|addresse?|contact)s?)?$|^(numbers|addresses|contact_?points|devices|channels)$"
    r"|(phone_?numbers|(e-?)?mail_?addresses)",
    re.IGNORECASE,
)
_KIND_OF_CONTACT_POINT = re.compile(
    r"^(home|work|office|private|business|mobile|cell|main|primary|secondary|other|fax|billing|default)", re.IGNORECASE
)
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
_MANY = 4
_TIME_FIELD = re.compile(r"(^|_)(ts|at|when)$|time|date|stamp|epoch|duration", re.IGNORECASE)
_HISTORY = re.compile(r"recent|histor|last|frequent|call.?log", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Records:
    """``elements``: the path of each record inside the setting; empty when the setting is one record."""

    elements: frozenset[JsonPath]

    def record_of(self, path: JsonPath) -> JsonPath | None:
        """The record that a hit lies in; () for the whole setting, None when it lies beside the records of a container."""
        if not self.elements:
            return ()
        for length in range(len(path), 0, -1):
            if path[:length] in self.elements:
                return path[:length]
        return None


def records_of(setting: dict[str, t.Any], key_attribute: str) -> Records:
    """The records of a setting. ``key_attribute`` is the group's key: it names the setting and is no payload."""
    payload = {name: value for name, value in setting.items() if name != key_attribute}
    is_history = _HISTORY.search(str(setting.get(key_attribute, ""))) is not None
    containers = _containers(payload, (), is_history)
    return Records(frozenset(element for container in containers for element in container))


def _containers(node: t.Any, path: JsonPath, is_history: bool) -> list[list[JsonPath]]:
    """The outermost lists and maps of records below a node, each as the paths of its elements."""
    node, path = _unwrapped(node, path)
    if isinstance(node, list):
        is_container = _has_objects(node) or is_history
        return [[path + (index,) for index, _element in enumerate(node)]] if is_container else []
    if not isinstance(node, dict):
        return []
    children = [(name, *_unwrapped(value, path + (name,))) for name, value in node.items()]
    inner = [(name, value, where) for name, value, where in children if isinstance(value, (dict, list)) and value]
    if _is_map_of_objects(node, inner):
        return [[where[: len(path) + 1] for _name, _value, where in inner]]
    found: list[list[JsonPath]] = []
    for name, value, where in inner:
        elements = list(value.values()) if isinstance(value, dict) else value
        if isinstance(value, list) or _is_map_of_objects(value, _inner_objects(value)):
            if (_has_objects(elements) or is_history) and not _is_part_of_record(name, elements, node, is_history):
                found.extend(_containers(value, where, is_history))
        else:
            found.extend(_containers(value, where, is_history))
    if len(found) > 1 and not all(_has_named_persons(node, container, path) for container in found):
        return []  # several lists and no sign of several people: by definition not a container but one record
    return found


def _unwrapped(value: t.Any, path: JsonPath) -> tuple[t.Any, JsonPath]:
    while isinstance(value, str):
        parsed = embedded_json(value)
        if parsed is None:
            break
        value, path = parsed, path + (Step.EMBEDDED_JSON,)
    return value, path


def _has_objects(elements: t.Iterable[t.Any]) -> bool:
    return any(isinstance(_unwrapped(element, ())[0], dict) for element in elements)


def _inner_objects(node: dict[str, t.Any]) -> list[tuple[str, t.Any, JsonPath]]:
    children = [(name, *_unwrapped(value, (name,))) for name, value in node.items()]
    return [child for child in children if isinstance(child[1], (dict, list)) and child[1]]


def _is_map_of_objects(node: dict[str, t.Any], inner: list[tuple[str, t.Any, JsonPath]]) -> bool:
    """Two or more objects of one kind, side by side under their ids.

    They share a field name, pair by pair. ``contact`` and ``category`` of one favorite may do so as well: so the names must look like ids (no
    plain words), or the objects be many, or each be about a person.
    """
    if len(inner) < 2 or not all(isinstance(value, dict) for _name, value, _where in inner):
        return False
    if any(_PERSON_BESIDE.search(str(name)) for name in node if not isinstance(node[name], (dict, list))):
        return False
    first = set(inner[0][1])
    if not all(first & set(value) for _name, value, _where in inner[1:]):
        return False
    names = [str(name) for name, _value, _where in inner]
    if all(_KIND_OF_CONTACT_POINT.search(name) for name in names):
        return False
    about_persons = all(any(_PERSON_BESIDE.search(str(field)) for field in value) for _name, value, _where in inner)
    return about_persons or len(inner) >= _MANY or any(not _PLAIN_WORD.fullmatch(name) for name in names)


def _is_part_of_record(name: str, elements: list[t.Any], beside: dict[str, t.Any], is_history: bool) -> bool:
    objects = [unwrapped for unwrapped in (_unwrapped(element, ())[0] for element in elements) if isinstance(unwrapped, dict)]
    called_contact_points = _CONTACT_POINTS.search(name) is not None
    if any(_names_person(element, called_contact_points) for element in objects):
        return False
    person_beside = any(
        _PERSON_BESIDE.search(str(field)) for field, value in beside.items() if isinstance(value, (str, int)) and value != ""
    )
    if person_beside:
        return True
    has_time = any(_TIME_FIELD.search(str(field)) for element in objects for field in element)
    return called_contact_points and not has_time and not is_history


def _names_person(element: dict[str, t.Any], called_contact_points: bool) -> bool:
    for field, value in element.items():
        if isinstance(value, str) and value and _PERSON_NAME.search(str(field)):
            return True
        if field == "name" and isinstance(value, str) and not called_contact_points:
            return True
    return False


def _has_named_persons(node: dict[str, t.Any], container: list[JsonPath], path: JsonPath) -> bool:
    for where in container:
        value: t.Any = node
        for step in where[len(path) :]:
            value = embedded_json(value) if step is Step.EMBEDDED_JSON else value[step]
        value = _unwrapped(value, ())[0]
        if isinstance(value, dict) and (_names_person(value, False) or any(_TIME_FIELD.search(str(field)) for field in value)):
            return True
    return False


def record_values(setting: dict[str, t.Any], key_attribute: str) -> list[t.Any]:
    """The values of the records of a container, in no order; [] for a setting that is one record."""
    return [value_at(setting, path) for path in records_of(setting, key_attribute).elements]
