# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A place of a text where a number that is searched for may stand: where it begins, and what stands beside it. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.labels import MEETING_WORDS, Label, label_of, words_of
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_dialling import NumberRules, Reading, calls_country
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_extension import extension_after, extension_before
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of, is_valid, may_be_valid, number_of
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_shapes import (
    Shape,
    begins_with_date,
    ends_with_date,
    is_fraction,
    shape_of,
)

_AROUND = 64  # characters before and behind a number that are looked at
_WORDS_BEFORE = 32
_MOST_WORDS_OF_LABEL = 3
_LONGEST_GAP = 4
_MOST_GROUPS_BEFORE, _MOST_DIGITS_BEFORE = 8, 24
_FEWEST_DIGITS_OF_ANOTHER = 7
_LONGEST_COUNTRY_CODE = 3
_FEWEST_DIGITS_OF_POSTCODE = 4
_MOST_DIGITS_OF_EXTENSION = 5
_PUNCTUATION = " ()[]./~-*#+"
_SPELLED = re.compile(r"\d+(?:[ ()\[\]./~\-]{1,4}\d+)*")
_RUN_BEFORE = re.compile(r"\+?[(\[]?\d[\d ()\[\]./~\-]*$")
_RUN_BEHIND = re.compile(r"\d[\d ()\[\]./~\-]*")
_SETS_APART = re.compile(r"  |\+|\s[\-/]\s|[)\]]\s?[(\[]|[.)\]]\s")
_TIME_BEHIND = re.compile(r"\d{1,2}(?::\d\d|\s?h\b|\s?uhr\b|\s?[ap]\.?m\b)", re.IGNORECASE)
_MEASURE = re.compile(r"\d{1,5}[^\W\d_]")  # 61s, 3rd
_TIME_BEFORE = re.compile(r"\d:\d\d(?::\d\d)?(?:\.\d+)?Z?\s*$")
_JOINED_BEFORE = re.compile(r"([^\W\d_]+)\w*[\-/_.]$")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]+$")
_FIRST_WITHOUT_WORD_SPACES = 0xE00  # Thai, Chinese, Japanese, Korean ...: a letter beside a number does not belong to it


@dataclasses.dataclass(frozen=True)
class Place:
    """The digits [start, end) of a text, with what stands around them."""

    text: str
    start: int
    end: int


class NumberVerdict(t.NamedTuple):
    """How surely a number stands at a place, its extension ("" for none), and where in the text of the place it begins and its extension ends."""

    certainty: Certainty
    extension: str
    begin: int
    end: int


class _Beginning(t.NamedTuple):
    """Where a number may begin: with the sign ``mark`` (a bracket or +), with the digit ``first``."""

    mark: int
    first: int
    plus: bool


def place_at(text: str, start: int, end: int) -> Place | None:
    """The place of digits in a text; None when something stands between them that no number has in it."""
    if end - start > 5 * _MOST_DIGITS_BEFORE or not _SPELLED.fullmatch(text, start, end):
        return None
    low = max(0, start - _AROUND)
    return Place(text[low : end + _AROUND], start - low, end - low)


def judge(place: Place, rules: NumberRules, label: Label, region: str | None) -> NumberVerdict | None:
    """How surely the number of ``rules`` stands at a place; None when it does not.

    :param label: what the field that the text lies in is called after.
    """
    text, end = place.text, place.end
    for beginning in reversed(_beginnings(text, place.start)):
        reading = rules.read(text[beginning.mark : end], plus=beginning.plus)
        if reading is not None:
            break
    else:
        return None
    extension, extension_end = extension_after(text, end)
    neighbours = _Neighbours(text, beginning, end, reading, rules, region)
    certainties = [
        reading.certainty,
        neighbours.before(),
        Certainty.EXACT if extension is not None else neighbours.behind(),
        neighbours.letters(has_extension=extension is not None),
        _is_phone(text, beginning, end, reading, label),
    ]
    if None in certainties:
        return None
    certainty = min(t.cast("list[Certainty]", certainties))
    return NumberVerdict(certainty, extension or extension_before(text, beginning.mark) or "", beginning.mark, extension_end)


def _beginnings(text: str, start: int) -> list[_Beginning]:
    """Where a number may begin whose digits from ``start`` on are known, the nearest first: at each group of digits before, up to a +."""
    found: list[_Beginning] = []
    at = start
    while len(found) < _MOST_GROUPS_BEFORE and start - at <= _MOST_DIGITS_BEFORE:
        first = at
        while first > 0 and text[first - 1] in "0123456789":
            first -= 1
        gap = first
        while gap > 0 and text[gap - 1] in _PUNCTUATION and first - gap <= _LONGEST_GAP:
            gap -= 1
        plus = text.rfind("+", gap, first)
        if plus >= 0:
            found.append(_Beginning(plus - (text[max(0, plus - 1) : plus] in ("(", "[")), first, True))
            break
        mark = first
        while mark > gap and text[mark - 1] in "([":
            mark -= 1
        found.append(_Beginning(mark, first, False))
        if text[first - 1 : first] == "*" and start - first >= 2:
            found.append(_Beginning(first + 2, first + 2, False))  # *67 and other services have two digits
        if gap == 0 or text[gap - 1] not in "0123456789" or first - gap > _LONGEST_GAP or "#" in text[gap:first]:
            break
        at = gap
    return found


class _Neighbours:
    """What stands beside a number: each method answers how sure it may be at most, None when it is none."""

    def __init__(self, text: str, beginning: _Beginning, end: int, reading: Reading, rules: NumberRules, region: str | None) -> None:
        self._text, self._beginning, self._end = text, beginning, end
        self._reading, self._regions = reading, tuple(dict.fromkeys((region, *rules.regions)))
        self._digits = digits_of(text[beginning.first : end])

    def before(self) -> Certainty | None:
        """Digits before it: a number of their own, a date, a time, or a part of a longer number?"""
        before = self._text[: self._beginning.mark]
        bare = before.rstrip(_PUNCTUATION)
        gap = before[len(bare) :]
        if not bare[-1:].isdecimal() or len(gap) > _LONGEST_GAP:
            if re.search(r"\d\\+$", before):
                return Certainty.POSSIBLE  # what is left of an escape
            if self._text[self._end : self._end + 1] == "#" and re.search(r"\d\s?,{1,5}$", before):
                return Certainty.POSSIBLE  # dialled behind another number: the code of a conference
            if bare != before or self._beginning.plus or not re.search(r"\d[,.]$", before):
                return Certainty.EXACT
            ahead = _RUN_BEFORE.search(before[:-1])
            is_another = ahead is not None and len(digits_of(ahead.group())) >= _FEWEST_DIGITS_OF_ANOTHER
            return Certainty.EXACT if is_another else Certainty.POSSIBLE
        if self._beginning.plus:
            return Certainty.EXACT
        found = _RUN_BEFORE.search(bare)
        run = found.group() if found else bare[-1]
        if "+" in run:  # a country code stands before it, unless that is a whole number
            if is_valid(number_of("+" + digits_of(run), None)):
                return Certainty.EXACT
            is_country = len(digits_of(run)) <= _LONGEST_COUNTRY_CODE + 1
            return None if is_country or is_valid(number_of("+" + digits_of(run) + self._digits, None)) else Certainty.POSSIBLE
        if not self._reading.worldwide and calls_country(digits_of(run), self._regions[0]):
            return None
        if self._in_row_of_fours(run, ""):
            return Certainty.POSSIBLE
        is_service = "#" in gap or bare[: len(bare) - len(run)].endswith(("*", "#"))
        if is_service or ends_with_date(bare) or _TIME_BEFORE.search(bare) or self._is_another(run, from_end=True):
            return Certainty.EXACT
        if _SETS_APART.search(gap + self._text[self._beginning.mark : self._beginning.first]) and not (")" in gap and "(" in run):
            return Certainty.EXACT
        if self._is_number(digits_of(run) + self._digits):
            return Certainty.POSSIBLE if self._begins_clearly() else None
        is_own = len(digits_of(run)) >= _FEWEST_DIGITS_OF_POSTCODE and " " in gap
        return Certainty.EXACT if self._begins_clearly() and is_own else Certainty.POSSIBLE

    def behind(self) -> Certainty | None:
        """Digits behind it, as ``before``; a few of them that are set apart may be an extension."""
        behind = self._text[self._end :]
        bare = behind.lstrip(_PUNCTUATION)
        gap = behind[: len(behind) - len(bare)]
        if not bare[:1].isdecimal() or len(gap) > _LONGEST_GAP:
            return Certainty.POSSIBLE if re.match(r",\d{1,6}(?![\s.:/\-]{0,2}\d)|\\+\d", behind) else Certainty.EXACT
        if gap == "*":
            return Certainty.POSSIBLE
        if _MEASURE.match(bare) and " " in gap:
            return Certainty.EXACT
        if "+" in gap or "*" in gap or _TIME_BEHIND.match(bare) or begins_with_date(bare):
            return Certainty.EXACT
        run = t.cast("re.Match[str]", _RUN_BEHIND.match(bare)).group()
        digits = digits_of(run)
        if self._in_row_of_fours("", run):
            return Certainty.POSSIBLE
        if self._is_another(run, from_end=False):
            return Certainty.EXACT
        may_be_extension = len(digits) <= _MOST_DIGITS_OF_EXTENSION and any(sign in gap for sign in "-/([")
        if may_be_extension:
            return Certainty.POSSIBLE
        if _SETS_APART.search(gap):
            return Certainty.EXACT
        may_be_postcode = " " in gap and len(digits) >= _FEWEST_DIGITS_OF_POSTCODE
        return None if not may_be_postcode and self._is_number(self._digits + digits) else Certainty.POSSIBLE

    def letters(self, *, has_extension: bool) -> Certainty | None:
        """A letter right beside it: of a label, or of an id?"""
        before, behind = self._text[: self._beginning.mark], self._text[self._end : self._end + 2]
        glued = _belongs_to_word(before[-1:])
        if glued:
            word = _LETTERS_BEFORE.search(before)
            label = label_of((word.group().lower(),), sentence=True) if word else Label.NOTHING
            is_pause = before[-1:] in "pwPW" and before[-2:-1].isdecimal()
            glued = label is not Label.PHONE and not is_pause
        glued_behind = not has_extension and _belongs_to_word(behind[:1])
        if self._beginning.plus:
            in_word = glued_behind and behind[:1] != "_"
            return Certainty.POSSIBLE if in_word or (glued and behind[:1] == "@") else Certainty.EXACT
        if glued and glued_behind:
            return None
        joined = _JOINED_BEFORE.search(before)
        in_id = joined is not None and label_of(words_of(joined.group(1)), sentence=True) is not Label.PHONE
        in_id = in_id or (behind[:1] in "-_" and _belongs_to_word(behind[1:]) and self._text[self._beginning.first : self._end].isdecimal())
        return Certainty.POSSIBLE if glued or glued_behind or (in_id and not self._reading.worldwide) else Certainty.EXACT

    def _begins_clearly(self) -> bool:
        spelled = self._text[self._beginning.mark : self._end]
        return self._reading.worldwide or spelled.lstrip().startswith(("(", "[", "0"))

    def _is_number(self, digits: str) -> bool:
        if self._beginning.plus or self._reading.worldwide:
            return is_valid(number_of("+" + digits.lstrip("0"), None))
        return any(is_valid(number_of(digits, region)) for region in self._regions if region)

    def _in_row_of_fours(self, before: str, behind: str) -> bool:
        """Four by four digits are those of a payment card or an account."""
        row = re.findall(r"\d+", before + " " + self._text[self._beginning.first : self._end] + " " + behind)
        return len(row) > 3 and all(len(group) == 4 for group in row[1:-1])

    def _is_another(self, run: str, *, from_end: bool) -> bool:
        """Whether the groups of digits next to the number are one of their own."""
        groups = re.findall(r"\d+", run)
        for count in range(1, min(len(groups), _MOST_GROUPS_BEFORE) + 1):
            digits = "".join(groups[-count:] if from_end else groups[:count])
            if len(digits) >= _FEWEST_DIGITS_OF_ANOTHER and any(
                may_be_valid(digits, region) and is_valid(number_of(digits, region)) for region in self._regions if region
            ):
                return True
        return False


def _belongs_to_word(char: str) -> bool:
    return char == "_" or (char.isalpha() and (ord(char) < _FIRST_WITHOUT_WORD_SPACES or ord(char) >= 0x10000))


def _is_phone(text: str, beginning: _Beginning, end: int, reading: Reading, label: Label) -> Certainty | None:
    """Is it a phone number at all? The words before it say more about it than the field's name."""
    words = words_of(text[max(0, beginning.mark - _WORDS_BEFORE) : beginning.mark])
    said = label_of(words, sentence=True)
    if "user=phone" in text[end:]:
        said = Label.PHONE
    is_meeting = said is Label.OTHER and any(word in MEETING_WORDS for word in words[-_MOST_WORDS_OF_LABEL:])
    said = label if said is Label.NOTHING else said
    spelled = text[beginning.first : end]
    if reading.worldwide:
        return Certainty.POSSIBLE if is_fraction(spelled) else Certainty.EXACT
    if is_meeting:
        return Certainty.POSSIBLE  # whatever its shape: 415 555 0123
    shape = shape_of(text, beginning.first, end)
    if shape is Shape.OTHER:
        return Certainty.POSSIBLE if said is Label.PHONE else None
    if shape is Shape.DOUBTFUL:
        return None if said is Label.TIME and spelled.isdecimal() else Certainty.POSSIBLE
    if shape is Shape.OPEN and said is not Label.PHONE:
        return None if said is Label.TIME else Certainty.POSSIBLE
    return Certainty.POSSIBLE if spelled.isdecimal() and said in (Label.TIME, Label.OTHER) else Certainty.EXACT
