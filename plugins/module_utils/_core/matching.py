# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds identifiers in a value. Pure, no I/O.

Theory of operation
-------------------
A value is a text (a column, a JSON string) or a parsed JSON document. ``Matcher.in_value`` walks it: object keys, strings, numbers; a
string that is itself JSON is parsed and walked too, at any depth. Each text on the way is taken in its readings (see ``readings``), and each
kind of identifier is looked for by its own index (``emails``, ``phones``, ``words``). What is seen in the most decoded reading can be exact;
what is seen only where something had to be guessed is possible.

The walk takes time in proportion to the value: no recursion, no path that is copied at every step, nothing that is asked for each person.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.anchors import decoded_form, reads_otherwise
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import NO_CONTEXT, Certainty, Context
from ansible_collections.genesys.gws.plugins.module_utils._core.emails import EmailIndex
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, Member, Step, all_members, embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.phones import PhoneIndex
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import Guess, readings
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._core.words import SubstringIndex, TextIndex

Occurrences = t.Iterable[t.Tuple[int, Certainty]]  # noqa: UP006 - ansible-test reads it as Python 3.8


@dataclasses.dataclass(frozen=True)
class Hit:
    """Subject number ``subject`` (its index in Subjects.subjects) was found at ``path``."""

    subject: int
    certainty: Certainty
    path: JsonPath


_MAX_EMBEDDING = 12
_LONGEST_NUMBER = 100  # bits; a longer integer is no phone number, and its digits take time in the square of their number
# A binary format writes tags and lengths around its texts (Protocol Buffers: a tag, a length, the text): bytes that may look like letters and
# digits stick to a text, and beside them is a control character.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_STUCK_BYTES = (re.compile(r"[^\x00-\x1f](?=[\x00-\x1f])"), re.compile(r"(?<=[\x00-\x1f])[^\x00-\x1f]"))
_GLUED_TO_DIGITS = re.compile(r"[A-Za-z@\[-`](?=[+\d])|(?<=\d)[A-Za-z@\[-`]")

# The way to a value: the way to what it lies in, and the last step; None for the root. Shared by all that lie in the same object.
_PathLink = t.Optional[t.Tuple[t.Any, t.Union[str, int, Step]]]  # noqa: UP006, UP007, UP045 - ansible-test reads it as Python 3.8


class Leaf(t.NamedTuple):
    """A text, or a decimal integer, at its place in a document."""

    text: str
    is_number: bool
    way: _PathLink
    context: Context


class Matcher:
    """Finds the identifiers of all subjects in a value."""

    def __init__(self, subjects: Subjects, region: str | None) -> None:
        self._emails = EmailIndex(subjects)
        self._phones = PhoneIndex(subjects, region)
        self._texts = TextIndex(subjects)
        self._substrings = SubstringIndex(subjects)
        as_typed = _only_those_that_look_encoded(subjects)
        self._emails_as_typed = EmailIndex(as_typed)
        self._texts_as_typed = TextIndex(as_typed)
        as_read = _in_most_decoded_form(as_typed)
        self._emails_as_read = EmailIndex(as_read)
        self._texts_as_read = TextIndex(as_read)

    def in_value(self, value: t.Any) -> list[Hit]:
        """All hits in a text or a parsed JSON value: for each subject and path the most certain one."""
        hits: dict[tuple[int, JsonPath], Certainty] = {}
        for leaf in leaves(_with_all_members(value)):
            best: dict[int, Certainty] = {}
            for subject, certainty in self._in_number(leaf) if leaf.is_number else self._in_text(leaf):
                best[subject] = max(certainty, best.get(subject, certainty))
            path = _path(leaf.way) if best else ()
            for subject, certainty in best.items():
                hits[subject, path] = max(certainty, hits.get((subject, path), certainty))
        return [Hit(subject, certainty, path) for (subject, path), certainty in hits.items()]

    # -- what people.Known asks

    def as_typed(self, text: str) -> list[tuple[int, int]]:
        """The spans of addresses and texts that themselves look encoded, in a folded text before decoding."""
        return [*self._emails_as_typed.spans(text), *self._texts_as_typed.spans(text)]

    def addresses(self, folded: str) -> list[tuple[int, int]]:
        """The spans of addresses in a folded reading."""
        return list(self._emails.spans(folded))

    def words(self, folded: str) -> list[tuple[int, int]]:
        """The spans of free texts in a folded reading."""
        return list(self._texts.spans(folded))

    def numbers(self, folded: str) -> list[tuple[int, int, int]]:
        """The phone numbers in a folded reading in plain characters: start, end of the number, end of its extension."""
        return list(self._phones.spans(folded))

    def _in_number(self, leaf: Leaf) -> Occurrences:
        yield from self._phones.in_number(leaf.text, leaf.context)
        yield from _at_most_possible(self._texts.in_reading(leaf.text))  # 4711 may be a case, or how often somebody called
        yield from self._substrings.in_reading(leaf.text)

    def _in_text(self, leaf: Leaf) -> Occurrences:
        read = readings(leaf.text)
        is_guess = isinstance(leaf.text, Guess)
        sure = self._in_readings(read.addresses, read.numbers, leaf.context)
        yield from sure if read.settled and not is_guess else _at_most_possible(sure)
        for reading in (read.addresses, *read.loose):
            yield from _at_most_possible(self._emails_as_read.in_reading(reading))
            yield from _at_most_possible(self._texts_as_read.in_reading(reading))
        yield from self._emails_as_typed.in_reading(leaf.text)
        yield from self._texts_as_typed.in_reading(leaf.text)
        yield from self._substrings.in_reading(leaf.text)
        for loose in read.loose:
            yield from _at_most_possible(self._in_readings(loose, loose, leaf.context))
        if is_guess:
            yield from self._emails.in_binary(leaf.text)
            yield from _at_most_possible(self._phones.in_text(_GLUED_TO_DIGITS.sub("\x00", leaf.text), leaf.context))
        if _CONTROL.search(leaf.text):
            for stuck in _STUCK_BYTES:
                bare = stuck.sub("\x00", leaf.text)
                yield from _at_most_possible(self._in_readings(bare, bare, leaf.context))

    def _in_readings(self, addresses: str, numbers: str, context: Context) -> Occurrences:
        yield from self._emails.in_reading(addresses)
        yield from self._texts.in_reading(addresses)
        yield from self._substrings.in_reading(addresses)
        yield from self._phones.in_text(numbers, context)


def _only_those_that_look_encoded(subjects: Subjects) -> Subjects:
    """The subjects with only those identifiers that themselves look encoded (``50%25``): these are also searched for literally."""
    return dataclasses.replace(
        subjects,
        subjects=tuple(
            dataclasses.replace(subject, identifiers=tuple(filter(reads_otherwise, subject.identifiers))) for subject in subjects.subjects
        ),
    )


def _in_most_decoded_form(subjects: Subjects) -> Subjects:
    """These subjects with their identifiers in the most decoded reading, because they may have been encoded once more."""
    return dataclasses.replace(
        subjects,
        subjects=tuple(
            dataclasses.replace(subject, identifiers=tuple(map(decoded_form, subject.identifiers))) for subject in subjects.subjects
        ),
    )


def _at_most_possible(seen: Occurrences) -> Occurrences:
    return ((subject, Certainty.POSSIBLE) for subject, _certainty in seen)


def _with_all_members(value: t.Any) -> t.Any:
    """An object that knows its own JSON text (``text``) with all members that the text has, should a name be there twice."""
    text = getattr(value, "text", None)
    if not isinstance(value, dict) or not isinstance(text, str):
        return value
    try:
        full = all_members(text)
    except (ValueError, RecursionError):  # nested too deep, or a text of something else: the value itself is all there is
        return value
    return full if _holds_member(full) else value


def _holds_member(root: t.Any) -> bool:
    """Whether an object somewhere in a value has a name twice."""
    stack = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, Member):
            return True
        if isinstance(value, (dict, list)):
            stack.extend(value.values() if isinstance(value, dict) else value)
    return False


def leaves(root: t.Any) -> t.Iterator[Leaf]:
    """Every text and number of a value, without recursion: a document may be nested deeper than Python's recursion limit."""
    stack: list[tuple[t.Any, _PathLink, int, Context, bool]] = [(root, None, _MAX_EMBEDDING, NO_CONTEXT, False)]
    while stack:
        value, way, depth, context, guessed = stack.pop()
        if isinstance(value, str):
            guessed = guessed or isinstance(value, Guess)
            parsed = embedded_json(value) if depth else None
            if parsed is not None:
                stack.append((parsed, (way, Step.EMBEDDED_JSON), depth - 1, context, guessed))
            else:
                yield Leaf(Guess(value) if guessed else value, False, way, context)
        elif isinstance(value, (int, float)):
            digits = _digits(value)
            if digits:
                yield Leaf(digits, True, way, context)
        elif isinstance(value, dict):
            siblings = value.siblings if isinstance(value, Member) else value
            for key, item in value.items():
                name = str(key)
                here = (way, name)
                inner = Context(name, siblings)
                stack.append((Guess(name) if guessed else name, (here, Step.OBJECT_KEY), depth, inner, guessed))
                stack.append((item, here, depth, inner, guessed))
        elif isinstance(value, (list, tuple)):
            stack.extend((item, (way, index), depth, context, guessed) for index, item in enumerate(value))


def _digits(number: int | float) -> str:
    """An integer in decimal; "" for what can be no number of a person."""
    if isinstance(number, bool) or (isinstance(number, float) and not number.is_integer()):
        return ""
    whole = int(number)
    return str(whole) if whole.bit_length() <= _LONGEST_NUMBER else ""


def _path(way: _PathLink) -> JsonPath:
    steps: list[str | int | Step] = []
    while way is not None:
        way, step = way
        steps.append(step)
    return tuple(reversed(steps))
