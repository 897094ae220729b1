# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The connection to Cassandra. The types and exceptions of cassandra-driver stop here.

Every statement is a plain, unprepared one: the prepared-statement cache of 3.11 is shared between sessions that see compact
tables differently, so a prepared SELECT may silently show less (cassandra.md §3.6).
"""

from __future__ import annotations

import dataclasses
import logging
import ssl
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import failures, pages, schema
from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CONSISTENCY_LEVELS, THRIFT_PORT, CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import Page, RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._scan.ring import Ring, TokenRange, token_space

with deps.declare("cassandra-driver"):
    import cassandra
    import cassandra.auth
    import cassandra.cluster
    import cassandra.encoder
    import cassandra.policies
    import cassandra.query

# Every version since 2.2 speaks it, and it is read twice as fast as 5, which cuts a page into segments with checksums of their own.
_PROTOCOL_VERSION = 4

# Rows of a page of everything but the search itself. A guardrail on pages counts for system tables, too: so it is small.
_FEW = 100

# Seconds within which the driver finds another node for its control connection, and the cluster notices that a node is dead.
_PATIENCE = 60.0
_PAUSE = 1.0
_FINAL = (PageReadError.NEVER, PageReadError.REFUSED)

_Answer = t.TypeVar("_Answer")


@dataclasses.dataclass(frozen=True)
class Coordinator:
    """A node that can be asked. ``host`` is the driver's."""

    address: str
    host: t.Any = dataclasses.field(compare=False)


class Session:
    """A session on one cluster. Use as a context manager."""

    def __init__(self, options: CassandraOptions, prefilter: Prefilter) -> None:
        _silence_driver()
        self._options = options
        if options.port == THRIFT_PORT:
            raise InputError(
                "thrift_port",
                "Port 9160 is Cassandra's Thrift port; this collection speaks CQL. Use the native port (native_transport_port, 9042 by default).",
            )
        level = options.consistency_level.upper()
        if level not in CONSISTENCY_LEVELS:
            raise InputError("bad_consistency", "consistency_level must be one of {}.".format(", ".join(CONSISTENCY_LEVELS)))
        ssl_context = _ssl_context(options)
        try:
            self._cluster = cassandra.cluster.Cluster(
                contact_points=list(options.hosts),
                port=options.port,
                auth_provider=_auth(options),
                ssl_context=ssl_context,
                connect_timeout=options.connect_timeout,
                control_connection_timeout=options.connect_timeout,
                execution_profiles=self._profiles(getattr(cassandra.ConsistencyLevel, level)),
                connection_class=pages.receiving_more(),
                no_compact=True,
                compression=False,  # else, where lz4 is installed, server and client spend as much on it as on the rest of a page
                protocol_version=_PROTOCOL_VERSION,
            )
        except cassandra.UnresolvableContactPoints:
            hosts = ", ".join(options.hosts)
            raise CassandraError(
                "cassandra_unreachable", f"Cassandra can't be reached: {hosts} has no address; check hosts and DNS."
            ) from None
        try:
            self._plain = self._cluster.connect()
            self._searching = self._cluster.connect()
        except Exception as error:  # the driver raises its own, socket, ssl and struct errors here; all are mapped by type
            self._cluster.shutdown()
            raise failures.connection_error(error, options) from None
        self._searching.client_protocol_handler = pages.searching_handler(prefilter)

    def _profiles(self, consistency_level: int) -> dict[t.Any, t.Any]:
        policies = cassandra.policies
        balancing = (
            policies.DCAwareRoundRobinPolicy(local_dc=self._options.local_dc) if self._options.local_dc else policies.RoundRobinPolicy()
        )
        profile = cassandra.cluster.ExecutionProfile(
            load_balancing_policy=balancing,
            retry_policy=policies.FallthroughRetryPolicy(),  # the scan decides; nothing is downgraded behind its back
            consistency_level=consistency_level,
            request_timeout=self._options.request_timeout,
            row_factory=lambda _names, page: page,
        )
        return {cassandra.cluster.EXEC_PROFILE_DEFAULT: profile}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._cluster.shutdown()

    @property
    def cluster_name(self) -> str:
        """The name in cassandra.yaml."""
        return str(self._cluster.metadata.cluster_name)

    @property
    def consistency_level(self) -> str:
        """At which each page is read."""
        return self._options.consistency_level.upper()

    def ring(self) -> Ring:
        """The token space, and the tokens with the nodes that own them."""
        metadata = self._cluster.metadata
        space = token_space(str(metadata.partitioner))
        if metadata.token_map is None or not metadata.token_map.ring:
            raise CassandraError(
                "no_ring",
                "Cassandra shows no token ring to this user: it must be able to read system.local and system.peers.",
            )
        owners = {int(token.value): _addresses(host) for token, host in metadata.token_map.token_to_host_owner.items()}
        tokens = sorted(owners)
        return Ring(space, tuple(tokens), tuple(owners[token] for token in tokens))

    def route(self, keyspace: str, token_range: TokenRange) -> tuple[tuple[Coordinator, ...], ...]:
        """Whom to ask for a range: the nodes that hold it, then the other ones. Nodes known to be down are left out while others are up."""
        token_map = self._cluster.metadata.token_map
        allowed = [host for host in self._cluster.metadata.all_hosts() if self._options.local_dc in (None, host.datacenter)]
        up = [host for host in allowed if host.is_up is not False] or allowed
        replicas = set(token_map.get_replicas(keyspace, token_map.token_class(token_range.end))) if token_map else set()
        if self._options.prefer:
            near = [host for host in up if self._options.prefer & _addresses(host)]
            replicas = set(near) or replicas
        near = [Coordinator(str(host.endpoint), host) for host in up if host in replicas]
        far = [Coordinator(str(host.endpoint), host) for host in up if host not in replicas]
        return tuple(tuple(tier) for tier in (near, far) if tier)

    @property
    def node_count(self) -> int:
        """How many nodes can be asked."""
        return sum(1 for host in self._cluster.metadata.all_hosts() if self._options.local_dc in (None, host.datacenter))

    def token_of(self, columns: t.Sequence[Column], row: RawRow) -> int:
        """The token of a row, computed from its partition key as Cassandra does."""
        parts = [raw or b"" for raw, column in zip(row.cells, columns, strict=True) if column.is_partition_key]
        key = parts[0] if len(parts) == 1 else b"".join(len(part).to_bytes(2, "big") + part + b"\x00" for part in parts)
        return int(self._cluster.metadata.token_map.token_class.from_key(key).value)

    def refresh(self) -> None:
        """Read schema and topology anew. :raises CassandraError: when no node gives them for a minute, or nodes do not agree on the schema."""

        def refresh() -> None:
            try:
                self._cluster.refresh_schema_metadata()
                self._cluster.refresh_nodes()
            except Exception as error:  # see read_page
                raise failures.page_read_error(error) from None

        self._patiently(refresh, "The schema and the ring could not be read again")

    def tables(self, keyspace: str) -> list[Table]:
        """All tables of the keyspace, by name. Views are left out: they repeat rows of their tables."""
        metadata = self._cluster.metadata.keyspaces.get(keyspace)
        if metadata is None:
            raise CassandraError(
                "no_keyspace",
                "Cassandra has no keyspace of the name given, or this user may not see it: check cass_keyspace "
                f"({len(self._cluster.metadata.keyspaces)} keyspaces are visible).",
            )
        if getattr(metadata, "_exc_info", None):
            raise CassandraError(
                "schema_unread", "The driver can't read the schema of the keyspace completely, so nothing can be said about it."
            )
        user_types = {name: [str(field) for field in user_type.field_types] for name, user_type in metadata.user_types.items()}
        tables = [schema.table_of(name, metadata.tables[name], user_types) for name in sorted(metadata.tables)]
        thrift = self._static_compact_tables(keyspace)
        identities = self._identities(keyspace)
        tables = [dataclasses.replace(table, identity=identities.get(table.name, "")) for table in tables]
        return [thrift[table.name](table) if table.name in thrift else table for table in tables]

    def _identities(self, keyspace: str) -> dict[str, str]:
        if self._schema_is_in_system():
            statement = "SELECT columnfamily_name, cf_id FROM system.schema_columnfamilies WHERE keyspace_name = %s"
        else:
            statement = "SELECT table_name, id FROM system_schema.tables WHERE keyspace_name = %s"
        return {name: str(identity) for name, identity in self._read(statement, (keyspace,))}

    def _static_compact_tables(self, keyspace: str) -> dict[str, t.Callable[[Table], Table]]:
        """What to do with each static compact table: they hide columns that Thrift clients added (cassandra.md §3.6).

        From 3.0 on a session with NO_COMPACT, which this one is, can read them by name; the driver's metadata leaves the names out. On 2.x no
        CQL shows them.
        """
        if self._schema_is_in_system():
            rows = self._read(
                "SELECT columnfamily_name, is_dense, comparator, type FROM system.schema_columnfamilies WHERE keyspace_name = %s",
                (keyspace,),
            )
            hidden = [
                name for name, dense, comparator, kind in rows if not dense and (kind == "Super" or "CompositeType(" not in comparator)
            ]
            problem = "this version of Cassandra shows CQL clients not all columns of a static compact table of Thrift"
            return {name: lambda table: dataclasses.replace(table, problem=problem) for name in hidden}
        rows = self._read("SELECT table_name, flags FROM system_schema.tables WHERE keyspace_name = %s", (keyspace,))
        flags = {name: set(set_flags or ()) for name, set_flags in rows}
        hiding = {name for name, set_flags in flags.items() if "super" in set_flags or not {"compound", "dense"} & set_flags}
        if any(not str(host.release_version or "").startswith("3.") for host in self._cluster.metadata.all_hosts()):
            problem = "this version of Cassandra shows CQL clients not all columns of a static compact or super table of Thrift"
            return {name: lambda table: dataclasses.replace(table, problem=problem) for name in hiding}
        columns = self._read(
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
        return {
            name: lambda table: dataclasses.replace(
                table,
                columns=tuple(shown[table.name]),
                problem="CQL has no name for some of its columns" if table.name in unnamed else table.problem,
            )
            for name in hiding
        }

    def _schema_is_in_system(self) -> bool:
        """Whether the cluster is older than 3.0, where schema tables were in the keyspace system."""
        versions = [str(host.release_version or "") for host in self._cluster.metadata.all_hosts()]
        return any(version.startswith(("1.", "2.")) for version in versions)

    def view_count(self, keyspace: str) -> int:
        """How many materialized views the keyspace has."""
        return len(self._cluster.metadata.keyspaces[keyspace].views)

    def read_page(self, statement: str, page_size: int, state: bytes | None, coordinator: Coordinator | None = None) -> Page:
        """One page of a SELECT, asked of this node, or of any. :raises PageReadError: when it could not be read, with what to do about it."""
        query = cassandra.query.SimpleStatement(statement, fetch_size=page_size, is_idempotent=True)
        try:
            result = self._searching.execute(query, paging_state=state, host=coordinator.host if coordinator else None)
        except Exception as error:  # every failure of a page is mapped by type, an unknown one is unread too
            raise failures.page_read_error(error) from None
        page: Page = result.current_rows[0]
        return dataclasses.replace(page, next_state=result.paging_state)

    def rows(self, statement: str, parameters: tuple[t.Any, ...] | None = None) -> t.Iterator[tuple[t.Any, ...]]:
        """The decoded rows of a SELECT, page by page. :raises PageReadError: at the row from which on they can't be read."""
        try:
            for row in self._plain.execute(cassandra.query.SimpleStatement(statement, fetch_size=_FEW, is_idempotent=True), parameters):
                yield tuple(row)
        except Exception as error:  # see read_page
            raise failures.page_read_error(error) from None

    @staticmethod
    def literal(value: t.Any) -> str:
        """A value as CQL writes it."""
        return str(cassandra.encoder.Encoder().cql_encode_all_types(value))

    def write(self, statement: str, parameters: tuple[t.Any, ...]) -> None:
        """A statement that writes, with bound values. It is sent once: whether it is done anew is for the caller to decide."""
        try:
            self._plain.execute(statement, parameters)
        except Exception as error:  # see read_page
            raise CassandraError("cql_failed", f"A CQL statement failed: {failures.page_read_error(error).reason}.") from None

    def _read(self, statement: str, parameters: tuple[t.Any, ...]) -> list[tuple[t.Any, ...]]:
        """All rows of a SELECT on the schema."""
        return self._patiently(lambda: list(self.rows(statement, parameters)), "The schema could not be read")

    @staticmethod
    def _patiently(ask: t.Callable[[], _Answer], failure: str) -> _Answer:
        """What is asked raises PageReadError: ask again while a node that has just died is in the way."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return ask()
            except PageReadError as unread:
                if unread.remedy in _FINAL or time.monotonic() > until:
                    raise CassandraError("schema_unread", f"{failure}: {unread.reason}. Run it again.") from None
            time.sleep(_PAUSE)


def _addresses(host: t.Any) -> frozenset[str]:
    """The addresses by which a node is known: those that clients and other nodes use."""
    known = (host.address, host.broadcast_rpc_address, host.broadcast_address, host.listen_address)
    return frozenset(str(address) for address in known if address)


def _auth(options: CassandraOptions) -> t.Any:
    if not options.user:
        return None
    return cassandra.auth.PlainTextAuthProvider(username=options.user, password=options.password or "")


def _ssl_context(options: CassandraOptions) -> ssl.SSLContext | None:
    if not options.ssl:
        return None
    try:
        context = ssl.create_default_context(cafile=options.ca_cert or None)
        if not options.validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.check_hostname = options.check_hostname
        if options.client_cert:
            context.load_cert_chain(options.client_cert, options.client_key or None)
    except (OSError, ssl.SSLError):
        raise InputError("bad_certificate", "ca_cert, client_cert or client_key can't be read, or is not PEM.") from None
    return context


def _silence_driver() -> None:
    """The driver's log lines hold statements and values."""
    logger = logging.getLogger("cassandra")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False
