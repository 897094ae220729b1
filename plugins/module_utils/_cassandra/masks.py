# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Masked columns (Cassandra 5.0, dynamic data masking): users without the permission UNMASK get other values than those that are stored, without an error.

A search that read such values would find nobody and call itself complete. What a user may see depends on roles that it may not be able to list, so
a table with a mask is one that can't be read whole, whoever asks.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.thrift_schema import ReadSchema

_FIRST_WITH_MASKS = 5


def with_masks(tables: t.Sequence[Table], keyspace: str, versions: t.Sequence[str], read: ReadSchema) -> list[Table]:
    """The tables and views, each with the problem that some of its columns are masked."""
    if not versions or not all(_has_masks(version) for version in versions):
        return list(tables)
    masked: dict[str, list[str]] = {}
    for table, column in read("SELECT table_name, column_name FROM system_schema.column_masks WHERE keyspace_name = %s", (keyspace,)):
        masked.setdefault(str(table), []).append(str(column))
    return [
        dataclasses.replace(table, problem=table.problem or f"masked: {', '.join(sorted(masked[table.name]))}; drop the mask first")
        if table.name in masked
        else table
        for table in tables
    ]


def _has_masks(version: str) -> bool:
    major = version.partition(".")[0]
    return major.isdigit() and int(major) >= _FIRST_WITH_MASKS
