# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The line about a search is right, and nothing about it can end the search."""

from __future__ import annotations

import re
import stat
import threading
import time
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._scan import progress as _progress
from ansible_collections.genesys.gws.plugins.module_utils._scan.progress import Progress
from tests.unit.strategies import QUICK


class Clock:
    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def percent(progress: Progress) -> int:
    found = re.match(r"(\d+) % of the ring", progress.line())
    assert found
    return int(found.group(1))


def test_line() -> None:
    clock = Clock()
    throttled: dict[str, float] = {}
    progress = Progress("", throttled.copy, clock)
    assert progress.line() == "0 % of the ring (table 0 of 0), 0 rows, 0 findings, 0 rows/s, not throttled"
    progress.tables(4)
    progress.table(0.0)
    clock.seconds += 10
    progress.page(1000)
    progress.page(500)
    progress.range(0.5, 2)
    throttled.update(latency=2.5, overload=0.5)
    assert progress.line() == "12 % of the ring (table 1 of 4), 1,500 rows, 2 findings, 150 rows/s, throttled (latency), 1 min 10 s left"
    progress.range(0.5, 1)
    clock.seconds += 10
    assert progress.line() == "25 % of the ring (table 1 of 4), 1,500 rows, 3 findings, 75 rows/s, not throttled, 1 min 0 s left"
    throttled.update(latency=2.6, overload=1.5)
    assert "throttled (overload)" in progress.line()
    assert "not throttled" in progress.line()


def test_what_was_read_before_says_nothing_about_the_time_left() -> None:
    clock = Clock()
    progress = Progress("", dict, clock)
    progress.tables(2)
    progress.table(1.0)
    progress.table(0.5)
    clock.seconds += 3600
    assert progress.line() == "75 % of the ring (table 2 of 2), 0 rows, 0 findings, 0 rows/s, not throttled"
    progress.range(0.25, 0)
    assert progress.line().endswith(", 1 h 0 min left")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min"), (90061, "25 h 1 min")],
)
def test_duration(seconds: float, words: str) -> None:
    assert _progress._duration(seconds) == words


@QUICK
@given(st.lists(st.tuples(st.integers(0, 10), st.lists(st.integers(1, 10), max_size=8)), min_size=1, max_size=5))
def test_percent_never_falls_and_is_never_over_100(tables: list[tuple[int, list[int]]]) -> None:
    """Tables of which a part is known; each is read in ranges, of which some may be lost."""
    progress = Progress("", dict)
    progress.tables(len(tables))
    seen = [percent(progress)]
    for known, parts in tables:
        whole = (known + sum(parts)) or 1
        progress.table(known / whole)
        seen.append(percent(progress))
        for number, part in enumerate(parts):
            if number != 5:
                progress.range(part / whole, 0)
            seen.append(percent(progress))
    assert seen == sorted(seen)
    assert seen[-1] <= 100
    if all(0 < len(parts) < 6 for _known, parts in tables):
        assert seen[-1] == 100


def test_percent_does_not_jump_between_two_tables() -> None:
    """The writer looks at any moment: also while the next table begins."""

    class Seen(Progress):
        def __setattr__(self, name: str, value: t.Any) -> None:
            super().__setattr__(name, value)
            if looking and name != "_throttled_before":  # which looking sets
                seen.append(percent(self))

    looking = False
    seen: list[int] = []
    progress = Seen("", dict)
    progress.tables(2)
    progress.table(0.0)
    progress.range(1.0, 0)
    looking = True
    progress.table(0.0)
    assert set(seen) == {50}


def test_counts_of_many_threads_add_up() -> None:
    progress = Progress("", dict)
    progress.tables(1)
    progress.table(0.0)

    def work() -> None:
        for _page in range(500):
            progress.page(3)
            progress.range(1 / 4096, 1)

    threads = [threading.Thread(target=work, daemon=True) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert progress.rows == 8 * 500 * 3
    assert progress.findings == 8 * 500
    assert progress._done == 8 * 500 / 4096


def test_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "_EVERY", 0.005)
    path = tmp_path / "progress"
    with Progress(str(path), dict) as progress:
        progress.tables(1)
        progress.table(0.0)
        patience = time.monotonic() + 30
        while not path.exists() and time.monotonic() < patience:
            time.sleep(0.001)
        assert path.read_text().startswith("0 % of the ring (table 1 of 1)")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        progress.range(1.0, 0)
    assert path.read_text().startswith("100 % of the ring")
    assert path.read_text().count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["progress"]


def test_a_short_search_writes_it_once(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError), Progress(str(path), dict):
        raise ZeroDivisionError
    assert time.monotonic() - began < _progress._EVERY
    assert path.exists()


def test_a_folder_that_is_missing_does_not_end_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "_EVERY", 0.001)
    path = tmp_path / "missing/progress"
    with Progress(str(path), dict) as progress:
        time.sleep(0.02)
        path.parent.mkdir()  # it comes back
        patience = time.monotonic() + 30
        while not path.exists() and time.monotonic() < patience:
            time.sleep(0.001)
        progress.page(1)
    assert "1 rows" in path.read_text()


def test_no_file_no_thread() -> None:
    before = threading.active_count()
    with Progress("", dict):
        assert threading.active_count() == before
