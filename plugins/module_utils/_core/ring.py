# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Token ranges, and the proof that they cover the whole ring exactly once. Pure integers, no I/O.

A range is ``start < token <= end``. The first range of a ring begins at the partitioner's minimum, the last one ends at its
maximum; both bounds are left out of the CQL, so that no token can be outside. Only this module relies on that.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError


@dataclasses.dataclass(frozen=True)
class TokenSpace:
    """The tokens of a partitioner. Sources: Murmur3Partitioner.MINIMUM, RandomPartitioner.MINIMUM and MAXIMUM in Cassandra."""

    minimum: int
    maximum: int


SPACES = {
    "Murmur3Partitioner": TokenSpace(-(2**63), 2**63 - 1),
    "RandomPartitioner": TokenSpace(-1, 2**127),
}


def token_space(partitioner: str) -> TokenSpace:
    """The space of a partitioner named as in system.local (``org.apache.cassandra.dht.Murmur3Partitioner``)."""
    name = partitioner.rpartition(".")[2]
    if name not in SPACES:
        raise CassandraError(
            "partitioner",
            f"The cluster's partitioner is {name}: only Murmur3Partitioner and RandomPartitioner are supported.",
        )
    return SPACES[name]


@dataclasses.dataclass(frozen=True, order=True)
class TokenRange:
    """``start`` exclusive, ``end`` inclusive."""

    start: int
    end: int

    @property
    def width(self) -> int:
        """The number of tokens in the range."""
        return self.end - self.start

    def split(self, parts: int) -> list[TokenRange]:
        """The range in at most ``parts`` ranges of (nearly) equal width, whose union is the range."""
        parts = max(1, min(parts, self.width))
        bounds = [self.start + self.width * part // parts for part in range(parts + 1)]
        return [TokenRange(low, high) for low, high in itertools.pairwise(bounds)]

    def where(self, token: str, space: TokenSpace) -> str:
        """The CQL predicate on ``token`` (like ``token(key)``), '' for the whole ring."""
        predicates = []
        if self.start > space.minimum:
            predicates.append(f"{token} > {self.start}")
        if self.end < space.maximum:
            predicates.append(f"{token} <= {self.end}")
        return " AND ".join(predicates)


@dataclasses.dataclass(frozen=True)
class Ring:
    """The tokens of a cluster, sorted, each with the addresses by which its node is known."""

    space: TokenSpace
    tokens: tuple[int, ...]
    owners: tuple[frozenset[str], ...]

    def owner(self, token_range: TokenRange) -> frozenset[str]:
        """The addresses of the node that owns the end of a range (its primary replica)."""
        place = bisect.bisect_left(self.tokens, token_range.end)
        return self.owners[place % len(self.owners)]


def share_of(plan: t.Sequence[TokenRange], ring: Ring, hosts: t.Sequence[frozenset[str]], number: int) -> list[TokenRange]:
    """The ranges of the plan that host ``number`` of ``hosts`` reads, if each reads its own primary ranges. :param hosts: the addresses of each
    host. Ranges of other nodes are distributed among the hosts.
    """
    share = []
    dealt = 0
    for token_range in sorted(plan):
        owner = ring.owner(token_range)
        reader = next((place for place, addresses in enumerate(hosts) if addresses & owner), None)
        if reader is None:
            reader = dealt % len(hosts)
            dealt += 1
        if reader == number:
            share.append(token_range)
    return share


def joined(ranges: t.Iterable[TokenRange]) -> list[TokenRange]:
    """The same tokens in as few ranges as possible. Overlaps are kept, so that the proof can detect them."""
    found: list[TokenRange] = []
    for token_range in sorted(ranges):
        if found and found[-1].end == token_range.start:
            found[-1] = TokenRange(found[-1].start, token_range.end)
        else:
            found.append(token_range)
    return found


def plan_ranges(tokens: t.Iterable[int], space: TokenSpace, at_least: int, at_most: int) -> list[TokenRange]:
    """Ranges along the ring's tokens, each inside one node's range where ``at_most`` allows it.

    :param tokens: the tokens that the nodes own.
    :param at_least: split the ring's ranges until there are about that many.
    :param at_most: join neighbours when the ring has more ranges than that (many vnodes).
    """
    bounds = sorted({token for token in tokens if space.minimum < token < space.maximum})
    if len(bounds) + 1 > at_most:
        step = -(-(len(bounds) + 1) // at_most)
        bounds = bounds[step - 1 :: step]
    edges = [space.minimum, *bounds, space.maximum]
    ranges = [TokenRange(low, high) for low, high in itertools.pairwise(edges)]
    if len(ranges) < at_least:
        whole = space.maximum - space.minimum
        ranges = [part for token_range in ranges for part in token_range.split(-(-at_least * token_range.width // whole))]
    return ranges


def prove_whole_ring(ranges: t.Iterable[TokenRange], space: TokenSpace, what: str) -> None:
    """Raise CassandraError unless the ranges cover the whole ring exactly once: contiguous, disjoint, closed at both ends."""
    ordered = sorted(ranges)
    expected = space.minimum
    for token_range in ordered:
        if token_range.start != expected or token_range.end <= token_range.start:
            break
        expected = token_range.end
    else:
        if expected == space.maximum:
            return
    raise CassandraError(
        "coverage",
        f"The token ranges of {what} do not cover the ring exactly once, so the search proves nothing. This is a bug of genesys.gws: please report it.",
    )
