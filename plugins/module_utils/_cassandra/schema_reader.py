# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads the tables of a keyspace, from the driver's metadata and, where that is incomplete, from the schema tables."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import masks, thrift_schema
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Table, table_of
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.system_keyspaces import SYSTEM_KEYSPACES
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted


class SchemaReader:
    """``metadata`` is the driver's; ``read`` returns all rows of a SELECT on the schema."""

    def __init__(self, metadata: t.Any, read: thrift_schema.ReadSchema) -> None:
        self._metadata = metadata
        self._read = read

    def tables(self, keyspace: str) -> list[Table]:
        """All tables of the keyspace by name, followed by its materialized views."""
        metadata = self._metadata.keyspaces.get(keyspace)
        if metadata is None:
            raise CassandraError(
                "no_keyspace",
                "The keyspace does not exist, or this user may not see it: check cass_keyspace "
                f"({counted(len(self._metadata.keyspaces), 'keyspace is', 'keyspaces are')} visible).",
            )
        if keyspace in SYSTEM_KEYSPACES:
            raise CassandraError("own_keyspace", "The keyspace belongs to Cassandra itself and holds no GWS settings: check cass_keyspace.")
        if not metadata.tables and not getattr(metadata, "_exc_info", None):
            raise CassandraError(
                "no_tables",
                "The keyspace has no tables, or this user may not see any of them, so it can't be searched: check cass_keyspace.",
            )
        if getattr(metadata, "_exc_info", None):
            raise CassandraError(
                "schema_unread",
                "The driver can't read the schema of the keyspace completely, so it can't be searched: look for broken tables or types with cqlsh.",
            )
        user_types = {name: [str(field) for field in user_type.field_types] for name, user_type in metadata.user_types.items()}
        tables = [table_of(name, metadata.tables[name], user_types) for name in sorted(metadata.tables)]
        identities = self._identities(keyspace)
        tables = [dataclasses.replace(table, identity=identities.get(table.name, "")) for table in tables]
        views = [
            dataclasses.replace(table_of(name, view, user_types), base=view.base_table_name, identity=identities.get(name, ""))
            for name, view in sorted(metadata.views.items())
        ]
        shown = [*thrift_schema.with_hidden_columns(tables, keyspace, self._versions(), self._read), *views]
        return masks.with_masks(shown, keyspace, self._versions(), self._read)

    def _identities(self, keyspace: str) -> dict[str, str]:
        if thrift_schema.schema_is_in_system(self._versions()):
            statements = ["SELECT columnfamily_name, cf_id FROM system.schema_columnfamilies WHERE keyspace_name = %s"]
        else:
            statements = [
                "SELECT table_name, id FROM system_schema.tables WHERE keyspace_name = %s",
                "SELECT view_name, id FROM system_schema.views WHERE keyspace_name = %s",
            ]
        return {name: str(identity) for statement in statements for name, identity in self._read(statement, (keyspace,))}

    def _versions(self) -> list[str]:
        return [str(host.release_version or "") for host in self._metadata.all_hosts()]
