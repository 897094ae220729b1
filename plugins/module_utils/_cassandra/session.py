# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The connection to Cassandra. The types and exceptions of cassandra-driver stop here.

Every statement is a plain, unprepared one: the prepared-statement cache of 3.11 is shared between sessions that see compact
tables differently, so a prepared SELECT may silently show less.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import connection, failures, pages
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import Page, RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema_reader import SchemaReader
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.topology import Coordinator, Topology
from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import Ring, TokenRange

with deps.declare("cassandra-driver"):
    import cassandra.encoder
    import cassandra.query

_SCHEMA_PAGE = 100  # rows; the schema is small, and guardrails may refuse large pages

_PATIENCE = 60.0
_PAUSE = 1.0
_FINAL = (Remedy.NEVER, Remedy.REFUSED)

PROTOCOL_VERSION = connection.PROTOCOL_VERSION

_Answer = t.TypeVar("_Answer")


class Session:
    """A session on one cluster. Use as a context manager."""

    def __init__(self, options: CassandraOptions, prefilter: Prefilter) -> None:
        self._options = options
        self._cluster = connection.open_cluster(options)
        self._plain = connection.connect(self._cluster, options)
        self._searching = connection.connect(self._cluster, options)
        self._searching.client_protocol_handler = pages.searching_handler(prefilter)
        self._whole: t.Any = None
        self._opening = threading.Lock()
        self._topology = Topology(self._cluster.metadata, options)
        self._schema = SchemaReader(self._cluster.metadata, self._read)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._cluster.shutdown()

    @property
    def cluster_name(self) -> str:
        """The name of the cluster in cassandra.yaml."""
        return str(self._cluster.metadata.cluster_name)

    @property
    def consistency_level(self) -> str:
        """The consistency level at which each page is read."""
        return self._options.consistency_level.upper()

    def ring(self) -> Ring:
        """The token space, and the tokens with the nodes that own them. :raises CassandraError: if this user may not see them."""
        return self._topology.ring()

    def route(self, keyspace: str, token_range: TokenRange) -> tuple[tuple[Coordinator, ...], ...]:
        """Coordinators for a range, replicas first."""
        return self._topology.route(keyspace, token_range)

    @property
    def node_count(self) -> int:
        """The number of nodes that can be queried."""
        return self._topology.node_count

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of Cassandra in the cluster, each once."""
        return self._topology.versions

    def token_of(self, columns: t.Sequence[Column], row: RawRow) -> int:
        """The token of a row, computed from its partition key in the same way as Cassandra does."""
        return self._topology.token_of(columns, row)

    def tables(self, keyspace: str) -> list[Table]:
        """All tables of the keyspace by name, followed by its materialized views."""
        return self._schema.tables(keyspace)

    def refresh(self) -> None:
        """Read schema and topology again. :raises CassandraError: if no node returns them for a minute, or nodes disagree on the schema."""

        def refresh() -> None:
            try:
                self._cluster.refresh_schema_metadata()
                self._cluster.refresh_nodes()
            except Exception as error:  # see read_page
                raise failures.page_read_error(error) from None

        self._patiently(refresh, "The schema and the ring could not be read again")

    def read_page(
        self, statement: str, page_size: int, state: bytes | None, coordinator: Coordinator | None = None, *, whole: bool = False
    ) -> Page:
        """One page of a SELECT, from this node or from any.

        :param whole: give all rows, not only those that may match.
        :raises PageReadError: when it could not be read, with what to do about it; so does the search of the page.
        """
        query = cassandra.query.SimpleStatement(statement, fetch_size=page_size, is_idempotent=True)
        session = self._whole_session() if whole else self._searching
        try:
            result = session.execute(query, paging_state=state, host=coordinator.host if coordinator else None)
        except Exception as error:  # every failure of a page is mapped by type, an unknown one is unread too
            raise failures.page_read_error(error) from None
        page: Page = result.current_rows[0]
        return dataclasses.replace(page, next_state=result.paging_state, search=functools.partial(self._search, page.detached()))

    @staticmethod
    def _search(search: t.Callable[[], _Answer]) -> _Answer:
        try:
            return search()
        except Exception as error:  # a page that can't be taken apart is as good as unread
            raise failures.page_read_error(error) from None

    def _whole_session(self) -> t.Any:
        """The driver's session that returns all rows of a page. Thread-safe: no thread gets a session that is not ready."""
        with self._opening:
            if self._whole is None:
                session = connection.connect(self._cluster, self._options)
                session.client_protocol_handler = pages.searching_handler(pages.EVERY_ROW)
                self._whole = session
            return self._whole

    def rows(self, statement: str, parameters: tuple[t.Any, ...] | None = None) -> t.Iterator[tuple[t.Any, ...]]:
        """The decoded rows of a SELECT, page by page. :raises PageReadError: at the first row that can't be read."""
        try:
            for row in self._plain.execute(
                cassandra.query.SimpleStatement(statement, fetch_size=_SCHEMA_PAGE, is_idempotent=True), parameters
            ):
                yield tuple(row)
        except Exception as error:  # see read_page
            raise failures.page_read_error(error) from None

    @staticmethod
    def literal(value: t.Any) -> str:
        """A function that formats a value as a CQL literal."""
        return str(cassandra.encoder.Encoder().cql_encode_all_types(value))

    def write_at(self, statement: str) -> None:
        """Send a write once. :raises PageReadError: if it is not known to be done, with the remedy."""
        try:
            self._plain.execute(cassandra.query.SimpleStatement(statement, is_idempotent=False))
        except Exception as error:  # see read_page
            raise failures.page_read_error(error) from None

    def _read(self, statement: str, parameters: tuple[t.Any, ...]) -> list[tuple[t.Any, ...]]:
        """All rows of a SELECT on the schema."""
        return self._patiently(lambda: list(self.rows(statement, parameters)), "The schema could not be read")

    @staticmethod
    def _patiently(ask: t.Callable[[], _Answer], failure: str) -> _Answer:
        """Retry a query that raises PageReadError, for as long as a node that has just died may be the cause."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return ask()
            except PageReadError as unread:
                if unread.remedy in _FINAL or time.monotonic() > until:
                    raise CassandraError("schema_unread", f"{failure}: {unread.reason}. Run it again.") from None
            time.sleep(_PAUSE)
