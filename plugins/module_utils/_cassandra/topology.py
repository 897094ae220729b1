# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The token ring and its nodes: replicas and coordinators of each range. The driver's metadata stays in this module."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import Ring, TokenRange, token_space


@dataclasses.dataclass(frozen=True)
class Coordinator:
    """A node that can be queried. ``host`` is the driver's object."""

    address: str
    host: t.Any = dataclasses.field(compare=False)


class Topology:
    """The current ring of one cluster. ``metadata`` is the driver's."""

    def __init__(self, metadata: t.Any, options: CassandraOptions) -> None:
        self._metadata = metadata
        self._options = options

    def ring(self) -> Ring:
        """The token space, and the tokens with the nodes that own them."""
        metadata = self._metadata
        space = token_space(str(metadata.partitioner))
        if metadata.token_map is None or not metadata.token_map.ring:
            raise CassandraError(
                "no_ring",
                "Cassandra does not show this user the token ring: the user must be able to read system.local and system.peers.",
            )
        owners = {int(token.value): _addresses(host) for token, host in metadata.token_map.token_to_host_owner.items()}
        tokens = sorted(owners)
        return Ring(space, tuple(tokens), tuple(owners[token] for token in tokens))

    def route(self, keyspace: str, token_range: TokenRange) -> tuple[tuple[Coordinator, ...], ...]:
        """Coordinators for a range, replicas first, then the other nodes. Nodes that are down are left out as long as others are up."""
        token_map = self._metadata.token_map
        allowed = [host for host in self._metadata.all_hosts() if self._options.local_dc in (None, host.datacenter)]
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
        """The number of nodes that can be queried."""
        return sum(1 for host in self._metadata.all_hosts() if self._options.local_dc in (None, host.datacenter))

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of Cassandra in the cluster, each once."""
        return tuple(sorted({str(host.release_version) for host in self._metadata.all_hosts() if host.release_version}))

    def token_of(self, columns: t.Sequence[Column], row: RawRow) -> int:
        """The token of a row, computed from its partition key in the same way as Cassandra does."""
        parts = [raw or b"" for raw, column in zip(row.cells, columns, strict=True) if column.is_partition_key]
        key = parts[0] if len(parts) == 1 else b"".join(len(part).to_bytes(2, "big") + part + b"\x00" for part in parts)
        return int(self._metadata.token_map.token_class.from_key(key).value)


def _addresses(host: t.Any) -> frozenset[str]:
    """The addresses of a node: those that clients and other nodes use."""
    known = (host.address, host.broadcast_rpc_address, host.broadcast_address, host.listen_address)
    return frozenset(str(address) for address in known if address)
