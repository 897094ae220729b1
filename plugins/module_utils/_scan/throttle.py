# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Controls the speed of the search: limits, back-off, stop file and time window. It does not know Cassandra, only host names, pages and seconds.

The cluster's own speed is the measure: the fastest pages of the same search define what is usual. If pages take several times as long, fewer are
requested at the same time (halved at once, then raised one by one), and finally each is followed by a pause. Errors that report overload have the
same effect.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import os
import statistics
import threading
import time
import typing as t

_WINDOW = 16  # number of pages after which the latency is judged
_SLOW = 4.0  # factor over the usual latency
_NEGLIGIBLE = 0.05  # seconds; a faster page never counts as slow
_LOOK = 0.5  # seconds between two checks of the stop file and the clock


@dataclasses.dataclass(frozen=True)
class TimeWindow:
    """Local times of day; an ``end`` before ``start`` is on the next day."""

    start: datetime.time
    end: datetime.time

    def holds(self, moment: datetime.time) -> bool:
        """Whether a time is within the window."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclasses.dataclass(frozen=True)
class ThrottleOptions:
    """``per_host``: pages requested from one host at the same time; ``rows_per_second``: 0 means no limit."""

    per_host: int = 4
    rows_per_second: int = 0
    stop_file: str = ""
    window: TimeWindow | None = None


class SearchStopped(Exception):
    """The search must stop. ``reason`` is for messages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclasses.dataclass
class PageSlot:
    """A slot for one page from ``host``. ``rows`` is set when it was read."""

    host: str
    rows: int | None = None


class Throttle:
    """Assigns slots to the workers of a search. ``most`` is the number of pages that may be requested at the same time from all hosts together."""

    def __init__(self, options: ThrottleOptions, most: int, now: t.Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._most = most
        self._now = now
        self._change = threading.Condition()
        self._busy: collections.Counter[str] = collections.Counter()
        self._allowed = most
        self._why_fewer = ""
        self._resting = False
        self._due = 0.0
        self._why_due = ""
        self._latencies: list[float] = []
        self._usual: float | None = None
        self._waiting: collections.Counter[str] = collections.Counter()
        self._since: dict[str, float] = {}
        self._throttled: dict[str, float] = {}
        self._looked = float("-inf")
        self._stop = ""

    @contextlib.contextmanager
    def turn(self, hosts: t.Sequence[str]) -> t.Iterator[PageSlot]:
        """Wait for a slot on the least busy of the hosts. :raises SearchStopped: if the search must stop."""
        turn = PageSlot(self._enter(hosts))
        began = self._now()
        try:
            yield turn
        finally:
            self._leave(turn, self._now() - began)

    def overloaded(self) -> None:
        """A node reported overload, or did not answer in time."""
        with self._change:
            self._reduce("overload")

    def new_table(self) -> None:
        """Measure the usual latency again."""
        with self._change:
            self._usual = None
            self._latencies.clear()

    def stop(self, reason: str) -> None:
        """Assign no more slots."""
        with self._change:
            self._stop = self._stop or reason
            self._change.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait until the time has passed or the search is stopped."""
        until = self._now() + seconds
        with self._change:
            while (left := until - self._now()) > 0:
                self._check_stop()
                self._change.wait(min(left, _LOOK))

    @property
    def throttled(self) -> dict[str, float]:
        """The seconds for which workers had to wait, by reason."""
        with self._change:
            now = self._now()
            seconds = dict(self._throttled)
            for reason, since in self._since.items():
                seconds[reason] = seconds.get(reason, 0.0) + now - since
            return {reason: round(value, 1) for reason, value in sorted(seconds.items()) if value >= 0.05}

    def _enter(self, hosts: t.Sequence[str]) -> str:
        with self._change:
            reason = ""
            try:
                while True:
                    self._check_stop()
                    host = min(hosts, key=lambda name: self._busy[name])
                    now = self._now()
                    wanted, patience = "", _LOOK
                    if now < self._due:
                        wanted, patience = self._why_due, min(self._due - now, _LOOK)
                    elif sum(self._busy.values()) >= self._allowed:
                        wanted = self._why_fewer
                    elif self._busy[host] < self._options.per_host:
                        self._busy[host] += 1
                        return host
                    if wanted != reason:
                        self._count_waiting(reason, wanted)
                        reason = wanted
                    self._change.wait(patience)
            finally:
                self._count_waiting(reason, "")

    def _leave(self, turn: PageSlot, seconds: float) -> None:
        with self._change:
            self._busy[turn.host] -= 1
            if turn.rows is not None:
                now = self._now()
                if self._options.rows_per_second:
                    self._pause_after_page("rows_per_second", max(self._due, now) + turn.rows / self._options.rows_per_second)
                if self._resting:
                    self._pause_after_page("latency", now + seconds)
                if turn.rows:
                    self._latencies.append(seconds)
                if len(self._latencies) >= _WINDOW:
                    self._judge(statistics.median(self._latencies))
                    self._latencies.clear()
            self._change.notify_all()

    def _judge(self, latency: float) -> None:
        """A window of pages is over."""
        if self._usual is not None and latency > max(self._usual * _SLOW, _NEGLIGIBLE):
            self._resting = self._allowed == 1
            self._reduce("latency")
            return
        self._resting = False
        self._usual = latency if self._usual is None else min(self._usual, latency)
        self._allowed = min(self._allowed + 1, self._most)

    def _reduce(self, why: str) -> None:
        self._why_fewer = why
        self._allowed = max(1, self._allowed // 2)
        self._latencies.clear()

    def _pause_after_page(self, why: str, until: float) -> None:
        if until > self._due:
            self._due, self._why_due = until, why

    def _check_stop(self) -> None:
        """Not too often, because the stop file may be on a slow file system."""
        now = self._now()
        if not self._stop and now - self._looked >= _LOOK:
            self._looked = now
            if self._options.stop_file and os.path.exists(self._options.stop_file):
                self._stop = "the stop file exists"
            elif self._options.window and not self._options.window.holds(datetime.datetime.now().astimezone().time()):
                self._stop = "it is outside the time window"
        if self._stop:
            raise SearchStopped(self._stop)

    def _count_waiting(self, before: str, after: str) -> None:
        """A worker now waits for another reason. Seconds are counted once, however many workers wait."""
        now = self._now()
        if before:
            self._waiting[before] -= 1
            if not self._waiting[before]:
                self._throttled[before] = self._throttled.get(before, 0.0) + now - self._since.pop(before)
        if after:
            self._waiting[after] += 1
            self._since.setdefault(after, now)
