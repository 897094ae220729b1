# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The request of a search: what to search for, where, and how."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Table
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import ThrottleOptions


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of a search that one of several hosts runs: ``number`` of ``hosts``, each with its addresses."""

    number: int
    hosts: tuple[frozenset[str], ...]


@dataclasses.dataclass(frozen=True)
class SearchOptions:
    """How to run a search, apart from the scan. Empty paths mean none; without a share the whole ring is read. ``read_partly``: read the visible
    part of tables that Cassandra shows only in part, and report them.
    """

    throttle: ThrottleOptions = dataclasses.field(default_factory=ThrottleOptions)
    checkpoint_dir: str = ""
    progress_file: str = ""
    share: Share | None = None
    read_partly: bool = False


@dataclasses.dataclass(frozen=True)
class SearchRequest:
    """Everything that defines a search. Without ``tables`` all tables of the keyspace are read;
    ``source`` identifies the cluster and the keyspace in the findings.
    """

    subjects: Subjects
    matcher: Matcher
    keyspace: str
    tables: tuple[str, ...] = ()
    exclude_tables: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    source: str = ""
    scan: ScanOptions = dataclasses.field(default_factory=ScanOptions)
    search_options: SearchOptions = dataclasses.field(default_factory=SearchOptions)


def selected_tables(tables: t.Sequence[Table], wanted: t.Sequence[str], excluded: t.Sequence[str]) -> list[Table]:
    """The tables and views to read. A view is read if it is named, or if its table is excluded; otherwise it only repeats its table. :raises
    InputError: for the name of a table or view that does not exist.
    """
    known = {table.name for table in tables}
    unknown = sum(1 for name in (*wanted, *excluded) if name not in known)
    if unknown:
        raise InputError(
            "unknown_table",
            f"{counted(unknown, 'name', 'names')} in tables or exclude_tables {'is not a table' if unknown == 1 else 'are not tables'} of the keyspace, "
            f"which has: {', '.join(sorted(known)) or 'none'}.",
        )
    chosen = [table for table in tables if (table.name in wanted if wanted else not table.base or table.base in excluded)]
    return [table for table in chosen if table.name not in excluded]
