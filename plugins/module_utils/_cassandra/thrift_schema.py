# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Tables that Thrift clients created, and their columns that CQL hides.

A static compact table (no clustering columns) hides from CQL every column that a Thrift client added beside the declared ones. From 3.0 on a
session with NO_COMPACT, which ours is, can read them by name (CASSANDRA-10857); the driver's metadata leaves the names out. On 2.x no CQL
shows them. A search must never call itself complete on a table of which something is hidden.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table

ReadSchema = t.Callable[[str, t.Tuple[t.Any, ...]], t.List[t.Tuple[t.Any, ...]]]  # noqa: UP006 - ansible-test reads it as Python 3.8


def schema_is_in_system(versions: t.Iterable[str]) -> bool:
    """Whether the cluster is older than 3.0, which had its schema tables in the keyspace system."""
    return any(version.startswith(("1.", "2.")) for version in versions)


def with_hidden_columns(tables: t.Sequence[Table], keyspace: str, versions: t.Sequence[str], read: ReadSchema) -> list[Table]:
    """The tables; each static compact one has all columns that can be read, or the problem that prevents it from being read completely."""
    if schema_is_in_system(versions):
        return _with_problem_before_3_0(tables, keyspace, read)
    flags = {
        name: set(set_flags or ())
        for name, set_flags in read("SELECT table_name, flags FROM system_schema.tables WHERE keyspace_name = %s", (keyspace,))
    }
    hiding = {name for name, set_flags in flags.items() if "super" in set_flags or not {"compound", "dense"} & set_flags}
    if all(version.startswith("3.") for version in versions):
        return _with_hidden_columns_of_3_x(tables, keyspace, flags, hiding, read)
    problem = "this version of Cassandra does not show CQL clients all columns of a static compact table or super column family created through Thrift"
    return [dataclasses.replace(table, problem=problem) if table.name in hiding else table for table in tables]


def _with_problem_before_3_0(tables: t.Sequence[Table], keyspace: str, read: ReadSchema) -> list[Table]:
    """Before 3.0 such tables can't be read completely."""
    rows = read(
        "SELECT columnfamily_name, is_dense, comparator, type FROM system.schema_columnfamilies WHERE keyspace_name = %s", (keyspace,)
    )
    hidden = {name for name, dense, comparator, kind in rows if not dense and (kind == "Super" or "CompositeType(" not in comparator)}
    problem = "this version of Cassandra does not show CQL clients all columns of a static compact table created through Thrift"
    return [dataclasses.replace(table, problem=problem) if table.name in hidden else table for table in tables]


def _with_hidden_columns_of_3_x(
    tables: t.Sequence[Table], keyspace: str, flags: dict[str, set[str]], hiding: set[str], read: ReadSchema
) -> list[Table]:
    """In 3.x such tables can be read with the names of all their columns, which the driver does not know."""
    columns = read(
        "SELECT table_name, kind, position, column_name_bytes, type FROM system_schema.columns WHERE keyspace_name = %s", (keyspace,)
    )
    shown: dict[str, list[Column]] = {name: [] for name in hiding}
    unnamed: set[str] = set()
    kinds = ("partition_key", "clustering", "static", "regular")
    for table, kind, position, raw_name, cql_type in sorted(columns, key=lambda row: (row[0], kinds.index(row[1]), row[2])):
        if table not in hiding:
            continue
        name = bytes(raw_name).decode("utf-8", "replace")  # column_name has it as the comparator shows it, which CQL does not take
        if {"super", "dense"} <= flags[table] and name and (kind == "regular" or position > 0) and kind != "partition_key":
            continue  # such a super table is seen with a map in place of sub-column and value
        if "\ufffd" in name:
            unnamed.add(table)
        is_key = kind in ("partition_key", "clustering")
        holds_text = _values.can_hold_text(cql_type, {})
        shown[table].append(Column(name, cql_type, is_key, kind == "partition_key", holds_text, is_static=kind == "static"))
    problem = "some of its columns have no name in CQL"
    return [
        dataclasses.replace(table, columns=tuple(shown[table.name]), problem=problem if table.name in unnamed else table.problem)
        if table.name in hiding
        else table
        for table in tables
    ]
