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
import io
import logging
import ssl
import struct
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils import _deps
from ansible_collections.genesys.gws.plugins.module_utils._cassandra import _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._ring import TokenSpace, token_space
from ansible_collections.genesys.gws.plugins.module_utils._errors import CassandraError, InputError

with _deps.declare("cassandra-driver"):
    import cassandra
    import cassandra.auth
    import cassandra.cluster
    import cassandra.connection
    import cassandra.policies
    import cassandra.protocol
    import cassandra.query

CONSISTENCY_LEVELS = ("ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "LOCAL_ONE")
THRIFT_PORT = 9160
_INT = struct.Struct(">i")  # [int] of the CQL binary protocol; a negative length is null
_BLOCK = 64  # rows asked about at once, in a page that may hold a match


@dataclasses.dataclass(frozen=True)
class CassandraOptions:
    """How to connect. Timeouts in seconds."""

    hosts: tuple[str, ...]
    port: int
    user: str | None
    password: str | None
    ssl: bool
    ca_cert: str | None
    client_cert: str | None
    client_key: str | None
    validate_certs: bool
    check_hostname: bool
    consistency_level: str
    local_dc: str | None
    connect_timeout: float
    request_timeout: float


@dataclasses.dataclass(frozen=True)
class Column:
    """A column as the schema has it."""

    name: str
    cql_type: str
    is_key: bool
    is_partition_key: bool
    can_hold_text: bool


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as the schema has it, key columns first.

    ``problem`` says why a read of these columns would not be all of the table; '' when it is.
    """

    name: str
    columns: tuple[Column, ...]
    problem: str = ""

    @property
    def token(self) -> str:
        """The CQL of the token of a row."""
        return "token({})".format(", ".join(quoted(column.name) for column in self.columns if column.is_partition_key))

    def select(self, columns: t.Iterable[Column], keyspace: str, where: str) -> str:
        """The CQL that reads the token and these columns."""
        names = ", ".join([self.token, *(quoted(column.name) for column in columns)])
        condition = " WHERE " + where if where else ""
        return f"SELECT {names} FROM {quoted(keyspace)}.{quoted(self.name)}{condition}"


@dataclasses.dataclass(frozen=True)
class RawRow:
    """A row that may match: the raw bytes of each column selected, its token first."""

    cells: tuple[bytes | None, ...]


@dataclasses.dataclass(frozen=True)
class Page:
    """``rows`` rows were read; ``candidates`` are those that the prefilter let through."""

    rows: int
    candidates: tuple[RawRow, ...]
    types: tuple[t.Any, ...]
    next_state: bytes | None


class PageUnread(Exception):
    """A page could not be read. ``reason`` is for people, ``remedy`` for the scan."""

    SMALLER = "smaller"  # too much at once: make the page smaller, then the range
    SLOW = "slow"  # the same, but each try costs a timeout
    SMALLER_PAGE = "smaller page"  # a smaller page may help, a smaller range can't
    LATER = "later"  # nobody there, or overloaded: try again
    NEVER = "never"  # it will be refused again

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def quoted(name: str) -> str:
    """An identifier as CQL wants it."""
    return '"{}"'.format(name.replace('"', '""'))


class Session:
    """A session on one cluster. Use as a context manager."""

    def __init__(self, options: CassandraOptions, may_match: t.Callable[[bytes], bool]) -> None:
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
                no_compact=True,
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
            raise _connection_error(error, options) from None
        self._searching.client_protocol_handler = _searching_handler(may_match)

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

    def ring(self) -> tuple[TokenSpace, list[int]]:
        """The token space and the tokens that the nodes own, sorted."""
        metadata = self._cluster.metadata
        space = token_space(str(metadata.partitioner))
        if metadata.token_map is None or not metadata.token_map.ring:
            raise CassandraError(
                "no_ring",
                "Cassandra shows no token ring to this user: it must be able to read system.local and system.peers.",
            )
        return space, sorted(int(token.value) for token in metadata.token_map.ring)

    def refresh(self) -> None:
        """Read schema and topology anew."""
        try:
            self._cluster.refresh_schema_metadata()
            self._cluster.refresh_nodes()
        except Exception as error:  # see __init__
            raise _connection_error(error, self._options) from None

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
        tables = [_table(name, metadata.tables[name], user_types) for name in sorted(metadata.tables)]
        thrift = self._static_compact_tables(keyspace)
        return [thrift[table.name](table) if table.name in thrift else table for table in tables]

    def _static_compact_tables(self, keyspace: str) -> dict[str, t.Callable[[Table], Table]]:
        """What to do with each static compact table: they hide columns that Thrift clients added (cassandra.md §3.6).

        From 3.0 on a session with NO_COMPACT, which this one is, can read them by name; the driver's metadata leaves the names out. On 2.x no
        CQL shows them.
        """
        if self._schema_is_in_system():
            rows = self.execute(
                "SELECT columnfamily_name, is_dense, comparator, type FROM system.schema_columnfamilies WHERE keyspace_name = %s",
                (keyspace,),
            )
            hidden = [
                name for name, dense, comparator, kind in rows if not dense and kind == "Standard" and "CompositeType(" not in comparator
            ]
            problem = "this version of Cassandra shows CQL clients not all columns of a static compact table of Thrift"
            return {name: lambda table: dataclasses.replace(table, problem=problem) for name in hidden}
        flags = self.execute("SELECT table_name, flags FROM system_schema.tables WHERE keyspace_name = %s", (keyspace,))
        static = {name for name, set_flags in flags if not {"compound", "dense", "super"} & set(set_flags or ())}
        columns = self.execute(
            "SELECT table_name, column_name, kind, type FROM system_schema.columns WHERE keyspace_name = %s", (keyspace,)
        )
        added: dict[str, list[Column]] = {}
        for table, name, kind, cql_type in columns:
            if table in static and kind in ("clustering", "regular"):
                column = Column(name, cql_type, kind == "clustering", False, _values.can_hold_text(cql_type, {}))
                added.setdefault(table, []).append(column)
        return {name: _adder(hidden) for name, hidden in added.items()}

    def _schema_is_in_system(self) -> bool:
        """Whether the cluster is older than 3.0, where schema tables were in the keyspace system."""
        versions = [str(host.release_version or "") for host in self._cluster.metadata.all_hosts()]
        return any(version.startswith(("1.", "2.")) for version in versions)

    def view_count(self, keyspace: str) -> int:
        """How many materialized views the keyspace has."""
        return len(self._cluster.metadata.keyspaces[keyspace].views)

    def read_page(self, statement: str, page_size: int, state: bytes | None) -> Page:
        """One page of a SELECT. :raises PageUnread: when it could not be read, with what to do about it."""
        query = cassandra.query.SimpleStatement(statement, fetch_size=page_size, is_idempotent=True)
        try:
            result = self._searching.execute(query, paging_state=state)
        except Exception as error:  # every failure of a page is mapped by type, an unknown one is unread too
            raise _page_unread(error) from None
        page: Page = result.current_rows[0]
        return dataclasses.replace(page, next_state=result.paging_state)

    def execute(self, statement: str, parameters: tuple[t.Any, ...] = ()) -> list[tuple[t.Any, ...]]:
        """A statement of our own that is no search (bound values, all rows)."""
        try:
            return [tuple(row) for row in self._plain.execute(statement, parameters)]
        except Exception as error:  # see read_page
            unread = _page_unread(error)
            raise CassandraError("cql_failed", f"A CQL statement failed: {unread.reason}.") from None


def _table(name: str, metadata: t.Any, user_types: dict[str, list[str]]) -> Table:
    partition_key = [column.name for column in metadata.partition_key]
    keys = partition_key + [column.name for column in metadata.clustering_key]
    names = keys + [column for column in metadata.columns if column not in keys]
    columns = []
    for column in names:
        cql_type = str(metadata.columns[column].cql_type)
        columns.append(
            Column(
                name=column,
                cql_type=cql_type,
                is_key=column in keys,
                is_partition_key=column in partition_key,
                can_hold_text=_values.can_hold_text(cql_type, user_types),
            )
        )
    # The driver keeps the columns that it understood before an error, and says so in a private field only (MetadataParser).
    broken = getattr(metadata, "_exc_info", None) is not None
    return Table(name, tuple(columns), "the driver can't read its schema completely" if broken else "")


def _adder(hidden: list[Column]) -> t.Callable[[Table], Table]:
    """Adds columns to a table that has them hidden, key columns first."""

    def add(table: Table) -> Table:
        known = {column.name for column in table.columns}
        columns = (*table.columns, *(column for column in hidden if column.name not in known))
        return dataclasses.replace(table, columns=tuple(sorted(columns, key=lambda column: not column.is_key)))

    return add


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


def _searching_handler(may_match: t.Callable[[bytes], bool]) -> t.Any:
    """A protocol handler that searches the bytes of a page and takes apart only those pages that may match.

    ``Session.client_protocol_handler`` is the driver's documented way to decode results differently.
    """
    protocol = cassandra.protocol
    compressed = 0x01  # CQL binary protocol, section 2.2: flags
    other_flags = 0x02 | 0x04 | 0x08  # tracing, custom payload, warnings: they stand before the result

    class SearchingHandler(protocol._ProtocolHandler):  # type: ignore[misc,name-defined]
        @classmethod
        def decode_message(  # pylint: disable=too-many-arguments
            cls,
            protocol_version: int,
            user_type_map: t.Any,
            stream_id: int,
            flags: int,
            opcode: int,
            body: bytes,
            decompressor: t.Any,
            result_metadata: t.Any,
        ) -> t.Any:
            if opcode == protocol.ResultMessage.opcode:
                if flags & compressed:
                    body = decompressor(body)
                    flags ^= compressed
                stream = io.BytesIO(body)
                _skip_prefix(stream, flags & other_flags)
                if protocol.read_int(stream) == protocol.RESULT_KIND_ROWS:
                    message = protocol.ResultMessage(protocol.RESULT_KIND_ROWS)
                    message.recv_results_metadata(stream, user_type_map)
                    metadata = message.column_metadata or result_metadata or []
                    message.column_names = [column[2] for column in metadata]
                    message.column_types = [column[3] for column in metadata]
                    count = protocol.read_int(stream)
                    candidates = _candidates(body, stream.tell(), count, len(metadata), may_match)
                    message.parsed_rows = Page(count, candidates, tuple(message.column_types), None)
                    message.stream_id = stream_id
                    message.trace_id = None
                    message.custom_payload = None
                    message.warnings = None
                    return message
            return super().decode_message(protocol_version, user_type_map, stream_id, flags, opcode, body, decompressor, result_metadata)

    return SearchingHandler


def _skip_prefix(stream: io.BytesIO, flags: int) -> None:
    protocol = cassandra.protocol
    if flags & 0x02:
        stream.read(16)
    if flags & 0x08:
        protocol.read_stringlist(stream)
    if flags & 0x04:
        protocol.read_bytesmap(stream)


def _candidates(body: bytes, position: int, rows: int, columns: int, may_match: t.Callable[[bytes], bool]) -> tuple[RawRow, ...]:
    """The rows of a page that may match, as raw cells. The page is asked first, then blocks of rows, then each row."""
    if not rows or not may_match(body):
        return ()
    starts = [position]
    for _row in range(rows):
        for _column in range(columns):
            length = _INT.unpack_from(body, position)[0]
            position += _INT.size + max(length, 0)
        starts.append(position)
    found: list[RawRow] = []
    for block in range(0, rows, _BLOCK):
        end = min(block + _BLOCK, rows)
        if may_match(body[starts[block] : starts[end]]):
            found.extend(_cells(body, starts[row], columns) for row in range(block, end) if may_match(body[starts[row] : starts[row + 1]]))
    return tuple(found)


def _cells(body: bytes, position: int, columns: int) -> RawRow:
    cells: list[bytes | None] = []
    for _column in range(columns):
        length = _INT.unpack_from(body, position)[0]
        position += _INT.size
        cells.append(body[position : position + length] if length >= 0 else None)
        position += max(length, 0)
    return RawRow(tuple(cells))


def _causes(error: BaseException) -> list[BaseException]:
    """An error and those that NoHostAvailable carries for each host."""
    inner = getattr(error, "errors", None)
    values = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, (list, tuple)) else ()
    return [error, *(value for value in values if isinstance(value, BaseException))]


def _connection_error(error: Exception, options: CassandraOptions) -> CassandraError:
    hosts = ", ".join(options.hosts)
    causes = _causes(error)
    if any(isinstance(cause, cassandra.AuthenticationFailed) for cause in causes):
        if options.user:
            return CassandraError("cassandra_login", "Cassandra refused the login: check cass_username and cass_password.")
        return CassandraError("cassandra_login", "Cassandra wants a login: give cass_username and cass_password.")
    # The driver raises a failed handshake anew as a plain OSError with the number of the SSL error (1) and its text.
    texts = [str(cause) for cause in causes if isinstance(cause, ssl.SSLError) or (options.ssl and isinstance(cause, PermissionError))]
    if any("CERTIFICATE_VERIFY_FAILED" in text for text in texts):
        return CassandraError(
            "cassandra_certificate",
            f"The certificate of Cassandra at {hosts} port {options.port} could not be verified: give ca_cert (and see check_hostname).",
        )
    if texts:
        return CassandraError(
            "cassandra_tls",
            f"TLS with Cassandra at {hosts} port {options.port} failed: check ssl, the port and client_cert.",
        )
    if any(isinstance(cause, cassandra.cluster.NoHostAvailable) for cause in causes) and any(
        isinstance(cause, (cassandra.connection.ProtocolError, cassandra.ProtocolVersion, cassandra.UnsupportedOperation))
        for cause in causes
    ):
        return CassandraError(
            "cassandra_protocol",
            f"What answers at {hosts} port {options.port} does not speak CQL: use the native port (native_transport_port, 9042 by default), not Thrift.",
        )
    return CassandraError(
        "cassandra_unreachable",
        f"Cassandra can't be reached at {hosts} port {options.port} ({_kind(causes[-1])}): check hosts, port, firewall and ssl.",
    )


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _page_unread(error: Exception) -> PageUnread:
    causes = _causes(error)

    def seen(*kinds: t.Any) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if seen(cassandra.Unauthorized, cassandra.AuthenticationFailed):
        return PageUnread("this user has no SELECT permission", PageUnread.NEVER)
    if seen(cassandra.Unavailable):
        return PageUnread("too few replicas are up for the consistency level", PageUnread.LATER)
    if seen(cassandra.ReadTimeout, cassandra.OperationTimedOut):
        return PageUnread("timed out", PageUnread.SLOW)
    if seen(cassandra.ReadFailure, cassandra.CoordinationFailure):
        return PageUnread("read failure on a replica (too many tombstones, or a broken disk)", PageUnread.SMALLER)
    if seen(cassandra.protocol.OverloadedErrorMessage, cassandra.protocol.IsBootstrappingErrorMessage):
        return PageUnread("a node is overloaded or starting", PageUnread.LATER)
    if seen(cassandra.InvalidRequest, cassandra.protocol.InvalidRequestException, cassandra.protocol.SyntaxException):
        return PageUnread("Cassandra refuses the query (the table was changed, or a guardrail)", PageUnread.SMALLER_PAGE)
    if seen(cassandra.cluster.NoHostAvailable):
        return PageUnread("no node can be reached", PageUnread.LATER)
    return PageUnread(f"error {_kind(causes[-1])}", PageUnread.LATER)
