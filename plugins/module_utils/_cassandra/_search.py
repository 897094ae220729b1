# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Searches a keyspace: every table, every column that can hold text, keys included."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import threading
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import _scan, _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._scan import Coverage, ScanOptions, TableScan
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._session import Column, RawRow, Session, Table
from ansible_collections.genesys.gws.plugins.module_utils._errors import CassandraError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._findings import Finding, Names, OpaqueNames, OpaqueTier, names_in
from ansible_collections.genesys.gws.plugins.module_utils._identity import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._matching import Certainty, Hit, Matcher, Step, embedded_json

PROTOCOL_VERSION = 4  # the encoding of collections has not changed since protocol 3


@dataclasses.dataclass(frozen=True)
class Searched:
    """The result of a complete search. ``columns`` counts those read, ``columns_without_text`` those that can hold no text."""

    findings: tuple[Finding, ...]
    tables: tuple[Coverage, ...]
    columns: int
    columns_without_text: int
    views_left_out: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Question:
    """What is searched for."""

    subjects: Subjects
    matcher: Matcher
    groups: tuple[str, ...]


def selected_tables(tables: t.Sequence[Table], wanted: t.Sequence[str], excluded: t.Sequence[str]) -> list[Table]:
    """The tables to read. :raises InputError: for a name that no table has."""
    known = {table.name for table in tables}
    unknown = sum(1 for name in (*wanted, *excluded) if name not in known)
    if unknown:
        raise InputError(
            "unknown_table",
            "{} of the names in tables or exclude_tables are no tables of the keyspace. It has: {}.".format(
                unknown, ", ".join(sorted(known)) or "none"
            ),
        )
    return [table for table in tables if (not wanted or table.name in wanted) and table.name not in excluded]


def search_keyspace(
    session: Session,
    keyspace: str,
    question: Question,
    options: ScanOptions,
    wanted: t.Sequence[str],
    excluded: t.Sequence[str],
) -> Searched:
    """Search completely, or raise CassandraError. The schema and the ring must be the same at the end as at the start."""
    started = _scan.now()
    all_tables = session.tables(keyspace)
    tables = selected_tables(all_tables, wanted, excluded)
    problems = [f"{table.name} ({table.problem})" for table in tables if table.problem]
    if problems:
        raise CassandraError(
            "unreadable_table",
            f"The search can't be complete: {'; '.join(problems)}. Search through the API (gws_pii_delete without findings), or exclude_tables after "
            "looking at them by other means.",
        )
    space, tokens = session.ring()
    findings: list[Finding] = []
    coverages: list[Coverage] = []
    read = without_text = 0
    lost_before = threading.Event()
    for table in tables:
        columns = columns_to_read(table)
        with_text = sum(1 for column in columns if column.can_hold_text)
        read += with_text
        without_text += len(table.columns) - with_text
        take = functools.partial(findings_in_row, table, columns, question)
        scan: TableScan[Finding] = TableScan(session, keyspace, table, columns, take, options, lost_before)
        found, coverage = scan.run(space, tokens)
        findings.extend(found)
        coverages.append(coverage)
    _scan.complete_or_fail(coverages, _scan.now() - started)
    session.refresh()
    if session.tables(keyspace) != all_tables:
        raise CassandraError(
            "schema_changed",
            "The tables of the keyspace changed during the search, so it is not complete: run it again.",
        )
    if session.ring() != (space, tokens):
        raise CassandraError("ring_changed", "The token ring changed during the search, so it is not complete: run it again.")
    findings.sort(key=lambda finding: (finding.table, finding.row, finding.subject))
    return Searched(
        findings=tuple(findings),
        tables=tuple(coverages),
        columns=read,
        columns_without_text=without_text,
        views_left_out=session.view_count(keyspace),
        seconds=_scan.now() - started,
    )


def columns_to_read(table: Table) -> list[Column]:
    """Columns that can hold text, and all key columns: they name the row."""
    return [column for column in table.columns if column.can_hold_text or column.is_key]


def findings_in_row(table: Table, columns: t.Sequence[Column], question: Question, row: RawRow, types: tuple[t.Any, ...]) -> list[Finding]:
    """The findings in a candidate row, one for each subject, the surest."""
    values = [_values.decode(raw, cql_type, PROTOCOL_VERSION) for raw, cql_type in zip(row.cells[1:], types[1:], strict=True)]
    best: dict[int, tuple[Certainty, str]] = {}
    told: list[str] = []
    for column, value in zip(columns, values, strict=True):
        if not column.can_hold_text or value is None:
            continue
        for hit in question.matcher.in_value(value):
            if hit.subject not in best or hit.certainty > best[hit.subject][0]:
                best[hit.subject] = (hit.certainty, column.name)
            told.extend(_told_by_path(value, hit))
    if not best:
        return []
    opaque = OpaqueNames(question.subjects)
    tiers = _tiers(columns, values, row, types, told)
    token = str(int.from_bytes(row.cells[0] or b"", "big", signed=True))
    key = hashlib.sha256(repr([raw for raw, column in zip(row.cells[1:], columns, strict=True) if column.is_key]).encode()).hexdigest()
    in_group = not question.groups or any(tier.mention(group) for tier in tiers for group in question.groups)
    opaque_tiers = tuple(
        OpaqueTier(frozenset(opaque.of(name) for name in tier.names), frozenset(opaque.of(name) for name in tier.ids)) for tier in tiers
    )
    return [
        Finding(
            search_id=question.subjects.search_id,
            subject=question.subjects.subjects[number].ref,
            certainty=certainty.name.lower(),
            table=table.name,
            column=column_name,
            token=token,
            row=opaque.of(table.name + key),
            in_group=in_group,
            tiers=opaque_tiers,
        )
        for number, (certainty, column_name) in sorted(best.items())
    ]


def _tiers(
    columns: t.Sequence[Column], values: t.Sequence[t.Any], row: RawRow, types: tuple[t.Any, ...], told: list[str]
) -> tuple[Names, Names, Names]:
    """The names in the key columns, in the other columns, and on the way to the hits."""
    keys: list[str] = []
    others: list[str] = []
    for column, value, raw, cql_type in zip(columns, values, row.cells[1:], types[1:], strict=True):
        texts = _values.id_texts(raw, cql_type) + _scalars(value)
        (keys if column.is_key else others).extend(texts)
    return names_in(keys, parts=True), names_in(others), names_in(told)


def _scalars(value: t.Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value if isinstance(item, (str, int))]
    return [str(value)] if isinstance(value, (str, int)) and not isinstance(value, bool) else []


def _told_by_path(value: t.Any, hit: Hit) -> list[str]:
    """Object keys on the way to a hit, and the short scalars of the objects on the way: group names, keys of settings, ids."""
    told: list[str] = []
    here = value
    for step in hit.path:
        if step is Step.EMBEDDED_JSON:
            here = embedded_json(here)
            continue
        if isinstance(here, dict):
            told.extend(str(item) for item in here.values() if isinstance(item, (str, int)) and not isinstance(item, bool))
        if step is Step.OBJECT_KEY:
            break
        if isinstance(step, str):
            told.append(step)
        here = here[step]
    return told
