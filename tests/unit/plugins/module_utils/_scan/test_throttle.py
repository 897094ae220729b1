# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The caps hold, a slow cluster is asked less, and a search ends when it shall."""

from __future__ import annotations

import collections
import contextlib
import datetime
import itertools
import threading
import time
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._scan import throttle as throttle_module
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import SearchStopped, Throttle, ThrottleOptions, TimeWindow
from tests.unit.strategies import QUICK

PAGES = 16  # that decide


class WouldWait(Exception):
    """There is no turn at the moment."""


class Clock(threading.Condition):
    """A clock that stands still, and the condition of a throttle of one thread: to wait makes the clock go on."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1000.0
        self.may_wait = True
        self.on_wait: t.Callable[[], object] = lambda: None

    def now(self) -> float:
        return self.seconds

    def wait(self, timeout: float | None = None) -> bool:
        if not self.may_wait or timeout is None:
            raise WouldWait
        self.on_wait()
        self.seconds += timeout
        return False


def pace_of(clock: Clock, options: ThrottleOptions | None = None, most: int = 8) -> Throttle:
    throttle = Throttle(options or ThrottleOptions(per_host=100), most, clock.now)
    throttle._change = clock
    return throttle


def read_pages(throttle: Throttle, clock: Clock, seconds: float, count: int = PAGES, rows: int | None = 10) -> None:
    for _page in range(count):
        with throttle.turn(["a"]) as turn:
            clock.seconds += seconds
            turn.rows = rows


def at_once(throttle: Throttle, clock: Clock, hosts: t.Sequence[str] = ("a",)) -> list[str]:
    """The hosts of all turns that can be had at once."""
    clock.seconds += 1000  # no rest is left
    clock.may_wait = False
    held = []
    with contextlib.ExitStack() as stack, contextlib.suppress(WouldWait):
        while True:
            held.append(stack.enter_context(throttle.turn(hosts)).host)
    clock.may_wait = True
    return held


def in_flight(throttle: Throttle, clock: Clock) -> int:
    return len(at_once(throttle, clock))


def test_no_host_is_asked_for_more_pages_at_a_time_than_allowed() -> None:
    throttle = Throttle(ThrottleOptions(per_host=2), 5)
    lock = threading.Lock()
    busy: collections.Counter[str] = collections.Counter()
    seen: dict[str, int] = {}
    problems: list[str] = []
    choices = [list(hosts) for count in (1, 2, 3) for hosts in itertools.permutations("abc", count)]

    def work(number: int) -> None:
        for step in range(20):
            hosts = choices[(number * 7 + step) % len(choices)]
            with throttle.turn(hosts) as turn:
                with lock:
                    busy[turn.host] += 1
                    seen[turn.host] = max(seen.get(turn.host, 0), busy[turn.host])
                    seen["all"] = max(seen.get("all", 0), sum(busy.values()))
                    if turn.host not in hosts:
                        problems.append(turn.host)
                time.sleep(0.001)
                with lock:
                    busy[turn.host] -= 1

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert seen == {"a": 2, "b": 2, "c": 2, "all": 5}
    assert not problems


def test_the_least_busy_host_is_asked() -> None:
    clock = Clock()
    assert at_once(pace_of(clock, ThrottleOptions(per_host=2)), clock, "abc") == list("abcabc")
    throttle = pace_of(clock, ThrottleOptions(per_host=2))
    with throttle.turn("b"):
        assert at_once(throttle, clock, "bac") == list("acbac")
    assert at_once(throttle, clock, "ba") == list("baba")


def test_a_turn_that_failed_is_given_back() -> None:
    clock = Clock()
    throttle = pace_of(clock, ThrottleOptions(per_host=1))
    for _try in range(3):
        with pytest.raises(ZeroDivisionError), throttle.turn("a"):
            raise ZeroDivisionError
    assert in_flight(throttle, clock) == 1


def test_slow_pages_halve_and_quick_pages_give_back_one_by_one() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    read_pages(throttle, clock, 0.1)
    assert in_flight(throttle, clock) == 8
    for left in (4, 2, 1, 1, 1):
        read_pages(throttle, clock, 1.0, PAGES - 1)
        before = in_flight(throttle, clock)
        read_pages(throttle, clock, 1.0, 1)
        assert in_flight(throttle, clock) == left <= before
    for left in (2, 3, 4, 5, 6, 7, 8, 8):
        read_pages(throttle, clock, 0.1)
        assert in_flight(throttle, clock) == left
    assert set(throttle.throttled) == {"latency"}


@pytest.mark.parametrize(
    ("usual", "then", "left"),
    [(0.1, 0.39, 8), (0.1, 0.41, 4), (0.001, 0.049, 8), (0.001, 0.051, 4), (1.0, 0.5, 8)],
)
def test_what_is_slow(usual: float, then: float, left: int) -> None:
    clock = Clock()
    throttle = pace_of(clock)
    read_pages(throttle, clock, usual)
    read_pages(throttle, clock, then)
    assert in_flight(throttle, clock) == left


def test_the_quickest_pages_of_the_table_are_the_measure() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    for seconds in (0.1, 0.3, 0.35):
        read_pages(throttle, clock, seconds)
        assert in_flight(throttle, clock) == 8
    read_pages(throttle, clock, 0.5)
    assert in_flight(throttle, clock) == 4


def test_a_few_slow_pages_are_not_a_slow_cluster() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    read_pages(throttle, clock, 0.1)
    read_pages(throttle, clock, 30.0, 7)
    read_pages(throttle, clock, 0.1, PAGES - 7)
    assert in_flight(throttle, clock) == 8


@pytest.mark.parametrize("rows", [None, 0])
def test_pages_that_failed_or_are_empty_tell_nothing(rows: int | None) -> None:
    clock = Clock()
    throttle = pace_of(clock)
    read_pages(throttle, clock, 0.1)
    read_pages(throttle, clock, 9.0, 3 * PAGES, rows)
    assert in_flight(throttle, clock) == 8
    read_pages(throttle, clock, 9.0)
    assert in_flight(throttle, clock) == 4


def test_a_cluster_that_is_still_slow_gets_a_rest_after_each_page() -> None:
    clock = Clock()
    throttle = pace_of(clock, most=2)
    read_pages(throttle, clock, 0.1)
    read_pages(throttle, clock, 1.0)
    assert in_flight(throttle, clock) == 1
    began = clock.seconds
    read_pages(throttle, clock, 1.0)  # one at a time, and no rest yet
    assert clock.seconds - began == pytest.approx(PAGES)
    assert throttle.throttled == {}
    in_flight(throttle, clock)  # uses up the rest after the last page
    began = clock.seconds
    read_pages(throttle, clock, 2.0, 5)
    assert clock.seconds - began == pytest.approx(5 * 2.0 + 4 * 2.0)
    assert throttle.throttled == {"latency": 8.0}
    in_flight(throttle, clock)
    read_pages(throttle, clock, 0.1)  # the last of them ends it
    in_flight(throttle, clock)
    began = clock.seconds
    read_pages(throttle, clock, 0.1, 5)
    assert clock.seconds - began == pytest.approx(0.5)


def test_overload_halves_at_once() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    for left in (4, 2, 1, 1):
        throttle.overloaded()
        assert in_flight(throttle, clock) == left
    read_pages(throttle, clock, 0.1)
    assert in_flight(throttle, clock) == 2


def test_who_waits_after_an_overload_waits_for_it() -> None:
    clock = Clock()
    throttle = pace_of(clock, most=2)
    throttle.overloaded()
    seen: list[dict[str, float]] = []

    def look() -> None:
        seen.append(throttle.throttled)
        if len(seen) == 4:
            throttle.stop("enough")

    clock.on_wait = look
    with throttle.turn("a"), pytest.raises(SearchStopped), throttle.turn("a"):
        pass
    assert seen == [{}, {"overload": 0.5}, {"overload": 1.0}, {"overload": 1.5}]
    assert throttle.throttled == {"overload": 2.0}


def test_another_table_has_another_usual() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    read_pages(throttle, clock, 0.1)
    read_pages(throttle, clock, 2.0, PAGES - 1)
    throttle.new_table()
    read_pages(throttle, clock, 2.0)
    assert in_flight(throttle, clock) == 8
    read_pages(throttle, clock, 9.0)
    assert in_flight(throttle, clock) == 4


def test_rows_per_second() -> None:
    clock = Clock()
    throttle = pace_of(clock, ThrottleOptions(rows_per_second=1000))
    began = clock.seconds
    read_pages(throttle, clock, 0.01, 51, rows=100)
    assert clock.seconds - began == pytest.approx(50 * 0.1 + 51 * 0.01, abs=0.011)
    assert throttle.throttled == {"rows_per_second": 5.0}


def test_rows_per_second_of_many_workers() -> None:
    throttle = Throttle(ThrottleOptions(rows_per_second=10000), 8)
    began = time.monotonic()

    def work() -> None:
        for _page in range(8):
            with throttle.turn("abc") as turn:
                turn.rows = 50

    threads = [threading.Thread(target=work, daemon=True) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert time.monotonic() - began >= (8 * 8 - 8) * 50 / 10000


def test_seconds_are_those_of_the_clock_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "_LOOK", 0.01)
    clock = Clock()
    throttle = Throttle(ThrottleOptions(rows_per_second=10), 8, clock.now)
    with throttle.turn("a") as turn:
        turn.rows = 100

    def work() -> None:
        with throttle.turn("a"):
            pass

    threads = [threading.Thread(target=work, daemon=True) for _number in range(5)]
    for thread in threads:
        thread.start()
    patience = time.monotonic() + 30
    while throttle._waiting["rows_per_second"] < 5 and time.monotonic() < patience:
        time.sleep(0.001)
    clock.seconds += 4
    assert throttle.throttled == {"rows_per_second": 4.0}
    clock.seconds += 6
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    clock.seconds += 5
    assert throttle.throttled == {"rows_per_second": 10.0}


def test_the_stop_file_is_looked_for_now_and_then(tmp_path: Path) -> None:
    clock = Clock()
    throttle = pace_of(clock, ThrottleOptions(stop_file=str(tmp_path / "stop")))
    read_pages(throttle, clock, 0.0)
    (tmp_path / "stop").touch()
    read_pages(throttle, clock, 0.0)
    clock.seconds += 0.5
    with pytest.raises(SearchStopped) as caught, throttle.turn("a"):
        pass
    assert caught.value.reason == "the stop file exists"
    (tmp_path / "stop").unlink()
    with pytest.raises(SearchStopped), throttle.turn("a"):
        pass


def test_a_worker_that_waits_sees_the_stop_file(tmp_path: Path) -> None:
    clock = Clock()
    throttle = pace_of(clock, ThrottleOptions(rows_per_second=1, stop_file=str(tmp_path / "stop")))
    read_pages(throttle, clock, 0.1, 1, rows=1000)
    began = clock.seconds
    clock.on_wait = (tmp_path / "stop").touch
    with pytest.raises(SearchStopped), throttle.turn("a"):
        pass
    assert clock.seconds - began <= 1.0


def test_outside_of_the_time_window_a_search_ends() -> None:
    midnight, noon = datetime.time(0), datetime.time(12)
    stopped = []
    for window in (TimeWindow(midnight, noon), TimeWindow(noon, midnight)):
        clock = Clock()
        try:
            with pace_of(clock, ThrottleOptions(window=window)).turn("a"):
                pass
        except SearchStopped as error:
            stopped.append(error.reason)
    assert stopped == ["it is outside the time window"]  # of one of the two


def _seconds(moment: datetime.time) -> float:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second + moment.microsecond / 1e6


@QUICK
@given(st.times(), st.times(), st.times())
def test_time_window_goes_round_the_clock(start: datetime.time, end: datetime.time, moment: datetime.time) -> None:
    day = 24 * 3600
    for at in (moment, start, end):
        inside = (_seconds(at) - _seconds(start)) % day < (_seconds(end) - _seconds(start)) % day
        assert TimeWindow(start, end).holds(at) is inside


def test_stop_wakes_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "_LOOK", 300.0)
    throttle = Throttle(ThrottleOptions(per_host=1), 8)
    reasons: list[str] = []

    def work(block: t.Callable[[], t.ContextManager[t.Any]]) -> None:
        try:
            with block():
                pass
        except SearchStopped as stopped:
            reasons.append(stopped.reason)

    def paused() -> t.ContextManager[None]:
        throttle.pause(300.0)
        return contextlib.nullcontext()

    with throttle.turn("a"):
        blocks = [lambda: throttle.turn("a")] * 3 + [paused]
        threads = [threading.Thread(target=work, args=(block,), daemon=True) for block in blocks]
        for thread in threads:
            thread.start()
        patience = time.monotonic() + 30
        while len(throttle._change._waiters) < 4 and time.monotonic() < patience:  # type: ignore[attr-defined]
            time.sleep(0.001)
        throttle.stop("first")
        throttle.stop("second")
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
    assert reasons == ["first"] * 4


def test_a_pause_lasts_as_long_as_it_shall() -> None:
    clock = Clock()
    throttle = pace_of(clock)
    began = clock.seconds
    throttle.pause(3.3)
    assert clock.seconds - began == pytest.approx(3.3)
    throttle.pause(0.0)
    assert clock.seconds - began == pytest.approx(3.3)
