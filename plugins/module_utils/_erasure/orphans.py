# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Deletes rows of owners that GWS no longer knows, by CQL: the only place where CQL deletes (``orphans: delete``).

The API can't delete them, since their owner has no address any more. Each row is read again by its token and matched again; a row
that holds records of other people as well is left alone.
"""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table, quoted
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import contacts_in
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search
from ansible_collections.genesys.gws.plugins.module_utils._scan.search import SearchRequest

_PAGE = 500


def delete_orphans(session: Session, keyspace: str, request: SearchRequest, orphans: t.Sequence[Finding], *, check_mode: bool) -> int:
    """Delete the rows of these findings that hold nobody else. Returns how many (would) go."""
    tables = {table.name: table for table in session.tables(keyspace)}
    gone = 0
    opaque = OpaqueNames(request.subjects)
    wanted: dict[tuple[str, int], set[str]] = {}
    for finding in orphans:
        wanted.setdefault((finding.table, opaque.token_of(finding)), set()).add(finding.row)
    for (name, token), rows in sorted(wanted.items()):
        table = tables.get(name)
        if table is None:
            raise CassandraError("schema_changed", "A table of the findings is not there any more: search again.")
        for row, types, columns in _partition(session, keyspace, table, token):
            found = _search.findings_in_row(table, columns, request, row, types, token)
            if any(finding.row in rows for finding in found) and not _has_others(columns, request, row, types):
                gone += 1
                if not check_mode:
                    _delete(session, keyspace, table, columns, row, types)
    return gone


def _partition(session: Session, keyspace: str, table: Table, token: int) -> t.Iterator[tuple[RawRow, tuple[t.Any, ...], list[Column]]]:
    columns = _search.columns_to_read(table)
    statement = table.select(columns, keyspace, f"{table.token} = {token}")
    state: bytes | None = None
    while True:
        try:
            page = session.read_page(statement, _PAGE, state)
        except PageReadError as unread:
            raise CassandraError("cql_failed", f"A row of an owner that is gone could not be read again: {unread.reason}.") from None
        for row in page.candidates:
            yield row, page.types, columns
        state = page.next_state
        if state is None:
            return


def _has_others(columns: t.Sequence[Column], request: SearchRequest, row: RawRow, types: tuple[t.Any, ...]) -> bool:
    """Whether a column of the row is a container with records of somebody else."""
    for column, raw, cql_type in zip(columns, row.cells, types, strict=True):
        value = _values.decode(raw, cql_type, _search.PROTOCOL_VERSION)
        if column.is_key or value is None:
            continue
        if not contacts_in({"": "", "value": value}, "", request.matcher, Certainty.EXACT).is_one_person:
            return True
    return False


def _delete(session: Session, keyspace: str, table: Table, columns: t.Sequence[Column], row: RawRow, types: tuple[t.Any, ...]) -> None:
    keys = [
        (column.name, cql_type.from_binary(raw, _search.PROTOCOL_VERSION))
        for column, raw, cql_type in zip(columns, row.cells, types, strict=True)
        if column.is_key
    ]
    condition = " AND ".join(f"{quoted(name)} = %s" for name, _value in keys)
    statement = f"DELETE FROM {quoted(keyspace)}.{quoted(table.name)} WHERE {condition}"
    session.write(statement, tuple(value for _name, value in keys))
