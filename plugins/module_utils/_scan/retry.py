# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decides what to do after a page could not be read. Pure, separate from the loop that carries it out.

Each kind of failure has its own limit: a timeout takes seconds, a read failure almost no time. After a range was lost, later ranges do not wait long
for the same node again.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy

SMALLEST_PAGE = 1  # rows
SHRINK = 8  # factor by which a page is made smaller
MOST_SHRINKING = SHRINK**4
PAUSES = (0.5, 2.0, 5.0)  # seconds before another try of a page for which no replica was available

_PATIENCE = {Remedy.LATER: len(PAUSES), Remedy.OVERLOADED: 12, Remedy.SLOW: 6, Remedy.ELSEWHERE: 12}
_PATIENCE_AFTER_A_LOSS = {Remedy.LATER: 0, Remedy.OVERLOADED: 3, Remedy.SLOW: 1, Remedy.ELSEWHERE: 4}
_MOST_IN_A_ROW = 200  # consecutive failures of any other kind


@dataclasses.dataclass(frozen=True)
class NextTry:
    """Read the page again: ``pause`` seconds later, with ``page_size`` rows. ``for_whole_table``: no page of the table may be larger."""

    page_size: int
    pause: float = 0.0
    for_whole_table: bool = False


class Failures:
    """Consecutive failures within a range, and their effect on the next page. ``nodes`` are those that failed."""

    def __init__(self, range_was_lost: t.Callable[[], bool]) -> None:
        self._range_was_lost = range_was_lost
        self._remedy: Remedy | None = None
        self.in_a_row = 0
        self.shrink = 1
        self.nodes: set[t.Any] = set()
        self.all_nodes_failed = False

    def count(self, failure: PageReadError, node: t.Any) -> None:
        """Count a failure. Pages stay small for a while, because what made one too big is probably near the next one."""
        self.in_a_row += 1
        self._remedy = failure.remedy
        self.nodes.add(node)
        if failure.remedy in (Remedy.SMALLER, Remedy.SLOW):
            self.shrink = min(self.shrink * SHRINK, MOST_SHRINKING)

    def over(self) -> None:
        """A page was read."""
        self.in_a_row = 0
        self.all_nodes_failed = False
        self.shrink = max(1, self.shrink // 2)

    @property
    def too_many(self) -> bool:
        """Whether to give up."""
        patience = _PATIENCE_AFTER_A_LOSS if self._range_was_lost() else _PATIENCE
        return self.in_a_row > (patience.get(self._remedy, _MOST_IN_A_ROW) if self._remedy else _MOST_IN_A_ROW)


def next_try(failure: PageReadError, page_size: int, failures: Failures, *, other_nodes: bool) -> NextTry | None:
    """What to do after a failure; None if nothing can help. ``other_nodes``: whether there are nodes that did not fail."""
    if failures.too_many or failure.remedy is Remedy.NEVER:
        return None
    if failure.remedy in (Remedy.LATER, Remedy.OVERLOADED):
        return NextTry(page_size, PAUSES[min(failures.in_a_row, len(PAUSES)) - 1])
    if failure.remedy is Remedy.ELSEWHERE:
        return NextTry(page_size, PAUSES[0] if failures.all_nodes_failed else 0.0)
    if failure.remedy is Remedy.REFUSED and other_nodes:
        return NextTry(page_size)
    smaller = max(SMALLEST_PAGE, page_size // SHRINK)
    if smaller == page_size:
        return None
    return NextTry(smaller, for_whole_table=failure.remedy is Remedy.REFUSED)
