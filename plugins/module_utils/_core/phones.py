# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Where a phone number is seen in a text or in a JSON number. Pure, no I/O.

Theory of operation
-------------------
Each number that is searched for has *anchors*: digits of which every spelling of it holds one sequence whole (``phone_number.anchors``). One automaton
finds them all in the digits of a text, however many people are searched for. Around each of these places three questions are asked:

* Which number is it? What stands before the anchor in the same run of digits and phone punctuation is tried from its farthest beginning
  (``phone_dialling``). The number ends with the anchor: further digits right behind it make it another number.
* Is it a phone number at all? See ``phone_shapes``, and ``labels`` for what the field's name and the words before it say.
* Is it all of it? An extension, in the text or in a field beside it, must be the one searched for (``phone_extension``); other groups of digits beside
  the number must be something else that is known: another number, a date, a time of day.

EXACT needs a yes to all three. What is left open is POSSIBLE; what is another number, or none, is no match.
"""

from __future__ import annotations

import bisect
import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import NO_CONTEXT, Certainty, Context
from ansible_collections.genesys.gws.plugins.module_utils._core.labels import Label, label_of, words_of
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_dialling import NumberRules
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_extension import ExtensionFields
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, anchors, plain
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_place import NumberVerdict, Place, judge, place_at
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_shapes import Shape, shape_of
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import AhoCorasick

_DIGITS = re.compile(r"[0-9]+")
_NOT_DIGITS = re.compile(r"[^0-9]+")
# What no number goes across: a letter, most signs, the end of a line, five signs in a row; and a run of more digits than a number has.
_BETWEEN_NUMBERS = re.compile(r"[^0-9 ()\[\]./~*#+\-]+|[^0-9]{9,}|[0-9]{33,}")
_LONGEST_LITERAL = 60
# What stands in few numbers, and between two things more often: it is looked at as a blank, for what is possible.
_ODD_GAP = re.compile(r"(?<=[0-9)\]])[ \t]*(?:[_|'\t]|\r?\n)[ \t]*(?=[0-9(])")


class _Entry:
    """One number that is searched for, and for whom: (subject, extension)."""

    def __init__(self, phone: Phone, region: str | None) -> None:
        self.rules = NumberRules(phone.country_code, phone.national if phone.country_code else phone.core, region)
        self.people: list[tuple[int, str]] = []


class PhoneIndex:
    """Finds the phone numbers of all subjects. Whatever it finds has one of the ``anchors`` of the number in its digits."""

    def __init__(self, subjects: Subjects, region: str | None) -> None:
        self._region = region
        self._literals: dict[str, list[tuple[int, str]]] = {}
        entries: dict[tuple[str, str], _Entry] = {}
        by_anchor: dict[str, list[_Entry]] = {}
        for number, subject in enumerate(subjects.subjects):
            for identifier in subject.identifiers:
                if not isinstance(identifier, Phone):
                    continue
                self._literals.setdefault(identifier.literal, []).append((number, identifier.extension))
                key = (identifier.country_code, identifier.national if identifier.country_code else identifier.core)
                if key not in entries:
                    entries[key] = _Entry(identifier, region)
                    for anchor in anchors(identifier):
                        by_anchor.setdefault(anchor, []).append(entries[key])
                entries[key].people.append((number, identifier.extension))
        self._anchors = sorted(by_anchor)
        self._entries = [by_anchor[anchor] for anchor in self._anchors]
        self._beside = ExtensionFields({})
        self._automaton = AhoCorasick(self._anchors) if self._anchors else None

    def in_text(self, text: str, context: Context = NO_CONTEXT) -> list[tuple[int, Certainty]]:
        """(subject, certainty) of each number that is seen in one reading of a text."""
        if self._automaton is None:
            return []
        text = plain(text)
        beside = self._extension_beside(context, text)
        best = self._literal_matches(text, context, beside)
        if not self._automaton.find_matches_as_indexes(_NOT_DIGITS.sub("", text)):
            return list(best.items())
        self._search_text(text, context, beside, best)
        joined = _ODD_GAP.sub(" ", text)
        if joined != text:
            possible: dict[int, Certainty] = {}
            self._search_text(joined, context, beside, possible)
            for subject in possible:
                best.setdefault(subject, Certainty.POSSIBLE)
        return list(best.items())

    def _search_text(self, text: str, context: Context, beside: str, best: dict[int, Certainty]) -> None:
        """Adds to ``best`` how surely each person's number is in the text."""
        look = functools.lru_cache(maxsize=256)(functools.partial(self._look, label=_label(context)))
        sure: set[int] = set()
        for place, _offset, anchor in self._places(text):
            for entry in self._entries[anchor]:
                if id(entry) in sure:
                    continue
                seen = look(place, entry)
                if seen is not None:
                    _note(best, entry, seen.certainty, seen.extension or beside)
                    if seen.certainty is Certainty.EXACT and all(best.get(subject) is Certainty.EXACT for subject, _asked in entry.people):
                        sure.add(id(entry))

    def spans(self, text: str) -> t.Iterator[tuple[int, int, int]]:
        """Where in a text in plain characters (``phone_number.plain``) a number is seen, whoever of the subjects has it and however surely.

        Begin, end of the number, end of its extension.
        """
        if self._automaton is None:
            return
        if len(text) <= _LONGEST_LITERAL and text.strip().lower() in self._literals:
            yield 0, len(text), len(text)
        look = functools.lru_cache(maxsize=256)(functools.partial(self._look, label=Label.NOTHING))
        for place, offset, anchor in self._places(text):
            for entry in self._entries[anchor]:
                seen = look(place, entry)
                if seen is not None:
                    yield offset + seen.begin, offset + place.end, offset + seen.end

    def in_number(self, digits: str, context: Context = NO_CONTEXT) -> list[tuple[int, Certainty]]:
        """(subject, certainty) of each number that a JSON number is; ``digits``: an integer in decimal."""
        if self._automaton is None or not digits.isdecimal() or len(digits) > _LONGEST_LITERAL:
            return []
        best: dict[int, Certainty] = {}
        beside = self._extension_beside(context, digits)
        label = _label(context)
        shape = shape_of(digits, 0, len(digits))
        for subject, _extension in self._literals.get(digits, ()):
            best[subject] = Certainty.EXACT if label is Label.PHONE and shape is Shape.PHONE else Certainty.POSSIBLE
        for anchor, start, end in self._automaton.find_matches_as_indexes(digits, overlapping=True):
            if end != len(digits):
                continue
            for entry in self._entries[anchor]:
                reading = entry.rules.read(digits, plus=False, is_number=True)
                if reading is None or start > 12:
                    continue
                international = entry.rules.is_international(digits)
                if label is Label.TIME and (shape is not Shape.PHONE or not international):
                    continue
                spoken_for = label is Label.PHONE or (label is Label.NOTHING and international)
                certainty = reading.certainty if shape is Shape.PHONE and spoken_for else Certainty.POSSIBLE
                _note(best, entry, certainty, beside)
        return list(best.items())

    def _extension_beside(self, context: Context, text: str) -> str:
        """The extension that a field beside the text gives, "" for none; also one of the object that lies under a number as its name."""
        siblings = context.siblings
        if context.field == text and isinstance(siblings.get(text), dict):
            siblings = siblings[text]
        if not siblings:
            return ""
        if self._beside.siblings is not siblings:
            self._beside = ExtensionFields(siblings)  # the fields of one object come one after another: it is looked through once
        return self._beside.extension_for(context.field)

    def _literal_matches(self, text: str, context: Context, beside: str) -> dict[int, Certainty]:
        """A value that is the term letter by letter is exact, whatever country it may be from (as a free text would be)."""
        best: dict[int, Certainty] = {}
        if len(text) > _LONGEST_LITERAL:
            return best
        literal = text.strip()
        people = self._literals.get(literal.lower(), ())
        if people:
            shape = shape_of(literal, 0, len(literal))
            label = _label(context)
            doubtful = (shape is Shape.OPEN and label is not Label.PHONE) or shape < Shape.OPEN or label in (Label.TIME, Label.OTHER)
            for subject, extension in people:
                other = doubtful or (beside and beside != extension)
                best[subject] = Certainty.POSSIBLE if other else Certainty.EXACT
        return best

    def _places(self, text: str) -> t.Iterator[tuple[Place, int, int]]:
        """Where an anchor is seen: what stands around it, where that begins in the text, and the number of the anchor.

        Cut at what no number goes across, so that the rest costs nothing.
        """
        automaton = t.cast("AhoCorasick", self._automaton)
        low = 0
        for cut in (*_BETWEEN_NUMBERS.finditer(text), None):
            high = len(text) if cut is None else cut.start()
            groups = [group.span() for group in _DIGITS.finditer(text, low, high)]
            if groups:
                digits = _NOT_DIGITS.sub("", text[low:high])
                found = automaton.find_matches_as_indexes(digits, overlapping=True)
                if found:
                    ends: list[int] = []
                    for start, end in groups:
                        ends.append((ends[-1] if ends else 0) + end - start)
                    for anchor, first, behind in found:
                        begins, finishes = bisect.bisect_right(ends, first), bisect.bisect_left(ends, behind)
                        if ends[finishes] == behind:  # a number ends where a group of digits ends
                            start = groups[begins][1] - (ends[begins] - first)
                            place = place_at(text, start, groups[finishes][1])
                            if place is not None:
                                yield place, start - place.start, anchor
            low = high if cut is None else cut.end()

    def _look(self, place: Place, entry: _Entry, *, label: Label) -> NumberVerdict | None:
        return judge(place, entry.rules, label, self._region)


def _label(context: Context) -> Label:
    return label_of(words_of(context.field)) if context.field else Label.NOTHING


def _note(best: dict[int, Certainty], entry: _Entry, certainty: Certainty, extension: str) -> None:
    """Keep the surest certainty of each person whose number it is; with another extension than theirs it is possible only."""
    for subject, asked in entry.people:
        mine = certainty if extension == asked else Certainty.POSSIBLE
        if mine > best.get(subject, 0):
            best[subject] = mine
