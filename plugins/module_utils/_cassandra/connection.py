# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Opens the connection to a cluster: contact points, login, TLS, consistency level. The driver must not retry or downgrade anything by itself."""

from __future__ import annotations

import logging
import ssl
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import failures, pages
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CONSISTENCY_LEVELS, THRIFT_PORT, CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, InputError

with deps.declare("cassandra-driver"):
    import cassandra
    import cassandra.auth
    import cassandra.cluster
    import cassandra.policies

PROTOCOL_VERSION = 4


def open_cluster(options: CassandraOptions) -> t.Any:
    """The driver's cluster object, not connected yet. :raises InputError: :raises CassandraError: if the options are invalid."""
    _silence_driver()
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
        return cassandra.cluster.Cluster(
            contact_points=list(options.hosts),
            port=options.port,
            auth_provider=_auth(options),
            ssl_context=ssl_context,
            connect_timeout=options.connect_timeout,
            control_connection_timeout=options.connect_timeout,
            execution_profiles=_profiles(options, getattr(cassandra.ConsistencyLevel, level)),
            connection_class=pages.receiving_more(),
            no_compact=True,
            compression=False,  # else, where lz4 is installed, server and client spend as much on it as on the rest of a page
            protocol_version=PROTOCOL_VERSION,
        )
    except cassandra.UnresolvableContactPoints:
        hosts = ", ".join(options.hosts)
        raise CassandraError("cassandra_unreachable", f"Cassandra can't be reached: {hosts} has no address; check hosts and DNS.") from None


def connect(cluster: t.Any, options: CassandraOptions) -> t.Any:
    """Connect to the cluster. :raises CassandraError: with what to do."""
    try:
        return cluster.connect()
    except Exception as error:  # the driver raises its own, socket, ssl and struct errors here; all are mapped by type
        cluster.shutdown()
        raise failures.connection_error(error, options) from None


def _profiles(options: CassandraOptions, consistency_level: int) -> dict[t.Any, t.Any]:
    policies = cassandra.policies
    balancing = policies.DCAwareRoundRobinPolicy(local_dc=options.local_dc) if options.local_dc else policies.RoundRobinPolicy()
    profile = cassandra.cluster.ExecutionProfile(
        load_balancing_policy=balancing,
        retry_policy=policies.FallthroughRetryPolicy(),  # the scan decides; nothing is downgraded behind its back
        consistency_level=consistency_level,
        request_timeout=options.request_timeout,
        row_factory=lambda _names, page: page,
    )
    return {cassandra.cluster.EXEC_PROFILE_DEFAULT: profile}


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
        raise InputError("bad_certificate", "ca_cert, client_cert or client_key can't be read or is not a PEM file.") from None
    return context


def _silence_driver() -> None:
    """The driver's log lines contain statements and values."""
    logger = logging.getLogger("cassandra")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False
