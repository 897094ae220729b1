# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Tables and columns, and their CQL. Pure values; the session creates them from the driver's metadata."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the schema."""

    name: str
    cql_type: str
    is_key: bool
    is_partition_key: bool
    can_hold_text: bool
    is_static: bool = False
    can_hold_number: bool = False

    @property
    def is_searched(self) -> bool:
        """Whether the column can contain identifiers."""
        return self.can_hold_text or self.can_hold_number


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of the schema, key columns first.

    ``problem`` says why a read of these columns would not be all of the table; '' when it is. ``identity`` is the id that Cassandra
    gave the table when it was created: a table dropped and made anew is another one. ``gc_grace_seconds``: how long Cassandra keeps tombstones.
    ``base``: the table whose rows a materialized view repeats; '' for a table.
    """

    name: str
    columns: tuple[Column, ...]
    problem: str = ""
    identity: str = ""
    base: str = ""
    gc_grace_seconds: int = dataclasses.field(default=0, compare=False, repr=False)

    @property
    def has_known_key(self) -> bool:
        """Whether the key is known, so that at least a part of the table can be read."""
        return any(column.is_partition_key for column in self.columns)

    @property
    def token(self) -> str:
        """The CQL of the token of a row."""
        return "token({})".format(", ".join(quoted(column.name) for column in self.columns if column.is_partition_key))

    def select(self, columns: t.Iterable[Column], keyspace: str, where: str) -> str:
        """The CQL that reads these columns. The token is not selected: it can be computed, and is needed only for few rows."""
        names = ", ".join(quoted(column.name) for column in columns)
        condition = " WHERE " + where if where else ""
        return f"SELECT {names} FROM {quoted(keyspace)}.{quoted(self.name)}{condition}"


def quoted(name: str) -> str:
    """A quoted CQL identifier."""
    return '"{}"'.format(name.replace('"', '""'))


def table_of(name: str, metadata: t.Any, user_types: dict[str, list[str]]) -> Table:
    partition_key = [column.name for column in metadata.partition_key]
    keys = partition_key + [column.name for column in metadata.clustering_key]
    names = keys + [column for column in metadata.columns if column not in keys]
    columns = []
    for column in names:
        cql_type = str(metadata.columns[column].cql_type)
        if not column and "<" not in cql_type:
            continue  # 2.2: the value of a dense table that has none; CQL has no name for it
        columns.append(
            Column(
                name=column,
                cql_type=cql_type,
                is_key=column in keys,
                is_partition_key=column in partition_key,
                can_hold_text=_values.can_hold_text(cql_type, user_types),
                is_static=bool(metadata.columns[column].is_static),
                can_hold_number=_values.can_hold_number(cql_type, user_types),
            )
        )
    # The driver keeps the columns that it understood before an error, and says so in a private field only (MetadataParser).
    broken = getattr(metadata, "_exc_info", None) is not None
    problem = "the driver can't read its schema completely" if broken else ""
    return Table(name, tuple(columns), problem, gc_grace_seconds=int(metadata.options.get("gc_grace_seconds") or 0))
