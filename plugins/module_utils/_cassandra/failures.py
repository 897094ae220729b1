# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Maps the driver's errors to a remedy for the scan and a reason for messages. Never uses their texts, which contain statements and values."""

from __future__ import annotations

import enum
import ssl

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError

with deps.declare("cassandra-driver"):
    import cassandra
    import cassandra.cluster
    import cassandra.connection
    import cassandra.protocol


class Remedy(enum.Enum):
    """What may help after a page could not be read."""

    SMALLER = "smaller"  # too much at once: make the page smaller, then the range
    SLOW = "slow"  # the same, but each try costs a timeout
    REFUSED = "refused"  # another coordinator may not refuse it, or a smaller page may help; a smaller range can't
    ELSEWHERE = "elsewhere"  # this coordinator can't be asked: ask another
    LATER = "later"  # no replica available: retry later
    OVERLOADED = "overloaded"  # the same, and ask for less at a time
    NEVER = "never"  # every node will say the same again


class PageReadError(Exception):
    """A page could not be read. ``reason`` is for messages, ``remedy`` for the scan."""

    def __init__(self, reason: str, remedy: Remedy) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def _causes(error: BaseException) -> list[BaseException]:
    """An error, and those that NoHostAvailable contains for each host."""
    inner = getattr(error, "errors", None)
    values = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, (list, tuple)) else ()
    return [error, *(value for value in values if isinstance(value, BaseException))]


def connection_error(error: Exception, options: CassandraOptions) -> CassandraError:
    hosts = ", ".join(options.hosts)
    causes = _causes(error)
    if any(isinstance(cause, cassandra.AuthenticationFailed) for cause in causes):
        if options.user:
            return CassandraError("cassandra_login", "Cassandra refused the login: check cass_username and cass_password.")
        return CassandraError("cassandra_login", "Cassandra requires a login: set cass_username and cass_password.")
    # The driver raises a failed handshake anew as a plain OSError with the number of the SSL error (1) and its text.
    texts = [str(cause) for cause in causes if isinstance(cause, ssl.SSLError) or (options.ssl and isinstance(cause, PermissionError))]
    if any("CERTIFICATE_VERIFY_FAILED" in text for text in texts):
        return CassandraError(
            "cassandra_certificate",
            f"The certificate of Cassandra at {hosts} port {options.port} could not be verified: set ca_cert (see also check_hostname).",
        )
    if texts:
        return CassandraError(
            "cassandra_tls",
            f"TLS with Cassandra at {hosts} port {options.port} failed: check ssl, the port and client_cert.",
        )
    no_cql = (cassandra.connection.ProtocolError, cassandra.ProtocolVersion, cassandra.UnsupportedOperation)
    answered = any(isinstance(cause, cassandra.cluster.NoHostAvailable) for cause in causes) and any(
        isinstance(cause, no_cql) for cause in causes
    )
    # A node that speaks no version 4 of the protocol: the driver raises its base class then, and only then.
    if answered or any(cause.__class__ is cassandra.DriverException for cause in causes):
        return CassandraError(
            "cassandra_protocol",
            f"The service at {hosts} port {options.port} does not speak CQL like Cassandra 2.2 and later: use the native port "
            "(native_transport_port, 9042 by default), not Thrift.",
        )
    return CassandraError(
        "cassandra_unreachable",
        f"Cassandra can't be reached at {hosts} port {options.port} ({_kind(causes[-1])}): check hosts, port, firewall and ssl.",
    )


def _kind(error: BaseException) -> str:
    return type(error).__name__


def page_read_error(error: Exception) -> PageReadError:
    causes = _causes(error)

    def seen(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if seen(cassandra.Unauthorized, cassandra.AuthenticationFailed):
        return PageReadError("this user has no SELECT permission", Remedy.NEVER)
    if seen(cassandra.Unavailable):
        return PageReadError("too few replicas are up for the consistency level", Remedy.LATER)
    if seen(cassandra.ReadTimeout, cassandra.OperationTimedOut):
        return PageReadError("timed out", Remedy.SLOW)
    if seen(cassandra.ReadFailure, cassandra.CoordinationFailure):
        return PageReadError("read failure on a replica (too many tombstones, or a broken disk)", Remedy.SMALLER)
    if seen(cassandra.protocol.OverloadedErrorMessage, cassandra.protocol.IsBootstrappingErrorMessage):
        return PageReadError("a node is overloaded or starting", Remedy.OVERLOADED)
    if seen(cassandra.InvalidRequest, cassandra.protocol.InvalidRequestException, cassandra.protocol.SyntaxException):
        return PageReadError("Cassandra refuses the query (the table was changed, or a guardrail)", Remedy.REFUSED)
    if seen(cassandra.cluster.NoHostAvailable, cassandra.connection.ConnectionException, OSError):
        return PageReadError("no node can be reached", Remedy.ELSEWHERE)
    return PageReadError(f"error {_kind(causes[-1])}", Remedy.LATER)
