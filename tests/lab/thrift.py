# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Thrift, as clients of Cassandra up to 3.11 spoke it: makes column families and rows that CQL can't make or shows in part only.

Only what the tests need. The numbers of the fields are those of Cassandra's interface; what is optional there and not needed is left out.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import thriftpy2
from thriftpy2.rpc import make_client
from thriftpy2.transport import TCyFramedTransportFactory

from tests.lab.cassandra import CassandraNode, LabError

_INTERFACE = """
struct Column { 1: required binary name, 2: required binary value, 3: required i64 timestamp }
struct SuperColumn { 1: required binary name, 2: required list<Column> columns }
struct ColumnOrSuperColumn { 1: optional Column column, 2: optional SuperColumn super_column }
struct Mutation { 1: optional ColumnOrSuperColumn column_or_supercolumn }
struct ColumnDef { 1: required binary name, 2: required string validation_class }
struct CfDef {
    1: required string keyspace,
    2: required string name,
    3: optional string column_type,
    5: optional string comparator_type,
    6: optional string subcomparator_type,
    13: optional list<ColumnDef> column_metadata,
    15: optional string default_validation_class,
    26: optional string key_validation_class
}
exception InvalidRequestException { 1: required string why }
exception UnavailableException {}
exception TimedOutException {}
exception SchemaDisagreementException {}
service Cassandra {
    void set_keyspace(1: required string keyspace) throws (1: InvalidRequestException ire),
    string system_add_column_family(1: required CfDef cf_def)
        throws (1: InvalidRequestException ire, 2: SchemaDisagreementException sde),
    void batch_mutate(1: required map<binary, map<string, list<Mutation>>> mutation_map, 2: required i32 consistency_level)
        throws (1: InvalidRequestException ire, 2: UnavailableException ue, 3: TimedOutException te)
}
"""
_ONE = 1  # ConsistencyLevel.ONE
_THRIFT: Any = thriftpy2.load_fp(io.StringIO(_INTERFACE), "cassandra_thrift")


class ThriftClient:
    """A connection to a node that was started with `thrift=True`. The keyspace must exist. Use as a context manager."""

    def __init__(self, node: CassandraNode, keyspace: str) -> None:
        if not node.thrift:
            raise LabError("the node was started without Thrift: use CassandraNode(thrift=True)")
        self._keyspace = keyspace
        self._client: Any = make_client(
            _THRIFT.Cassandra, node.address, node.rpc_port, trans_factory=TCyFramedTransportFactory(), timeout=30_000
        )
        self._client.set_keyspace(keyspace)

    def __enter__(self) -> ThriftClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def create(
        self,
        name: str,
        *,
        comparator: str | None = None,
        sub_comparator: str | None = None,
        key: str | None = None,
        default: str | None = None,
        columns: Mapping[bytes, str] | None = None,
    ) -> None:
        """Make a column family; what is not given is what Cassandra takes then (BytesType). With a sub-comparator it is a super one.

        :param columns: the declared columns, with the type of each.
        """
        declared = [_THRIFT.ColumnDef(name=column, validation_class=kind) for column, kind in (columns or {}).items()]
        self._client.system_add_column_family(
            _THRIFT.CfDef(
                keyspace=self._keyspace,
                name=name,
                column_type="Super" if sub_comparator else "Standard",
                comparator_type=comparator,
                subcomparator_type=sub_comparator,
                column_metadata=declared,
                default_validation_class=default,
                key_validation_class=key,
            )
        )

    def insert(self, family: str, key: bytes, columns: Mapping[bytes, bytes], *, super_column: bytes | None = None) -> None:
        """Write columns of one row."""
        now = time.time_ns() // 1000
        written = [_THRIFT.Column(name=name, value=value, timestamp=now) for name, value in columns.items()]
        if super_column is None:
            changes = [_THRIFT.ColumnOrSuperColumn(column=column) for column in written]
        else:
            changes = [_THRIFT.ColumnOrSuperColumn(super_column=_THRIFT.SuperColumn(name=super_column, columns=written))]
        mutations = [_THRIFT.Mutation(column_or_supercolumn=change) for change in changes]
        self._client.batch_mutate({key: {family: mutations}}, _ONE)


def composite(*components: bytes) -> bytes:
    """A value of CompositeType: each component with its length before it and an end-of-component byte behind it."""
    return b"".join(len(component).to_bytes(2, "big") + component + b"\x00" for component in components)
