# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds the records of a setting: the parts that stand for one contact each. Pure, no I/O.

A favorite is one record, and is deleted as a whole. Recents are many records, in a list, a map or a text, at any depth; only the records of the
person are removed. ``shapes`` finds them, ``json_edit`` removes them.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import json_edit
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document, Kind, Node, parse, text_of, value_of
from ansible_collections.genesys.gws.plugins.module_utils._core.people import NOBODY, KnownIdentifiers
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Form
from ansible_collections.genesys.gws.plugins.module_utils._core.shapes import Shapes


@dataclasses.dataclass(frozen=True, eq=False)
class Record:
    """One contact in a setting. ``value`` is the plain value, with the name under which it lies.

    ``is_somebody`` is False for an element of a container that has nobody's name, address or number: an anonymous call, the header of a table.
    """

    slots: tuple[json_edit.Slot, ...] = dataclasses.field(repr=False)
    value: t.Any = dataclasses.field(repr=False)
    is_somebody: bool

    @property
    def container(self) -> int:
        """Identifies the container of the record."""
        return id(self.slots[0][0])

    @property
    def text(self) -> str:
        """Its JSON text, with the name under which it lies in a map: equal for equal records, wherever they stand in a list."""
        parts = [container.children[index] for container, index in self.slots]
        return "\n".join(part.document.text[part.member_begin : part.end] for part in parts)


@dataclasses.dataclass(frozen=True)
class RecordAnalysis:
    """The records of a setting. ``is_one_record``: everything in it belongs to one person. Otherwise ``records`` can be removed, and ``rest`` is
    what is left then. ``is_readable`` is False if something in the rest begins like JSON and can't be parsed, so the people in it are unknown.
    ``bystanders`` is the number of people in the rest without an address or number.
    """

    root: Node = dataclasses.field(repr=False)
    is_one_record: bool
    is_readable: bool
    records: tuple[Record, ...] = dataclasses.field(repr=False)
    rest: t.Any = dataclasses.field(repr=False)
    bystanders: int = 0

    def without(self, records: t.Iterable[Record]) -> str:
        """The JSON text of the setting without some of its records, everything else byte for byte.

        :raises ValueError: when the result is not the original without exactly these records.
        """
        return json_edit.without(self.root, [slot for record in records for slot in record.slots])


def analyse_records(text: str, key_attribute: str, known: KnownIdentifiers = NOBODY) -> RecordAnalysis:
    """The records of a setting, given as JSON text. ``key_attribute`` is the group's key: it names the setting and is no payload.

    :param known: where those are seen who are searched for: their addresses may have signs in them by which others are told apart.

    :raises ValueError: when the text is no JSON object.
    """
    root = parse(Document(text))
    if root.kind is not Kind.OBJECT:
        raise ValueError("a setting is an object")
    reading = Shapes(root, key_attribute, known)
    form = reading.infos[id(root)].form
    if form not in (Form.MANY, Form.TANGLED):
        return RecordAnalysis(root, not reading.unreadable, not reading.unreadable, (), value_of(root))
    groups = list(reading.records())
    leave_out = {id(container.children[index]) for slots, _is_somebody in groups for container, index in slots}
    return RecordAnalysis(
        root,
        False,
        not reading.unreadable,
        tuple(_record(slots, is_somebody) for slots, is_somebody in groups),
        value_of(root, leave_out),
        reading.bystanders(leave_out),
    )


def _record(slots: tuple[json_edit.Slot, ...], is_somebody: bool) -> Record:
    values: list[t.Any] = []
    for container, index in slots:
        child = container.children[index]
        name = child.name if child.name is not None else container.name
        values.append(value_of(child) if name is None else {name: value_of(child)})
    return Record(slots, values[0] if len(values) == 1 else values, is_somebody)


def record_values(setting: t.Mapping[str, t.Any], key_attribute: str) -> list[t.Any]:
    """The values of the records of a container, in no order; [] for a setting that is one record."""
    text = getattr(setting, "text", None)
    return [record.value for record in analyse_records(text if isinstance(text, str) else text_of(setting), key_attribute).records]
