# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds free texts, or parts of texts, in a reading. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, Substring, Text

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import AhoCorasick, MatchKind

_FEW = 16  # texts that are looked for one by one: quicker, and a text that is there thousands of times is seen only once
_COMBINING = frozenset(COMBINING)
_WORD = re.compile(r"\S+")


class _Everywhere:
    """The places of many texts in one."""

    def __init__(self, owners: dict[str, list[int]]) -> None:
        self.owners = owners
        self._texts = sorted(owners)
        self._automaton = AhoCorasick(self._texts, matchkind=MatchKind.Standard) if len(self._texts) > _FEW else None

    def places(self, text: str) -> t.Iterator[tuple[str, int, int]]:
        """(which text, where it begins, where it ends)"""
        if self._automaton is not None:
            for which, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
                yield self._texts[which], start, end
            return
        for wanted in self._texts:
            start = text.find(wanted)
            while start >= 0:
                yield wanted, start, start + len(wanted)
                start = text.find(wanted, start + 1)


class TextIndex:
    """Finds the free texts of all subjects: exact as the whole of a value, possible as words in a longer one."""

    def __init__(self, subjects: Subjects) -> None:
        self._everywhere = _Everywhere(_owners(subjects, Text))

    def in_reading(self, text: str) -> t.Iterator[tuple[int, Certainty]]:
        """(subject, certainty) of each text that is seen in a reading of a text."""
        owners = self._everywhere.owners
        if not owners:
            return
        spaced = " ".join(fold(text).split())
        for subject in owners.get(spaced, ()):
            yield subject, Certainty.EXACT
        seen: set[str] = set()
        for wanted, _start, _end in self._as_words(spaced):
            if wanted not in seen:
                seen.add(wanted)
                for subject in owners[wanted]:
                    yield subject, Certainty.POSSIBLE

    def spans(self, folded: str) -> t.Iterator[tuple[int, int]]:
        """Where in a folded text (``readings.fold``) one of the texts is seen, as words."""
        if not self._everywhere.owners:
            return
        places: list[int] = []  # where each character of the spaced text stands
        for word in _WORD.finditer(folded):
            if places:
                places.append(word.start() - 1)
            places.extend(range(word.start(), word.end()))
        for _wanted, start, end in self._as_words(" ".join(_WORD.findall(folded))):
            yield places[start], places[end - 1] + 1

    def _as_words(self, spaced: str) -> t.Iterator[tuple[str, int, int]]:
        for wanted, start, end in self._everywhere.places(spaced):
            if not _is_of_word(spaced[start - 1 : start]) and not _is_of_word(spaced[end : end + 1]):
                yield wanted, start, end


class SubstringIndex:
    """Finds texts anywhere inside (``match: contains``)."""

    def __init__(self, subjects: Subjects) -> None:
        self._everywhere = _Everywhere(_owners(subjects, Substring))

    def in_reading(self, text: str) -> t.Iterator[tuple[int, Certainty]]:
        """(subject, certainty) of each text that is seen in a reading of a text."""
        owners = self._everywhere.owners
        if not owners:
            return
        folded = fold(text)
        if len(owners) <= _FEW:
            found = {wanted for wanted in owners if wanted in folded}
        else:
            found = {wanted for wanted, _start, _end in self._everywhere.places(folded)}
        for wanted in found:
            for subject in owners[wanted]:
                yield subject, Certainty.EXACT


def _owners(subjects: Subjects, kind: type[Text] | type[Substring]) -> dict[str, list[int]]:
    owners: dict[str, list[int]] = {}
    for number, subject in enumerate(subjects.subjects):
        for identifier in subject.identifiers:
            if isinstance(identifier, kind):
                owners.setdefault(identifier.folded, []).append(number)
    return owners


def _is_of_word(char: str) -> bool:
    return bool(char) and (char.isalnum() or char == "_" or char in _COMBINING)
