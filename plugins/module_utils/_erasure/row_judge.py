# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Rows of former agents: judged by the rules of settings, and planned. The API can't erase them, since their owner has no address any more.

A row is a case for the rules like a setting; what is peculiar to it is found out here: which texts name it, whether it stands alone.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import Row
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.records import analyse_records
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Kind, RowPlace, Snapshot
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import Contacts, contacts_in
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Case, Verdict, rule_on
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import canonical

# A column of such a name holds a field of a record: the row is the record then, as a JSON object is.
_FIELD = re.compile(r"name|mail|phone|mobile|fax|company|address|contact|title|note", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class RowAssessment:
    """A row of a former agent that has something of a subject. ``place``: the rows of its owner in its partition."""

    place: RowPlace
    row: Row
    verdict: Verdict
    subjects: frozenset[int]
    collateral: int
    held: bool
    judge: Judge
    reference: str = ""  # the opaque reference of its findings

    @property
    def path(self) -> str:
        """Its place in Cassandra. Holds its key, so it never leaves the module."""
        return "row " + self.row.identity

    @property
    def entry(self) -> Row:
        """The row, by the name that the protocol has for it."""
        return self.row

    @property
    def touches(self) -> bool:
        """Whether it is to be deleted."""
        return self.verdict.touches

    @property
    def identity(self) -> str:
        """Which of the rows of its place it is."""
        return self.row.identity

    @property
    def kind(self) -> Kind:
        """How it is to be written to."""
        return Kind.DELETE_ROW

    @property
    def approval(self) -> str:
        """What an approval is bound to: the action, all cells of the row, other people's records in it."""
        return canonical([self.path, self.verdict.value, [raw and raw.hex() for raw in self.row.cells], self.collateral])

    @property
    def records(self) -> tuple[str, ...]:
        """Nothing is cut out of a row."""
        return ()

    def after(self) -> None:
        """A row goes whole."""

    def identity_of(self, entry: Row) -> str:
        """The identity of any row of the place."""
        return entry.identity

    def again(self, entry: Row, seen: Snapshot) -> RowAssessment | None:
        """The row as it is judged now."""
        return assess_row(self.judge, self.place, entry, seen.entries)

    def is_planned_to_go(self, entry: Row) -> bool:
        """Whether another row of the place would go, too."""
        found = assess_row(self.judge, self.place, entry, [entry])
        return found is not None and found.verdict is Verdict.DELETE

    def is_saved_anew(self, _wanted: t.Any, _current: t.Any) -> bool:
        """A row is not expected to be there at all."""
        return False


def assess_row(judge: Judge, place: RowPlace, row: Row, rows: t.Sequence[Row], *, is_readable: bool = True) -> RowAssessment | None:
    """The row and the verdict; None when nothing of a subject is in it.

    :param rows: all rows of the place, with this one.
    :param is_readable: whether ``rows`` are all there are.
    """
    hits = [hit for hit in judge.matcher.in_value(row.values) if isinstance(hit.path[0], str)]
    if not hits:
        return None
    floor = Certainty.POSSIBLE if judge.policy.possible else Certainty.EXACT
    is_certain = [hit for hit in hits if hit.certainty >= floor]
    group = _group_of(row, judge.policy.groups)
    ruling = rule_on(
        Case(
            policy=judge.policy,
            holds=judge.holds,
            owners=(),
            paths=(),
            names=names_of_row(row),
            value=row.values,
            in_group=group is not None,
            corporate=False,
            is_certain=bool(is_certain),
            addressable=is_readable and bool(group) and _stands_alone(row, rows, is_certain or hits),
            can_be_redacted=False,
            contacts=_contacts_in(row, judge, floor),
            held=frozenset(),
        )
    )
    return RowAssessment(
        place=place,
        row=row,
        verdict=ruling.verdict,
        subjects=frozenset(hit.subject for hit in (is_certain or hits)),
        collateral=ruling.collateral,
        held=ruling.held,
        judge=judge,
    )


def _contacts_in(row: Row, judge: Judge, floor: Certainty) -> Contacts:
    """Who is in a row, as of something that can't be cut: all of its columns that go with it together.

    Key columns name the owner, who is nobody else. Of a list or a set of CQL each element that is not surely the person's is somebody else's: nobody
    knows what the elements of a column are.
    """
    keys = " ".join(str(row.values[column.name]) for column in row.columns if column.is_key)
    found = Contacts(analyse_records("{}", ""), lambda _part: False, False, True, (), (), True, 0)
    for column in row.columns:
        value = row.values[column.name]
        if column.is_key or value is None or (column.is_static and not row.is_whole_partition):
            continue
        contacts = contacts_in({"": keys, column.name: value}, "", judge.matcher, floor)
        others = 0 if contacts.is_one_record else contacts.others
        if isinstance(value, list):
            strangers = sum(1 for element in value if not any(hit.certainty >= floor for hit in judge.matcher.in_value(element)))
            others = max(others, strangers)
        found = dataclasses.replace(found, others=found.others + others, is_readable=found.is_readable and contacts.is_readable)
    return found


def names_of_row(row: Row) -> tuple[str, ...]:
    """All texts by which a row may name its owner, group and key: a hold may hold too much, never too little."""
    ids = [digits for column in row.columns for digits in row.ids(column.name)]
    return tuple(dict.fromkeys([*_texts(row.values), *ids]))


def _group_of(row: Row, groups: t.Sequence[str]) -> bool | None:
    """Whether the row is of a group asked for: None if it is not, False if only something in it may be."""
    if not groups:
        return True
    keys = [fold(text) for column in row.columns if column.is_key for text in _texts(row.values[column.name])]
    columns = [fold(value) for value in row.values.values() if isinstance(value, str)]
    if any(fold(group) in columns or any(_mentions(key, fold(group)) for key in keys) for group in groups):
        return True
    maps = [value for value in row.values.values() if isinstance(value, dict)]
    if maps and all(fold(name) in map(fold, groups) for value in maps for name in value):
        return True  # a row for all groups of an owner, who has none but these
    inside = [fold(text) for text in _texts(row.values)]
    return False if any(_mentions(text, fold(group)) for group in groups for text in inside) else None


def _mentions(text: str, part: str) -> bool:
    return text == part or re.search(r"(?<![\w\-])" + re.escape(part) + r"(?![\w\-])", text) is not None


def _stands_alone(row: Row, rows: t.Sequence[Row], hits: t.Sequence[Hit]) -> bool:
    """Whether the row can be deleted, and is all that there is of a setting.

    A static column belongs to all rows of its partition, so it is not deleted with one of them. A setting may lie in several rows: one for each
    attribute, or for each piece of its text. A row is a setting of its own if it is alone, if its columns are the fields of a record, or if it and
    all rows beside it hold JSON objects.
    """
    static = {column.name for column in row.columns if column.is_static}
    others = [other for other in rows if other.identity != row.identity]
    if row.is_whole_partition:
        return not others
    hit_columns = {str(hit.path[0]) for hit in hits}
    if hit_columns & static:
        return False
    payload = [column.name for column in row.columns if column.can_hold_text and not column.is_key and not column.is_static]
    filled = [name for name in payload if row.values[name] not in (None, "")]
    looked_at = [name for name in filled if name in hit_columns] or filled
    if not others or not looked_at or any(_FIELD.search(name) for name in looked_at):
        return True
    return all(_is_object(each.values[name]) for name in looked_at for each in (row, *others) if each.values[name] not in (None, ""))


def _is_object(value: t.Any) -> bool:
    while isinstance(value, str):
        value = embedded_json(value)
    return isinstance(value, dict)


def _texts(root: t.Any) -> t.Iterator[str]:
    """All texts in a value, also inside JSON, and the names in its objects, without recursion: a value may be nested deeper than Python is."""
    pending: list[tuple[t.Any, bool]] = [(root, False)]  # the value, and whether it is the name of a member
    while pending:
        value, is_name = pending.pop()
        if is_name:
            yield str(value)
        elif isinstance(value, str):
            yield value
            parsed = embedded_json(value)
            if parsed is not None:
                pending.append((parsed, False))
        elif isinstance(value, dict):
            for name, item in reversed(value.items()):
                pending += [(item, False), (name, True)]
        elif isinstance(value, list):
            pending.extend((item, False) for item in reversed(value))
        elif value is not None and not isinstance(value, bool):
            yield str(value)
