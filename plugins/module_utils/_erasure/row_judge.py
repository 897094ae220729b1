# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Applies the rules to rows of former agents. The API can't erase them, because their owner no longer has a path. The rules treat a row like a
setting; this module determines what is specific to rows: which texts name it, and whether it stands alone.
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

# A column with such a name holds a field of a record: then the row is the record, like a JSON object.
_FIELD = re.compile(r"name|mail|phone|mobile|fax|company|address|contact|title|note", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class RowAssessment:
    """A row of a former agent with data of a subject. ``place``: the rows of its owner in its partition."""

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
        """Its path in Cassandra. It contains the key of the row, so it never leaves the module."""
        return "row " + self.row.identity

    @property
    def entry(self) -> Row:
        """The row, under the name that the protocol uses."""
        return self.row

    @property
    def touches(self) -> bool:
        """Whether the row is to be deleted."""
        return self.verdict.touches

    @property
    def identity(self) -> str:
        """Identifies the row within its place."""
        return self.row.identity

    @property
    def kind(self) -> Kind:
        """The kind of write that it needs."""
        return Kind.DELETE_ROW

    @property
    def approval(self) -> str:
        """What an approval covers: the action, all cells of the row, and other people's records in it."""
        return canonical([self.path, self.verdict.value, [None if raw is None else raw.hex() for raw in self.row.cells], self.collateral])

    @property
    def records(self) -> tuple[str, ...]:
        """Nothing is removed from within a row."""
        return ()

    def after(self) -> None:
        """A row is deleted completely."""

    def identity_of(self, entry: Row) -> str:
        """The identity of any row of the place."""
        return entry.identity

    def again(self, entry: Row, seen: Snapshot) -> RowAssessment | None:
        """The row as it is judged now."""
        return assess_row(self.judge, self.place, entry, seen.entries)

    def is_planned_to_go(self, entry: Row) -> bool:
        """Whether the plan deletes another row of the place, too."""
        found = assess_row(self.judge, self.place, entry, [entry])
        return found is not None and found.verdict is Verdict.DELETE

    def is_saved_anew(self, _wanted: t.Any, _current: t.Any) -> bool:
        """No row is expected after a deletion."""
        return False


def assess_row(judge: Judge, place: RowPlace, row: Row, rows: t.Sequence[Row], *, is_readable: bool = True) -> RowAssessment | None:
    """Assess a row; None if it contains no data of a subject.

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
    """The people in a row, which can only be deleted as a whole: all columns that are deleted with it are checked together.

    Key columns name the owner, who does not count as somebody else. In a CQL list or set, each element that is not certainly the person's counts as
    somebody else's, because the meaning of the elements is unknown.
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
    """All texts by which a row may name its owner, group and key: a hold may match too much, never too little."""
    ids = [digits for column in row.columns for digits in row.ids(column.name)]
    return tuple(dict.fromkeys([*_texts(row.values), *ids]))


def _group_of(row: Row, groups: t.Sequence[str]) -> bool | None:
    """Whether the row belongs to a requested group: None if it does not, False if only a part of it may."""
    if not groups:
        return True
    keys = [fold(text) for column in row.columns if column.is_key for text in _texts(row.values[column.name])]
    columns = [fold(value) for value in row.values.values() if isinstance(value, str)]
    if any(fold(group) in columns or any(_mentions(key, fold(group)) for key in keys) for group in groups):
        return True
    maps = [value for value in row.values.values() if isinstance(value, dict)]
    if maps and all(fold(name) in map(fold, groups) for value in maps for name in value):
        return True  # a row for all groups of an owner who has only these
    inside = [fold(text) for text in _texts(row.values)]
    return False if any(_mentions(text, fold(group)) for group in groups for text in inside) else None


def _mentions(text: str, part: str) -> bool:
    return text == part or re.search(r"(?<![\w\-])" + re.escape(part) + r"(?![\w\-])", text) is not None


def _stands_alone(row: Row, rows: t.Sequence[Row], hits: t.Sequence[Hit]) -> bool:
    """Whether the row can be deleted, and is a complete setting.

    A static column belongs to all rows of its partition, so it is not deleted with one of them. A setting may span several rows: one for each
    attribute, or for each part of its text. A row is a complete setting if it is alone, if its columns are the fields of a record, or if it and all
    neighbouring rows hold JSON objects.
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
    """All texts in a value, also inside JSON, and the member names of its objects, without recursion:
    a value may be nested deeper than Python's recursion limit.
    """
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
