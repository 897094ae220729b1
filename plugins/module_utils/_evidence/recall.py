# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Makes everybody in a ledger the subject of one search, and collects the plain identifiers that it finds. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.marks import marks_of
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit, Leaf, Matcher, leaves
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter, Span
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import Guess, readings
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subject, Subjects
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Found, Lookup
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry


def subjects_of(entries: t.Sequence[Entry], key: Key) -> Subjects:
    """The people of a ledger, each once, without identifiers, which are not known yet."""
    refs = dict.fromkeys(entry.ref for entry in entries)
    return Subjects(tuple(Subject(ref, ()) for ref in refs), key)


# An address needs an @, a number needs digits, and an encoded one needs a digit or an ampersand.
_HOLDS_NOTHING = re.compile(r"[^@0-9&\x80-\U0010ffff]*")


class RecallMatcher(Matcher):
    """Matches everybody in the ledger, and keeps the plain identifiers: ``recalled`` contains them by the number of the subject."""

    def __init__(self, subjects: Subjects, entries: t.Sequence[Entry], lookup: Lookup) -> None:
        """``lookup``: of these entries."""
        super().__init__(Subjects(()), None)
        self._lookup = lookup
        numbers = {subject.ref: number for number, subject in enumerate(subjects.subjects)}
        self._subject_of = [numbers[entry.ref] for entry in entries]
        self.recalled: dict[int, set[str]] = {}

    def in_value(self, value: t.Any) -> list[Hit]:
        """One hit for each subject. The exact place does not matter: the search that follows finds it."""
        found: set[int] = set()
        for leaf in leaves(value):
            for entry, identifier in self._in_leaf(leaf):
                subject = self._subject_of[entry]
                self.recalled.setdefault(subject, set()).add(identifier)
                found.add(subject)
        return [Hit(subject, Certainty.POSSIBLE, ()) for subject in found]

    def _in_leaf(self, leaf: Leaf) -> t.Iterator[Found]:
        if leaf.is_number:
            yield from self._lookup.in_digits(leaf.text)
            return
        if _HOLDS_NOTHING.fullmatch(leaf.text):
            return
        read = readings(leaf.text)
        for reading in {leaf.text, read.addresses, *read.loose}:
            yield from self._lookup.in_addresses(reading, glued=isinstance(leaf.text, Guess))
        for reading in {leaf.text, read.numbers, *read.loose}:
            yield from self._lookup.in_digits(reading)


class RecallFilter(Prefilter):
    """Selects bytes that may contain somebody who is in the ledger, like ``Prefilter``, but by the short codes of tails and middles. Plain spellings
    contain the bytes of a tail or a middle; around marks, their readings do.
    """

    wants_numbers = True

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(Subjects(()))
        self._lookup = lookup
        self._marks = marks_of(phones=True, every_letter=False)

    def spans(self, data: bytes) -> list[Span]:
        """The spans that may contain somebody."""
        return self._plainly_in(data) + self._in_windows(data)

    def may_be_numbers(self, digits: bytes) -> bool:
        """Whether decimal integers may include somebody's number."""
        return bool(self._lookup.digit_spans(digits))

    def _in_readings(self, text: str) -> bool:
        read = readings(text)
        return any(
            self._plainly_in(one.replace('"@', "@").encode("utf-8", "replace")) for one in {read.addresses, read.numbers, *read.loose}
        )

    def _plainly_in(self, data: bytes) -> list[Span]:
        return self._lookup.address_spans(data) + self._lookup.digit_spans(data)
