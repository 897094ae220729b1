# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests run at a time, told by a clock that the test turns."""

from __future__ import annotations

from ansible_collections.genesys.gws.plugins.module_utils._gws_api.pacing import Pacing


class Turns:
    """Requests one after the other, each of which takes as long as the test says."""

    def __init__(self, parallel: int, requests_per_second: float = 0.0) -> None:
        self.clock = 0.0
        self.pacing = Pacing(parallel, requests_per_second, lambda: self.clock)

    def take(self, count: int, seconds: float, kind: str = "read") -> int:
        """How many may run at a time after so many requests."""
        for _number in range(count):
            with self.pacing.turn(kind):
                self.clock += seconds
        return self.pacing.allowed


def test_it_begins_with_one_and_doubles() -> None:
    turns = Turns(16)
    assert turns.pacing.allowed == 1
    assert [turns.take(4, 0.05) for _window in range(6)] == [2, 4, 8, 16, 16, 16]
    assert Turns(1).take(100, 0.05) == 1


def test_rising_latency_halves_and_gives_back_one_by_one() -> None:
    turns = Turns(16)
    turns.take(32, 0.05)
    assert turns.take(16, 0.19) == 16, "less than four times the usual is no sign"
    assert [turns.take(16, 0.3) for _window in range(3)] == [8, 4, 2]
    assert [turns.take(16, 0.05) for _window in range(3)] == [3, 4, 5]


def test_growth_ends_at_the_first_sign() -> None:
    turns = Turns(16)
    turns.take(8, 0.05)
    assert turns.take(4, 0.5) == 2
    assert turns.take(16, 0.05) == 3


def test_short_requests_are_never_slow() -> None:
    turns = Turns(16)
    turns.take(32, 0.001)
    assert turns.take(64, 0.05) == 16


def test_each_kind_has_its_own_usual_latency() -> None:
    turns = Turns(16)
    turns.take(32, 0.05)
    assert turns.take(64, 0.5, kind="write") == 16


def test_a_refusal_for_overload_halves() -> None:
    turns = Turns(16)
    turns.take(32, 0.05)
    turns.pacing.overloaded(0.0)
    assert turns.pacing.allowed == 8
    for _time in range(10):
        turns.pacing.overloaded(0.0)
    assert turns.pacing.allowed == 1
