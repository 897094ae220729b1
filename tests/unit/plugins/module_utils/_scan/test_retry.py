# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever fails, and however often: a decision leads on or gives up, and it never goes on for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._scan import retry
from tests.unit.strategies import QUICK

_MOST_TRIES = 1000


def _failure(remedy: Remedy) -> PageReadError:
    return PageReadError("reason", remedy)


@QUICK
@given(st.lists(st.sampled_from(list(Remedy)), min_size=1, max_size=8), st.integers(1, 50_000), st.booleans(), st.booleans())
def test_it_ends(remedies: list[Remedy], page_size: int, other_nodes: bool, range_was_lost: bool) -> None:
    failures = retry.Failures(lambda: range_was_lost)
    for number in range(_MOST_TRIES):
        failure = _failure(remedies[number % len(remedies)])
        failures.count(failure, number)
        decision = retry.next_try(failure, page_size, failures, other_nodes=other_nodes)
        if decision is None:
            return
        assert 1 <= decision.page_size <= page_size
        assert 0 <= decision.pause <= max(retry.PAUSES)
        page_size = decision.page_size
    raise AssertionError("the reader would try for ever")


def test_what_can_never_help_is_not_tried() -> None:
    assert retry.next_try(_failure(Remedy.NEVER), 5000, retry.Failures(lambda: False), other_nodes=True) is None


@pytest.mark.parametrize("remedy", [Remedy.SMALLER, Remedy.SLOW])
def test_too_much_at_once_makes_the_page_smaller(remedy: Remedy) -> None:
    decision = retry.next_try(_failure(remedy), 5000, retry.Failures(lambda: False), other_nodes=True)
    assert decision == retry.NextTry(5000 // retry.SHRINK)


def test_a_refusal_is_taken_to_another_node_first_and_then_shrinks_the_pages_of_the_table() -> None:
    failures = retry.Failures(lambda: False)
    assert retry.next_try(_failure(Remedy.REFUSED), 5000, failures, other_nodes=True) == retry.NextTry(5000)
    decision = retry.next_try(_failure(Remedy.REFUSED), 5000, failures, other_nodes=False)
    assert decision == retry.NextTry(5000 // retry.SHRINK, for_whole_table=True)


def test_after_a_loss_nobody_waits_for_replicas() -> None:
    for lost in (False, True):
        failures = retry.Failures(lambda lost=lost: lost)  # type: ignore[misc]
        failures.count(_failure(Remedy.LATER), "a")
        assert (retry.next_try(_failure(Remedy.LATER), 5000, failures, other_nodes=True) is None) is lost


def test_pages_stay_small_for_a_while_and_grow_again() -> None:
    failures = retry.Failures(lambda: False)
    failures.count(_failure(Remedy.SMALLER), "a")
    assert failures.shrink == retry.SHRINK
    for _page in range(10):
        failures.over()
    assert failures.shrink == 1
