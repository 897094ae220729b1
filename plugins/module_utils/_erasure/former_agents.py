# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Turns findings of former agents into planned rows: each row is read again completely, with the other rows of its owner. Reads only."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import Row, RowStore
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import ids_in
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import RowPlace
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.row_judge import RowAssessment, assess_row
from ansible_collections.genesys.gws.plugins.module_utils._scan.row_findings import columns_to_read

_LONGEST_ID = 64  # characters of a text that is just an id
_MOST_ROWS = 20_000  # other rows of an owner; with more of them it is not known whether a row stands alone


class FormerAgents:
    """Reads and judges rows.

    :param centres: ids of contact centres, which do not name the owner of a row.
    :param knows: whether GWS may know the user with an id. A user may exist although the list does not contain it.
    """

    def __init__(self, store: RowStore, judge: Judge, centres: t.Iterable[str], knows: t.Callable[[str], bool]) -> None:
        self._knows = functools.cache(knows)
        self.owned: set[str] = set()
        """References of rows whose owner GWS may know after all: they must not be deleted by CQL."""
        self._store = store
        self._judge = judge
        self._centres = frozenset(centres)
        self._opaque = OpaqueNames(judge.subjects)
        self._places: dict[RowPlace, list[Row]] = {}

    def plan(self, findings: t.Iterable[Finding]) -> tuple[RowAssessment, ...]:
        """The rows of these findings, judged. :raises CassandraError: when they can't be read again."""
        wanted: dict[tuple[str, int], set[str]] = {}
        for finding in findings:
            wanted.setdefault((finding.table, self._opaque.token_of(finding)), set()).add(finding.row)
        found: list[RowAssessment] = []
        for (name, token), references in sorted(wanted.items()):
            table = self._store.table(name)
            if table is None:
                raise CassandraError("schema_changed", "A table named in the findings no longer exists: search again.")
            found.extend(self._rows(table, token, references))
        return tuple(found)

    def _rows(self, table: Table, token: int, references: set[str]) -> t.Iterator[RowAssessment]:
        columns = columns_to_read(table)
        try:
            for raw, types in self._store.candidates(table, columns, token):
                key = [cell for column, cell in zip(columns, raw.cells, strict=True) if column.is_key]
                reference = self._opaque.of_row(table.name, key)
                if reference in references and self._is_owned(Row(table.name, tuple(columns), raw.cells, types)):
                    self.owned.add(reference)
                elif reference in references:
                    assessment = self._assessed(table, columns, raw, types)
                    if assessment is not None:
                        yield dataclasses.replace(assessment, reference=reference)
        except PageReadError as unread:
            raise CassandraError("cql_failed", f"A row of a former agent could not be read again: {unread.reason}. Run it again.") from None

    def _assessed(self, table: Table, columns: t.Sequence[Column], raw: RawRow, types: tuple[t.Any, ...]) -> RowAssessment | None:
        candidate = Row(table.name, tuple(columns), raw.cells, types)
        if table.base:  # a view can't be deleted from
            return assess_row(self._judge, RowPlace(table.name, ""), candidate, [candidate], is_readable=False)
        length = self._owner_prefix(candidate)
        keys = [column for column in columns if column.is_key][:length]
        try:
            place = RowPlace(table.name, self._store.where(keys, raw.cells[:length], types[:length]))
        except ValueError:  # a row whose key CQL can't express can't be deleted
            return assess_row(self._judge, RowPlace(table.name, ""), candidate, [candidate], is_readable=False)
        if place not in self._places:
            self._places[place] = self._store.rows(table.name, place.where, _MOST_ROWS)
        rows = self._places[place]
        row = next((row for row in rows if row.key == candidate.key), None)
        if row is None:
            return assess_row(self._judge, place, candidate, [candidate], is_readable=False)
        return assess_row(self._judge, place, row, rows, is_readable=len(rows) <= _MOST_ROWS)

    def _is_owned(self, row: Row) -> bool:
        """Whether GWS may know an owner whom the row names: by an id in its key, or if there is none, by a column that is an id."""
        in_key: set[str] = set()
        beside: set[str] = set()
        for column in row.columns:
            text = str(row.values[column.name])
            if column.is_key:
                in_key.update((*ids_in(text), *row.ids(column.name)))
            elif len(text) <= _LONGEST_ID:
                beside.update((*ids_in(text), *row.ids(column.name)))
        return any(self._knows(user_id) for user_id in sorted((in_key - self._centres) or (beside - self._centres)))

    def _owner_prefix(self, row: Row) -> int:
        """How many of the key columns name the owner's rows: up to the first that holds an id of somebody, at least the partition key."""
        keys = [column for column in row.columns if column.is_key]
        partition = sum(1 for column in keys if column.is_partition_key)
        for place, column in enumerate(keys):
            ids = {*ids_in(str(row.values[column.name])), *row.ids(column.name)}
            if ids - self._centres:
                return max(partition, place + 1)
        return partition
