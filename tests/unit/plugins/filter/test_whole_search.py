# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shares of all hosts are the search exactly once, and what is not that is refused."""

from __future__ import annotations

import copy
import itertools
import json
import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.filter.whole_search import FilterModule
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, GwsPiiError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import (
    SPACES,
    Ring,
    TokenRange,
    TokenSpace,
    joined,
    plan_ranges,
    prove_whole_ring,
    share_of,
)
from ansible_collections.genesys.gws.plugins.module_utils._module.search_result import of_search, of_share, of_shares
from ansible_collections.genesys.gws.plugins.module_utils._scan.search import SearchOutcome
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import Coverage
from tests.unit.strategies import QUICK, subjects_of

SPACE = SPACES["Murmur3Partitioner"]
Result = dict[str, t.Any]


# Who reads what


@st.composite
def rings(draw: t.Callable[..., t.Any]) -> Ring:
    space: TokenSpace = draw(st.sampled_from(list(SPACES.values())))
    tokens = sorted(draw(st.sets(st.integers(space.minimum, space.maximum), min_size=1, max_size=12)))
    nodes = [frozenset({f"10.0.0.{node}", f"node{node}"}) for node in range(4)]
    return Ring(space, tuple(tokens), tuple(draw(st.sampled_from(nodes)) for _token in tokens))


host = st.sampled_from(["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "node0", "node1", "other", "localhost"])
hosts_strategy = st.lists(st.frozensets(host, max_size=3), min_size=1, max_size=5)


@QUICK
@given(rings(), hosts_strategy, st.integers(1, 60), st.integers(1, 100), st.randoms(use_true_random=False))
def test_the_shares_of_all_hosts_are_the_plan_once(
    ring: Ring, hosts: list[frozenset[str]], at_least: int, at_most: int, chance: t.Any
) -> None:
    plan = plan_ranges(ring.tokens, ring.space, at_least, at_most)
    shares = [share_of(plan, ring, hosts, number) for number in range(len(hosts))]
    assert sorted(itertools.chain(*shares)) == sorted(plan)
    prove_whole_ring(itertools.chain(*map(joined, shares)), ring.space, "x")
    shuffled = list(plan)
    chance.shuffle(shuffled)
    assert [share_of(shuffled, ring, hosts, number) for number in range(len(hosts))] == shares


@QUICK
@given(rings(), hosts_strategy)
def test_a_host_reads_what_its_node_owns(ring: Ring, hosts: list[frozenset[str]]) -> None:
    plan = plan_ranges(ring.tokens, ring.space, 30, 10**6)
    dealt = [0] * len(hosts)
    for number, mine in enumerate(hosts):
        for token_range in share_of(plan, ring, hosts, number):
            if any(addresses & ring.owner(token_range) for addresses in hosts):
                assert mine & ring.owner(token_range)
            else:
                dealt[number] += 1
    assert max(dealt) - min(dealt) <= 1


@QUICK
@given(rings(), st.data())
def test_owner(ring: Ring, data: st.DataObject) -> None:
    """A node owns what is behind the token before its own, up to and with its own; the first one also what is behind the last."""
    end = data.draw(st.one_of(st.sampled_from(ring.tokens), st.integers(ring.space.minimum, ring.space.maximum)))
    node = next((node for token, node in zip(ring.tokens, ring.owners, strict=True) if token >= end), ring.owners[0])
    assert ring.owner(TokenRange(ring.space.minimum, end)) == node


@QUICK
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)).map(lambda both: TokenRange(both[0], sum(both))), max_size=8))
def test_joined_ranges_hold_the_same_tokens(ranges: list[TokenRange]) -> None:
    def tokens(token_ranges: list[TokenRange]) -> list[int]:
        return sorted(token for token_range in token_ranges for token in range(token_range.start, token_range.end))

    found = joined(ranges)
    assert tokens(found) == tokens(ranges)
    assert all(left.end != right.start for left, right in itertools.pairwise(found))


def test_joined() -> None:
    assert joined([TokenRange(5, 7), TokenRange(0, 2), TokenRange(2, 4)]) == [TokenRange(0, 4), TokenRange(5, 7)]


# What comes out of them

SUBJECTS = subjects_of("ann@x.com", "bob@y.example")
NODES = (-(2**62), 0, 2**62)
RING = Ring(SPACE, NODES, tuple(frozenset({f"node{number}"}) for number in range(3)))
HOSTS = [frozenset({f"node{number}"}) for number in range(3)]
PLAN = plan_ranges(NODES, SPACE, 20, 256)
TABLES = ("t1", "t2")


def finding_of(table: str, number: int) -> Finding:
    subject = SUBJECTS.subjects[number % 2].ref
    certainty = "exact" if number % 3 else "possible"
    return Finding(
        SUBJECTS.search_id,
        subject,
        certainty,
        table,
        "c",
        str(number),
        f"r{number:02}",
        number % 4 != 0,
        NamedRow((), (), (), frozenset()),
    )


def searched_of(plan: list[TokenRange], number: int = 0) -> SearchOutcome:
    tables, findings = [], []
    for table in TABLES:
        coverage = Coverage(table, len(plan), resumed=1)
        for token_range in reversed(plan):
            place = PLAN.index(token_range)
            coverage.read.append(token_range)
            coverage.rows += place * 10
            coverage.not_searchable += place % 2
            findings += [finding_of(table, place)] if place % 5 < 2 else []
        tables.append(coverage)
    return SearchOutcome(
        findings=tuple(sorted(findings, key=lambda finding: (finding.table, finding.row, finding.subject))),
        tables=tuple(tables),
        columns=4,
        columns_without_text=1,
        views_left_out=0,
        seconds=1.5 + number,
        throttled={"latency": 1.0, f"other{number}": 2.0},
        space=SPACE,
        fingerprint={"cluster": "c", "schema": "s", "options": "o", "subjects": "p", "place": f"l{number}"},
        partly_read=(),
        checkpoint=f"file{number}",
        checkpoint_refused="it is older than a day" if number == 1 else "",
    )


def shares() -> list[Result]:
    found = []
    for number in range(3):
        searched = searched_of(share_of(PLAN, RING, HOSTS, number), number)
        found.append(of_share(searched, of_search(SUBJECTS, searched, "C", "ONE", "ks"), number, 3))
    return json.loads(json.dumps(found))  # type: ignore[no-any-return] # they come through Ansible


def test_all_shares_are_what_one_host_would_have_found() -> None:
    whole = of_search(SUBJECTS, searched_of(PLAN), "C", "ONE", "ks")
    assert whole["complete"] is True
    assert whole["matches"] > 0 < whole["matches_in_other_groups"]
    for order in itertools.permutations(shares()):
        put_together = of_shares(order)
        ours, theirs = put_together.pop("coverage"), dict(whole["coverage"])
        assert put_together == {name: value for name, value in whole.items() if name != "coverage"}
        for name in ("rows", "ranges", "not_searchable", "cluster", "keyspace", "columns", "columns_without_text", "consistency_level"):
            assert ours[name] == theirs[name], name
        for mine, its in zip(ours["tables"], theirs["tables"], strict=True):
            assert {**mine, "resumed_ranges": 1} == its
            assert mine["resumed_ranges"] == 3
        assert ours["resumed_ranges"] == 6
        assert ours["hosts"] == 3
        assert ours["seconds"] == 3.5
        assert ours["throttled"] == {"latency": 3.0, "other0": 2.0, "other1": 2.0, "other2": 2.0}
        assert ours["checkpoint_refused"] == "it is older than a day"


def test_a_share_is_not_complete() -> None:
    for number, share in enumerate(shares()):
        assert share["complete"] is False
        assert share["share"]["number"] == number
        assert "place" not in share["share"]["fingerprint"]


def test_tables_that_are_read_in_part_make_it_incomplete() -> None:
    results = shares()
    for result in results:
        result["coverage"]["partly_read"] = ["t1"]
    assert of_shares(results)["complete"] is False


def _without_share(results: list[Result]) -> None:
    del results[1]["share"]


def _other_asked(results: list[Result]) -> None:
    results[2]["share"]["fingerprint"]["schema"] = "other"


def _gap(results: list[Result]) -> None:
    results[1]["share"]["read"]["t2"].pop()


def _one_token_less(results: list[Result]) -> None:
    token_range = results[1]["share"]["read"]["t1"][0]
    token_range[0] = str(int(token_range[0]) + 1)


def _one_token_more(results: list[Result]) -> None:
    token_range = results[1]["share"]["read"]["t1"][0]
    token_range[0] = str(int(token_range[0]) - 1)


def _overlap(results: list[Result]) -> None:
    results[1]["share"]["read"]["t2"].append(results[0]["share"]["read"]["t2"][0])


def _no_table(results: list[Result]) -> None:
    del results[2]["share"]["read"]["t1"]


def _twice(results: list[Result]) -> None:
    results[1] = copy.deepcopy(results[0])


def _once_more(results: list[Result]) -> None:
    results.append(copy.deepcopy(results[0]))


def _missing(results: list[Result]) -> None:
    results.pop()


WRONG: list[tuple[t.Callable[[list[Result]], None], type[GwsPiiError], str]] = [
    (list.clear, InputError, "bad_shares"),
    (_without_share, InputError, "bad_shares"),
    (_missing, CassandraError, "coverage"),
    (_twice, CassandraError, "coverage"),
    (_once_more, CassandraError, "coverage"),
    (_other_asked, CassandraError, "other_share"),
    (_gap, CassandraError, "coverage"),
    (_one_token_less, CassandraError, "coverage"),
    (_one_token_more, CassandraError, "coverage"),
    (_overlap, CassandraError, "coverage"),
    (_no_table, CassandraError, "coverage"),
]


@pytest.mark.parametrize(("damage", "error", "code"), WRONG, ids=[wrong[0].__name__ for wrong in WRONG])
def test_what_is_not_the_whole_ring_once_is_refused(damage: t.Callable[[list[Result]], None], error: type[GwsPiiError], code: str) -> None:
    results = shares()
    damage(results)
    with pytest.raises(error) as caught:
        of_shares(results)
    assert caught.value.code == code
    with pytest.raises(AnsibleFilterError) as told:
        whole_search(results)
    assert caught.value.message in str(told.value)


def test_what_is_other_is_named() -> None:
    results = shares()
    results[1]["share"]["fingerprint"].update(schema="x", cluster="y")
    with pytest.raises(CassandraError, match="different cluster and schema"):
        of_shares(results)


# The filter

CANARY = "canary7391@x.com"
whole_search = FilterModule().filters()["whole_search"]


def test_the_filter() -> None:
    assert whole_search(shares()) == of_shares(shares())


def check_told_well(given_to_filter: t.Any) -> None:
    """A result, or an error of one line that quotes nothing."""
    try:
        whole_search(given_to_filter)
    except AnsibleFilterError as error:
        told, cause = str(error), error.__cause__
    else:
        return
    assert "canary" not in told
    assert "\n" not in told
    assert cause is None


@pytest.mark.parametrize(
    "junk",
    [
        None,
        7,
        CANARY,
        [CANARY],
        [None],
        {},
        [{}],
        [[CANARY]],
        {"a": CANARY},
        [{"share": CANARY}],
        [{"share": {}}],
        [{"share": {CANARY: 1}}],
    ],
)
def test_the_filter_refuses_junk(junk: t.Any) -> None:
    with pytest.raises(AnsibleFilterError):
        whole_search(junk)
    check_told_well(junk)


def _places(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield (*path, step)
        yield from _places(item, (*path, step))


@pytest.mark.parametrize("junk", [None, CANARY, [CANARY], {}, [], {CANARY: CANARY}, "left out"], ids=repr)
def test_the_filter_survives_results_of_which_a_part_is_junk(junk: t.Any) -> None:
    whole = shares()
    for result in whole:
        del result["findings"][2:]
    for path in _places(whole):
        damaged = copy.deepcopy(whole)
        inner: t.Any = damaged
        for step in path[:-1]:
            inner = inner[step]
        if junk == "left out":
            del inner[path[-1]]
        else:
            inner[path[-1]] = junk
        try:
            check_told_well(damaged)
        except (LookupError, AttributeError) as error:
            raise AssertionError(f"{type(error).__name__} at {path}") from error
