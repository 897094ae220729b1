# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The options of the connection to Cassandra."""

from __future__ import annotations

import dataclasses

CONSISTENCY_LEVELS = ("ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "LOCAL_ONE")
THRIFT_PORT = 9160


@dataclasses.dataclass(frozen=True)
class CassandraOptions:
    """The options of the connection. Timeouts in seconds."""

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
    prefer: frozenset[str] = frozenset()  # addresses of the node to ask first, when the module runs on its host
