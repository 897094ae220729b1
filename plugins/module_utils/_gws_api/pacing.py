# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Controls the request rate: a limit on requests per second, and back-off, for all workers of a run together. It does not know HTTP.

A run starts with one request at a time and doubles that while GWS stays as fast, so that the usual latency is measured before GWS has much load. A
rejection because of overload (429) makes all workers wait as long as GWS requested, and halves the number of parallel requests. So does a latency
that is several times the usual one of this run, per kind of request, because GWS also serves agents. The number is then raised one by one. If even
single requests are slow, each is followed by a pause.
"""

from __future__ import annotations

import collections
import contextlib
import statistics
import threading
import time
import typing as t

_WINDOW = 16  # number of requests after which the latency is judged
_FIRST_WINDOW = 4  # the same, while the number of parallel requests doubles
_SLOW = 4.0  # times the usual
_NEGLIGIBLE = 0.1  # seconds; a faster request never counts as slow
LONGEST_PAUSE = 60.0  # seconds; the longest wait, even if GWS requests a longer one


class Pacing:
    """Assigns turns to the workers. Thread-safe. At most ``parallel`` requests at the same time; 0 requests per second means no limit."""

    def __init__(
        self,
        parallel: int,
        requests_per_second: float = 0.0,
        now: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = max(1, parallel)
        self._allowed = 1
        self._is_growing = True
        self._interval = 1.0 / requests_per_second if requests_per_second > 0 else 0.0
        self._now = now
        self._change = threading.Condition()
        self._busy = 0
        self._next = 0.0
        self._resume = 0.0
        self._rest = 0.0
        self._latencies: dict[str, list[float]] = collections.defaultdict(list)
        self._usual: dict[str, float] = {}
        self.seconds_waited = 0.0

    @contextlib.contextmanager
    def turn(self, kind: str) -> t.Iterator[None]:
        """Wait until a request may be sent. ``kind``: requests of one kind take about the same time."""
        self._enter()
        began = self._now()
        try:
            yield
        finally:
            self._leave(kind, self._now() - began)

    def overloaded(self, seconds: float) -> None:
        """GWS rejected a request because of overload, and requested a pause of this many seconds."""
        with self._change:
            self._resume = max(self._resume, self._now() + min(max(seconds, 0.0), LONGEST_PAUSE))
            self._reduce()

    @property
    def allowed(self) -> int:
        """The number of requests that may currently run in parallel."""
        with self._change:
            return self._allowed

    def _enter(self) -> None:
        with self._change:
            began = self._now()
            while True:
                now = self._now()
                wait = max(self._resume, self._next) - now
                if self._busy < self._allowed and wait <= 0:
                    break
                self._change.wait(wait if wait > 0 else None)
            self._busy += 1
            if self._interval:
                self._next = max(now, self._next) + self._interval
            self.seconds_waited += now - began

    def _leave(self, kind: str, seconds: float) -> None:
        with self._change:
            self._busy -= 1
            if self._rest:
                self._next = max(self._next, self._now() + self._rest)
            latencies = self._latencies[kind]
            latencies.append(seconds)
            if len(latencies) >= (_FIRST_WINDOW if self._is_growing else _WINDOW):
                self._judge(kind, statistics.median(latencies))
                latencies.clear()
            self._change.notify_all()

    def _judge(self, kind: str, latency: float) -> None:
        """A window of requests of one kind is over."""
        usual = self._usual.setdefault(kind, latency)
        if latency > max(usual * _SLOW, _NEGLIGIBLE):
            self._rest = latency if self._allowed == 1 else 0.0
            self._reduce()
            return
        self._rest = 0.0
        self._usual[kind] = min(usual, latency)
        self._allowed = min(self._allowed * 2 if self._is_growing else self._allowed + 1, self._most)
        self._is_growing = self._is_growing and self._allowed < self._most

    def _reduce(self) -> None:
        self._is_growing = False
        self._allowed = max(1, self._allowed // 2)
        for latencies in self._latencies.values():
            latencies.clear()
