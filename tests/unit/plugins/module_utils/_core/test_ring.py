# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ranges of a plan are the whole ring, once: judged by a model of what Cassandra does with the predicates."""

from __future__ import annotations

import itertools
import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import (
    SPACES,
    TokenRange,
    TokenSpace,
    plan_ranges,
    prove_whole_ring,
    token_space,
)
from tests.unit.strategies import BRIEF, QUICK

MURMUR, RANDOM = SPACES["Murmur3Partitioner"], SPACES["RandomPartitioner"]
# What rows can have. Murmur3 hashes to every long but the minimum; RandomPartitioner to 0 .. 2**127.
LOWEST = {MURMUR: -(2**63) + 1, RANDOM: 0}
HIGHEST = {MURMUR: 2**63 - 1, RANDOM: 2**127}

_TERM = re.compile(r"token\(k\) (>|<=|>=|<) (-?\d+)")
spaces = st.sampled_from([MURMUR, RANDOM])


def holds(predicate: str, token: int) -> bool:
    """A model of the WHERE clause: what is not one of the forms known here is a failure."""
    for term in predicate.split(" AND ") if predicate else []:
        found = _TERM.fullmatch(term)
        assert found, term
        operator, bound = found.group(1), int(found.group(2))
        if not {">": token > bound, "<=": token <= bound, ">=": token >= bound, "<": token < bound}[operator]:
            return False
    return True


@st.composite
def plans(draw: t.Callable[..., t.Any]) -> tuple[TokenSpace, list[int], list[TokenRange]]:
    space = draw(spaces)
    anywhere = st.integers(space.minimum, space.maximum)
    tokens = draw(
        st.lists(st.one_of(anywhere, st.sampled_from([space.minimum, space.minimum + 1, -1, 0, 1, space.maximum - 1, space.maximum])))
    )
    at_least = draw(st.integers(1, 70))
    return space, tokens, plan_ranges(tokens, space, at_least, draw(st.integers(1, 300)))


@QUICK
@given(plans(), st.data())
def test_each_token_is_in_exactly_one_range(plan: tuple[TokenSpace, list[int], list[TokenRange]], data: st.DataObject) -> None:
    space, tokens, ranges = plan
    predicates = [token_range.where("token(k)", space) for token_range in ranges]
    edges = {bound + step for token_range in ranges for bound in (token_range.start, token_range.end) for step in (-1, 0, 1)}
    edges |= set(tokens) | {LOWEST[space], LOWEST[space] + 1, HIGHEST[space], HIGHEST[space] - 1}
    edges |= set(data.draw(st.lists(st.integers(LOWEST[space], HIGHEST[space]), max_size=10)))
    for token in edges:
        if LOWEST[space] <= token <= HIGHEST[space]:
            assert sum(holds(predicate, token) for predicate in predicates) == 1, token
    prove_whole_ring(ranges, space, "x")


@QUICK
@given(plans())
def test_ranges_stay_inside_the_nodes_ranges_where_allowed(plan: tuple[TokenSpace, list[int], list[TokenRange]]) -> None:
    space, tokens, _ranges = plan
    ranges = plan_ranges(tokens, space, 1, 10**6)
    inside = {token for token in tokens if space.minimum < token < space.maximum}
    assert {token_range.end for token_range in ranges} == inside | {space.maximum}


@BRIEF
@given(spaces, st.integers(0, 600), st.integers(1, 64), st.integers(64, 256))
def test_number_of_ranges(space: TokenSpace, nodes: int, at_least: int, at_most: int) -> None:
    tokens = [space.minimum + (space.maximum - space.minimum) * (index + 1) // (nodes + 1) for index in range(nodes)]
    ranges = plan_ranges(tokens, space, at_least, at_most)
    assert len(ranges) >= min(at_least, at_most)
    assert len(ranges) <= at_most + at_least


@QUICK
@given(st.integers(-(2**127), 2**127), st.integers(1, 2**70), st.integers(-5, 100))
def test_split_is_the_range(start: int, width: int, parts: int) -> None:
    whole = TokenRange(start, start + width)
    token_ranges = whole.split(parts)
    assert token_ranges[0].start == whole.start
    assert token_ranges[-1].end == whole.end
    assert all(left.end == right.start for left, right in itertools.pairwise(token_ranges))
    assert all(token_range.width > 0 for token_range in token_ranges)
    assert len(token_ranges) == max(1, min(parts, width))
    assert max(token_range.width for token_range in token_ranges) - min(token_range.width for token_range in token_ranges) <= 1


def _damaged(ranges: list[TokenRange], space: TokenSpace) -> t.Iterator[list[TokenRange]]:
    for index, token_range in enumerate(ranges):
        rest = ranges[:index] + ranges[index + 1 :]
        yield rest  # dropped
        yield [*ranges, token_range]  # twice
        for step in (-1, 1):
            yield [*rest, TokenRange(token_range.start + step, token_range.end)]
            yield [*rest, TokenRange(token_range.start, token_range.end + step)]
            yield [*rest, TokenRange(token_range.start + step, token_range.end + step)]
        yield [*rest, TokenRange(token_range.end, token_range.start)]
        yield [*rest, TokenRange(token_range.start, token_range.start)]
        yield [*ranges, TokenRange(token_range.end, token_range.end)]
    yield []
    yield [TokenRange(space.minimum, space.maximum), *ranges]


@BRIEF
@given(plans(), st.randoms(use_true_random=False))
def test_any_damaged_plan_is_refused(plan: tuple[TokenSpace, list[int], list[TokenRange]], chance: t.Any) -> None:
    space, _tokens, ranges = plan
    ranges = ranges if len(ranges) < 8 else TokenRange(space.minimum, space.maximum).split(7)
    shuffled = list(ranges)
    chance.shuffle(shuffled)
    prove_whole_ring(shuffled, space, "x")
    for damaged in _damaged(ranges, space):
        with pytest.raises(CassandraError):
            prove_whole_ring(damaged, space, "x")


@pytest.mark.parametrize("name", ["Murmur3Partitioner", "org.apache.cassandra.dht.RandomPartitioner"])
def test_known_partitioners(name: str) -> None:
    assert token_space(name) is SPACES[name.rpartition(".")[2]]


@pytest.mark.parametrize("name", ["", "ByteOrderedPartitioner", "org.apache.cassandra.dht.OrderPreservingPartitioner", "Murmur3"])
def test_other_partitioners_are_refused(name: str) -> None:
    with pytest.raises(CassandraError):
        token_space(name)
