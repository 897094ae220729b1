# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The findings in a candidate row: which subjects it contains, with what certainty, and the names by which a setting may explain it."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import Step, embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import Levels, row_names
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchRequest

PROTOCOL_VERSION = 4  # the encoding of collections has not changed since protocol 3


def columns_to_read(table: Table) -> list[Column]:
    """Columns that can hold text or numbers, and all key columns, which identify the row."""
    return [column for column in table.columns if column.is_searched or column.is_key]


def findings_in_row(
    table: Table, columns: t.Sequence[Column], request: SearchRequest, row: RawRow, types: tuple[t.Any, ...], token: int
) -> list[Finding]:
    """The findings in a candidate row: the most certain one for each subject."""
    values = [_values.decode(raw, cql_type, PROTOCOL_VERSION) for raw, cql_type in zip(row.cells, types, strict=True)]
    best: dict[int, tuple[Certainty, str]] = {}
    ways: dict[int, list[Levels]] = {}
    for column, decoded in zip(columns, values, strict=True):
        if not column.is_searched or decoded is None:
            continue
        value = decoded if column.can_hold_text else {column.name: decoded}  # the name of its column helps to judge a number
        for hit in request.matcher.in_value(value):
            if hit.subject not in best or hit.certainty > best[hit.subject][0]:
                best[hit.subject] = (hit.certainty, column.name)
            ways.setdefault(hit.subject, []).append(_way_to(value, hit))
    if not best:
        return []
    opaque = OpaqueNames(request.subjects)
    reference = opaque.of_row(table.name, [raw for raw, column in zip(row.cells, columns, strict=True) if column.is_key])
    keys, others = _named_columns(columns, values, row, types)
    named = {number: row_names(keys, others, ways[number]) for number in best}
    return [
        Finding(
            search_id=request.subjects.search_id,
            subject=request.subjects.subjects[number].ref,
            certainty=certainty.name.lower(),
            table=table.name,
            column=column_name,
            token=opaque.hide_token(token, reference),
            row=reference,
            in_group=not request.groups or any(named[number].mention(group) for group in request.groups),
            named=NamedRow.of(named[number], opaque),
            source=request.source,
        )
        for number, (certainty, column_name) in sorted(best.items())
    ]


def _named_columns(
    columns: t.Sequence[Column], values: t.Sequence[t.Any], row: RawRow, types: tuple[t.Any, ...]
) -> tuple[list[tuple[str, list[list[str]]]], list[tuple[str, list[str]]]]:
    """The readings of each key column, and the texts of each other column."""
    keys: list[tuple[str, list[list[str]]]] = []
    others: list[tuple[str, list[str]]] = []
    for column, value, raw, cql_type in zip(columns, values, row.cells, types, strict=True):
        ids, texts = _values.id_texts(raw, cql_type), _scalars(value)
        if column.is_key:
            keys.append((column.name, [*([one] for one in ids), texts] if texts else [[one] for one in ids]))
        else:
            others.append((column.name, ids + texts))
    return keys, others


def _scalars(value: t.Any) -> list[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [text for item in value for text in _scalars(item)]
    return [str(value)] if isinstance(value, (str, int)) and not isinstance(value, bool) else []


def _way_to(value: t.Any, hit: Hit) -> Levels:
    """Object keys on the JSON path to a hit, and the scalars of the objects on that path: group names, keys of settings, ids."""
    levels: list[tuple[str, ...]] = []
    here = value
    for step in hit.path:
        if step is Step.EMBEDDED_JSON:
            here = embedded_json(here)
            continue
        level: list[str] = []
        if isinstance(here, dict):
            level.extend(str(item) for item in here.values() if isinstance(item, (str, int)) and not isinstance(item, bool))
        if step is Step.OBJECT_KEY:
            levels.append(tuple(level))
            break
        if isinstance(step, str):
            level.append(step)
        levels.append(tuple(level))
        here = here[step]
    return tuple(levels)
