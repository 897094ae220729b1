# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The progress of a search: counts only."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import typing as t

_EVERY = 2.0  # seconds between two writes of the file


class Progress:
    """Counts what was read, and periodically writes a line about it to a file until the block ends. :param throttled: returns for how many seconds
    the search was throttled until now, by reason.
    """

    def __init__(self, path: str, throttled: t.Callable[[], dict[str, float]], now: t.Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._throttled = throttled
        self._throttled_before: dict[str, float] = {}
        self._now = now
        self._end = threading.Event()
        self._writer = threading.Thread(target=self._write_periodically, daemon=True)
        self._began = now()
        self._lock = threading.Lock()
        self._tables = 0
        self._table = 0
        self._done = 0.0
        self._known = 0.0
        self.rows = 0
        self.findings = 0

    def tables(self, count: int) -> None:
        """Set the total number of tables."""
        self._tables = count

    def table(self, known: float) -> None:
        """Start the next table, of which an earlier search has read the fraction ``known`` (0 to 1)."""
        self._table += 1
        self._known += known
        self._done = self._table - 1 + known  # at once: somebody may be looking

    def page(self, rows: int) -> None:
        """A page was read."""
        with self._lock:
            self.rows += rows

    def range(self, part: float, findings: int) -> None:
        """A token range of the table was read, which is the fraction ``part`` of the ring."""
        with self._lock:
            self._done = min(self._done + part, self._table)
            self.findings += findings

    def __enter__(self) -> Progress:
        if self._path:
            self._writer.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end.set()
        if self._path:
            self._writer.join()

    def line(self) -> str:
        """The progress line, about the time since the previous line."""
        seconds = max(self._now() - self._began, 0.001)
        done = self._done
        share = done / self._tables if self._tables else 0.0
        state = self._main_reason_for_throttling()
        read_now = done - self._known
        words = [
            f"{100 * share:.0f} % of the ring (table {self._table} of {self._tables})",
            f"{self.rows:,} rows",
            f"{self.findings:,} findings",
            f"{self.rows / seconds:,.0f} rows/s",
            f"throttled ({state})" if state else "not throttled",
        ]
        if read_now > 0:
            words.append(f"{_duration(seconds * (self._tables - done) / read_now)} left")
        return ", ".join(words)

    def _main_reason_for_throttling(self) -> str:
        """What throttled the search longest since the last line; '' if nothing did."""
        throttled = self._throttled()
        longer = {reason: seconds - self._throttled_before.get(reason, 0.0) for reason, seconds in throttled.items()}
        self._throttled_before = throttled
        reason = max(longer, key=lambda name: longer[name], default="")
        return reason if longer.get(reason) else ""

    def _write_periodically(self) -> None:
        while not self._end.wait(_EVERY):
            self._write()
        self._write()

    def _write(self) -> None:
        """The file is replaced atomically, so readers always see a complete line. A full disk must not end a search."""
        with contextlib.suppress(OSError):
            scratch = f"{self._path}.{os.getpid()}"
            with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="ascii") as stream:
                stream.write(self.line() + "\n")
            os.replace(scratch, self._path)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
