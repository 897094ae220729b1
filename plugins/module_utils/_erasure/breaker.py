# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A circuit breaker: after too many rejected writes in a row, no more are tried. Pure, no I/O; thread-safe.

What GWS or Cassandra may get over (an internal error, a gateway's page, a timeout) is tried several times, over half a minute. Where that did not help
so many settings in a row, it will not help the next thousands, and it is no help for the server either. Each kind of write has a circuit
of its own: a GWS that refuses every PUT may do every DELETE.

Only such refusals count, and those for a lack of rights. What else GWS refuses for good (a setting that it does not accept) says nothing about the next
setting, costs it one request, and must not keep others from being erased.
"""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Kind, WriteResponse

MOST_IN_A_ROW = 10  # settings, or rows, each tried several times


class Breaker:
    """``most`` consecutive rejections of one kind of write open its circuit for the rest of the run."""

    def __init__(self, most: int = MOST_IN_A_ROW) -> None:
        self._most = most
        self._in_a_row: dict[Kind, int] = {}
        self._label: dict[Kind, str] = {}
        self._done: set[Kind] = set()
        self._lock = threading.Lock()

    def admits(self, kind: Kind) -> bool:
        """Whether writes of this kind are still tried."""
        return self._in_a_row.get(kind, 0) < self._most

    def refused(self, kind: Kind, sent: WriteResponse) -> bool:
        """All tries of one write have failed; ``sent`` is the last answer. Returns whether the failure counts: it is due to the server or the owner."""
        if not sent.transient and not sent.missing and not sent.forbidden:
            return False
        with self._lock:
            self._in_a_row[kind] = self._in_a_row.get(kind, 0) + 1
            self._label[kind] = sent.label
        return True

    def succeeded(self, kind: Kind) -> None:
        """A write succeeded; the count starts again. An open circuit stays open, because other items were left untried."""
        with self._lock:
            self._done.add(kind)
            if self._in_a_row.get(kind, 0) < self._most:
                self._in_a_row[kind] = 0

    def has_succeeded(self, kind: Kind) -> bool:
        """Whether a write of this kind was done in this run, so that this user may do such writes, if not everywhere."""
        return kind in self._done

    def raise_if_untried(self, kinds: t.Collection[Kind]) -> None:
        """``kinds`` of what was not tried. :raises DataLeftError: when there is any."""
        if not kinds:
            return
        rows = sum(1 for kind in kinds if kind is Kind.DELETE_ROW)
        settings = len(kinds) - rows
        untried = " and ".join(counted(number, what) for number, what in ((settings, "setting"), (rows, "row")) if number)
        kind = next(iter(kinds))
        who, log = ("Cassandra", "Cassandra's log") if kind is Kind.DELETE_ROW else ("GWS", "the GWS log")
        refused = counted(self._in_a_row[kind], "row" if kind is Kind.DELETE_ROW else "setting")
        raise DataLeftError(
            "too_many_refusals",
            f"Stopped: {who} could not erase {refused} in a row ({self._label[kind]}), so {untried} "
            f"{'was' if len(kinds) == 1 else 'were'} not tried. See {log}; when the problem is solved, run it again to continue.",
            not_tried=len(kinds),
        )
