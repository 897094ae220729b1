# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads complete rows with their write times by key, and deletes single rows. The driver's types stay in this module: others use ``Row``."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.literals import literal
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import Page, RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table, quoted
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import PROTOCOL_VERSION, Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError

_PAGE = 500
_NATIVE = frozenset(
    (
        *("ascii", "bigint", "blob", "boolean", "counter", "date", "decimal", "double", "duration", "float", "inet", "int", "smallint"),
        *("text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varchar", "varint"),
    )
)


@dataclasses.dataclass(frozen=True)
class Row:
    """A row: columns, raw cells and the driver's types in the same order, key columns first.

    ``written``: the latest write time of its cells in microseconds; 0 when Cassandra tells none. It does not count when rows are compared.
    """

    table: str
    columns: tuple[Column, ...]
    cells: tuple[bytes | None, ...]
    types: tuple[t.Any, ...] = dataclasses.field(compare=False, repr=False)
    written: int = dataclasses.field(default=0, compare=False)

    @functools.cached_property
    def values(self) -> dict[str, t.Any]:
        """The decoded value of each column: text, number, or lists and dicts of them; None for an empty cell."""
        return {
            column.name: _values.decode(raw, cql_type, PROTOCOL_VERSION)
            for column, raw, cql_type in zip(self.columns, self.cells, self.types, strict=True)
        }

    @functools.cached_property
    def key(self) -> tuple[bytes | None, ...]:
        """The raw cells of the primary key. A partition with only static columns is a row whose clustering columns are None."""
        return tuple(raw for column, raw in zip(self.columns, self.cells, strict=True) if column.is_key)

    @property
    def identity(self) -> str:
        """A string that is equal for equal primary keys."""
        return self.table + ":" + ".".join("-" if raw is None else "x" + raw.hex() for raw in self.key)

    @property
    def is_whole_partition(self) -> bool:
        """Whether the row stands for a partition that has only static columns."""
        clustering = [raw for column, raw in zip(self.columns, self.cells, strict=True) if column.is_key and not column.is_partition_key]
        return bool(clustering) and all(raw is None for raw in clustering)

    def ids(self, column: str) -> list[str]:
        """The 32 hex digits that a binary id in a column may stand for."""
        place = [each.name for each in self.columns].index(column)
        return _values.id_texts(self.cells[place], self.types[place])

    def backup(self) -> dict[str, t.Any]:
        """The content for a backup: CQL types, and cells in hex digits."""
        return {
            "written": self.written,
            "cells": [
                [column.name, column.cql_type, None if raw is None else raw.hex()]
                for column, raw in zip(self.columns, self.cells, strict=True)
            ],
        }


class RowStore:
    """Reads and deletes rows of one keyspace. Thread-safe, like the session."""

    def __init__(self, session: Session, keyspace: str) -> None:
        self._session = session
        self._keyspace = keyspace
        self._tables = {table.name: table for table in session.tables(keyspace)}
        self._timed: dict[str, list[Column]] = {}

    def table(self, name: str) -> Table | None:
        """The current schema of a table; None if it no longer exists."""
        return self._tables.get(name)

    def candidates(self, table: Table, columns: t.Sequence[Column], token: int) -> t.Iterator[tuple[RawRow, tuple[t.Any, ...]]]:
        """The rows of a token that may contain data of a subject: raw cells of these columns, and types."""
        for page in self._pages(table.select(columns, self._keyspace, f"{table.token} = {token}"), whole=False):
            for row in page.candidates:
                yield row, page.types

    def where(self, columns: t.Sequence[Column], cells: t.Sequence[bytes | None], types: t.Sequence[t.Any]) -> str:
        """The CQL condition for these key columns; columns that are None are left out. :raises ValueError: for keys that CQL can't express."""
        return " AND ".join(
            f"{quoted(column.name)} = {literal(raw, cql_type)}"
            for column, raw, cql_type in zip(columns, cells, types, strict=True)
            if raw is not None
        )

    def rows(self, name: str, where: str, most: int | None = None) -> list[Row]:
        """The complete rows that match a condition, at most ``most`` + 1.

        :raises CassandraError: when they can't be read.
        """
        table = self._tables.get(name)
        if table is None:
            raise CassandraError("schema_changed", "A table named in the findings no longer exists: search again.")
        columns = [column for column in table.columns if column.name]
        try:
            return self._rows(table, columns, where, most)
        except PageReadError as unread:
            raise CassandraError("cql_failed", f"A row of a former agent could not be read: {unread.reason}. Run it again.") from None

    def _rows(self, table: Table, columns: list[Column], where: str, most: int | None) -> list[Row]:
        """With the write times of all cells, as far as this version of Cassandra returns them (before 5.0 not for collections)."""
        regular = [column for column in columns if not column.is_key]
        simple = [column for column in regular if column.cql_type in _NATIVE or column.cql_type.startswith("frozen<")]
        timed = self._timed.get(table.name, regular)
        try:
            return self._read(table, columns, timed, where, most)
        except PageReadError as unread:
            if unread.remedy is not Remedy.REFUSED or timed == simple:
                raise
            self._timed[table.name] = simple
            return self._read(table, columns, simple, where, most)

    def _read(self, table: Table, columns: list[Column], timed: list[Column], where: str, most: int | None) -> list[Row]:
        names = [*(quoted(column.name) for column in columns), *(f"WRITETIME({quoted(column.name)})" for column in timed)]
        limit = f" LIMIT {most + 1}" if most is not None else ""
        statement = f"SELECT {', '.join(names)} FROM {quoted(self._keyspace)}.{quoted(table.name)} WHERE {where}{limit}"
        found = []
        end = len(columns)
        for page in self._pages(statement, whole=True):
            for row in page.candidates:
                times = zip(row.cells[end:], page.types[end:], strict=True)
                written = max((_latest(raw, cql_type) for raw, cql_type in times), default=0)
                found.append(Row(table.name, tuple(columns), row.cells[:end], tuple(page.types[:end]), written))
        return found

    def delete(self, row: Row, timestamp: int) -> None:
        """DELETE of one row, or of the static columns of a partition that has no rows, as of ``timestamp`` (microseconds).

        Sent once: whether it is done anew is for the caller to decide. :raises PageReadError: when it is not known to be done.
        """
        keys = [(column, raw, cql_type) for column, raw, cql_type in zip(row.columns, row.cells, row.types, strict=True) if column.is_key]
        where = self.where([key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys])
        self._session.write_at(f"DELETE FROM {quoted(self._keyspace)}.{quoted(row.table)} USING TIMESTAMP {timestamp} WHERE {where}")

    def _pages(self, statement: str, *, whole: bool) -> t.Iterator[Page]:
        state: bytes | None = None
        while True:
            page = self._session.read_page(statement, _PAGE, state, whole=whole)
            yield page
            state = page.next_state
            if state is None:
                return


def _latest(raw: bytes | None, cql_type: t.Any) -> int:
    """The latest write time of a cell; a collection has one for each element."""
    if raw is None:
        return 0
    value = cql_type.from_binary(raw, PROTOCOL_VERSION)
    if isinstance(value, int):
        return value
    return max((time for time in value or () if time is not None), default=0)
