# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Cassandra, one keyspace with a layout and a population, one stand-in for GWS."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from cassandra import AuthenticationFailed
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster, NoHostAvailable, Session

from tests.lab.cassandra import DEFAULT_VERSION, CassandraNode, TlsFiles, version_tuple
from tests.lab.gws import GwsConfig, GwsStandIn
from tests.lab.layouts import Layout, Owner, Row, RowKey, Setting, make_layout
from tests.lab.population import Population, Resource, load, population

KEYSPACE = "sipfs"
_SUPERUSER_IN_TIME = 60.0  # seconds


class Lab:
    """Start it once (slow), `reset()` it for each test (a second or so)."""

    def __init__(
        self,
        version: str = DEFAULT_VERSION,
        *,
        layout: str | Layout = "wide",
        people: Population | None = None,
        config: GwsConfig | None = None,
        keyspace: str = KEYSPACE,
        node: CassandraNode | None = None,
        work_dir: Path | None = None,
        gws_tls: TlsFiles | None = None,
        gws_port: int = 0,
        record_file: Path | None = None,
    ) -> None:
        self.node = node or CassandraNode(version, work_dir=work_dir)
        self.keyspace = keyspace
        self.layout = make_layout(layout) if isinstance(layout, str) else layout
        self.people = people or population(12, 600)
        self._config = config or GwsConfig()
        self._gws_options: dict[str, Any] = {"tls": gws_tls, "port": gws_port, "record_file": record_file}
        self._own_node = node is None or not node.running
        self._cluster: Cluster | None = None
        self._session: Session | None = None
        self._gws: GwsStandIn | None = None

    @property
    def session(self) -> Session:
        """The stand-in's session; tests may use it too."""
        if self._session is None:
            raise RuntimeError("the lab was not started")
        return self._session

    @property
    def gws(self) -> GwsStandIn:
        """The stand-in."""
        if self._gws is None:
            raise RuntimeError("the lab was not started")
        return self._gws

    @property
    def credentials(self) -> dict[str, str]:
        """The administrator's login at the stand-in."""
        return {
            "username": self.people.admin.user_name,
            "password": self.people.admin.password or self.gws.config.password,
        }

    def start(self) -> Lab:
        """Start Cassandra, load the population, serve the API."""
        try:
            if self._own_node:
                self.node.start()
            self._cluster, self._session = connect(self.node)
            self._fill()
            options = self._gws_options
            self._gws = GwsStandIn(self.layout, self.people.users, self._config, **options).start()
        except BaseException:
            self.stop()
            raise
        return self

    def _fill(self) -> None:
        self.session.execute(f'DROP KEYSPACE IF EXISTS "{self.keyspace}"')
        self.layout.create(self.session, self.keyspace)
        load(self.layout, self.people)

    def reset(self, layout: str | Layout | None = None, people: Population | None = None, config: GwsConfig | None = None) -> None:
        """Load everything anew without restarting Cassandra; what is not given stays, but no config = no faults."""
        chosen = layout or self.layout.name
        self.layout = make_layout(chosen) if isinstance(chosen, str) else chosen
        self.people = people or self.people
        self._fill()
        self.gws.reseed(self.layout, self.people.users, config or GwsConfig())

    def dump(self) -> Mapping[RowKey, Row]:
        """Every row of the keyspace, to compare before and after."""
        return self.layout.dump()

    def settings(self) -> dict[Resource, Setting]:
        """All settings of the owners that the population has, as they are in Cassandra now; orphans' too."""
        owners = {owner for owner, _unused in self.people.groups} | {Owner("user", user.id) for user in self.people.users}
        return {
            (owner, group.name, str(setting[group.key])): setting
            for owner in sorted(owners)
            for group in self.layout.groups(owner)
            for setting in self.layout.settings(owner, group)
        }

    def stop(self) -> None:
        """Stop everything that this lab has started."""
        if self._gws is not None:
            self._gws.stop()
        if self._cluster is not None:
            self._cluster.shutdown()
        if self._own_node:
            self.node.stop()
        self._gws = self._cluster = self._session = None

    def __enter__(self) -> Lab:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def connect(node: CassandraNode) -> tuple[Cluster, Session]:
    """A session to a node, with whatever login and TLS the node was given."""
    options: dict[str, object] = {}
    if node.auth:
        options["auth_provider"] = PlainTextAuthProvider("cassandra", "cassandra")
    if node.tls is not None:
        import ssl

        context = ssl.create_default_context(cafile=str(node.tls.ca))
        context.load_cert_chain(node.tls.client_cert, node.tls.client_key)
        options |= {"ssl_context": context, "ssl_options": {"server_hostname": node.address}}
    protocol = 5 if version_tuple(node.version) >= (4,) else 4
    deadline = time.monotonic() + _SUPERUSER_IN_TIME
    while True:
        cluster = Cluster([node.address], port=node.cql_port, protocol_version=protocol, **options)
        try:
            session = cluster.connect()
            break
        except NoHostAvailable as error:  # a node makes its first user some time after it has opened its port
            is_early = node.auth and any(isinstance(cause, AuthenticationFailed) for cause in error.errors.values())
            if not is_early or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    session.default_timeout = 30
    return cluster, session
