# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Subject access: what was found about each person, sealed for the action plugin, which writes it to the control node."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import AROUND_JSON, embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import text_of
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved
from ansible_collections.genesys.gws.plugins.module_utils._evidence.export import Export, json_of
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan import row_findings as _rows

_PAGE = 500


def spec() -> argspec.Spec:
    """The options."""
    return {"export": {"type": "path"}, "export_key": {"type": "str", "no_log": True}}


def sealed_export(params: dict[str, t.Any], subjects: Subjects, matcher: Matcher, resolved: Resolved) -> str:
    """Everything that GWS shows of the people, and the rows that it does not show, sealed with ``export_key``. :raises GwsPiiError: if a row can't
    be read; an export is complete, or there is none.
    """
    try:
        key = Key(bytes.fromhex(params["export_key"] or ""))
        key.digest("export")
    except ValueError:
        raise InputError("bad_export", "export works only through the action plugin of gws_pii_delete.") from None
    made_at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    export = Export([subject.ref for subject in subjects.subjects], matcher, made_at)
    for resource in resolved.plan.resources:
        text = getattr(resource.setting, "text", None)
        group = resource.group
        export.add_setting(
            owner=resource.scope.owner,
            group=group.name,
            display_name=getattr(group, "display_name", group.name),
            key_attribute=group.key,
            value=resource.setting,
            text=text if isinstance(text, str) else text_of(resource.setting),
        )
    unexplained = [finding for finding, found in resolved.classes if found is not FindingClass.EXPLAINED]
    if unexplained:
        _add_rows(params, subjects, unexplained, export)
    return key.seal(json_of(export.result()).encode("utf-8", "surrogatepass"))


def _add_rows(params: dict[str, t.Any], subjects: Subjects, findings: t.Sequence[Finding], export: Export) -> None:
    """Read the rows of findings again that no setting of GWS explains."""
    opaque = OpaqueNames(subjects)
    wanted: dict[tuple[str, int], set[str]] = {}
    for finding in findings:
        wanted.setdefault((finding.table, opaque.token_of(finding)), set()).add(finding.row)
    keyspace = params["keyspace"]
    with Session(_options.cassandra_of(params), Prefilter(subjects)) as session:
        tables = {table.name: table for table in session.tables(keyspace)}
        for (name, token), rows in sorted(wanted.items()):
            if name not in tables:
                raise CassandraError("schema_changed", "A table named in the findings no longer exists: search again.")
            table = tables[name]
            columns = _rows.columns_to_read(table)
            statement = table.select(columns, keyspace, f"{table.token} = {token}")
            state: bytes | None = None
            while True:
                try:
                    page = session.read_page(statement, _PAGE, state)
                except PageReadError as unread:
                    raise CassandraError("cql_failed", f"A row for the export could not be read again: {unread.reason}.") from None
                for row in page.candidates:
                    keys = [raw for raw, column in zip(row.cells, columns, strict=True) if column.is_key]
                    if opaque.of_row(name, keys) in rows:
                        for column, raw, cql_type in zip(columns, row.cells, page.types, strict=True):
                            _add_value(export, name, column.name, _values.decode(raw, cql_type, _rows.PROTOCOL_VERSION))
                state = page.next_state
                if state is None:
                    break


def _add_value(export: Export, table: str, column: str, value: t.Any) -> None:
    document = embedded_json(value) if isinstance(value, str) else value
    if isinstance(document, (dict, list)):
        text = value.strip(AROUND_JSON) if isinstance(value, str) else text_of(document)
        if isinstance(document, list):
            document, text = {"value": document}, f'{{"value": {text}}}'
        export.add_value(table, column, document, text)
    elif value is not None:
        export.add_value(table, column, value, "")
