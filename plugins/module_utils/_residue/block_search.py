# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Looks for people in a stream of bytes, in blocks that overlap. Pure, no I/O.

The prefilter says where something may be, ``Judge`` says what it is. A block is searched together with the end of the one before it, so that
nothing is lost at a border; each place is judged once, with ``CONTEXT`` bytes on both sides of it.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._residue.judgement import CONTEXT, ByteVerdict, Judge

_SMALLEST = 4096  # bytes; where the prefilter knows no place in so few, the matcher reads them all


@dataclasses.dataclass
class Count:
    """Places in which one person was seen."""

    exact: int = 0
    possible: int = 0

    def add(self, certainty: Certainty) -> None:
        """One place more."""
        if certainty is Certainty.EXACT:
            self.exact += 1
        else:
            self.possible += 1


Counts = dict[int, Count]
"""By the number of the subject."""


class BlockSearch:
    """Searches streams for all subjects. One object serves any number of streams, one after the other."""

    def __init__(self, prefilter: Prefilter, matcher: Matcher) -> None:
        self._prefilter = prefilter
        self._judge = Judge(matcher)

    def search(self, blocks: t.Iterable[bytes | None]) -> tuple[Counts, int]:
        """Who was seen in how many places of a stream, and how many bytes it had. ``None`` is a gap in it."""
        counts: Counts = {}
        total, kept, begun = 0, b"", False
        for block in blocks:
            if block is None:
                self._search(kept, CONTEXT if begun else 0, len(kept), counts)
                kept, begun = b"", False
                continue
            total += len(block)
            data = kept + block
            if len(data) <= 4 * CONTEXT:
                kept = data
                continue
            self._search(data, CONTEXT if begun else 0, len(data) - CONTEXT, counts)
            kept, begun = data[-2 * CONTEXT :], True
        self._search(kept, CONTEXT if begun else 0, len(kept), counts)
        return counts, total

    def in_name(self, name: str) -> Counts:
        """Who is in the name of a file or a folder. Names are joined of parts (``before-ann@x.com``), so a part is enough to be possible."""
        counts: Counts = {}
        data = name.encode("utf-8", "replace")
        self._search(data, 0, len(data), counts)
        for start, end in self._prefilter.spans(data) or () if not counts else ():
            _add(self._judge.judge_part(data[start:end]), counts)
        return counts

    def _search(self, data: bytes, first: int, last: int, counts: Counts) -> None:
        """Judge the places that begin from ``first`` to ``last``; what is around these belongs to the blocks before and after."""
        if first >= last:
            return
        spans = self._prefilter.spans(data)
        if spans is not None:
            for start, end in sorted(spans):
                if first <= start < last:
                    _add(self._judge.judge(data, start, end), counts)
        elif last - first > _SMALLEST:
            middle = (first + last) // 2
            for begin, finish in ((first, middle), (middle, last)):
                low, high = max(0, begin - CONTEXT), min(len(data), finish + CONTEXT)
                self._search(data[low:high], begin - low, finish - low, counts)
        else:
            self._search_everywhere(data, first, last, counts)

    def _search_everywhere(self, data: bytes, first: int, last: int, counts: Counts) -> None:
        """The prefilter does not know where: escapes, or an identifier that can be spelled in any bytes."""
        found = dict(self._judge.judge_any(data, first, last))
        # Without escapes it may know, and then lengths that look like letters are read.
        spans = self._prefilter.spans(data.replace(b"%", b"\n").replace(b"\\u", b"\n\n"))
        for start, end in sorted(spans or ()):
            if first <= start < last:
                for subject, certainty in self._judge.judge(data, start, end).items():
                    found[subject] = max(certainty, found.get(subject, certainty))
        _add(found, counts)


def _add(judged: ByteVerdict, counts: Counts) -> None:
    for subject, certainty in judged.items():
        counts.setdefault(subject, Count()).add(certainty)
