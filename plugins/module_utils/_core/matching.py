# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Where an identifier is seen in a value. Pure, no I/O.

Theory of operation
-------------------
A value is a text (a column, a JSON string) or a parsed JSON document. ``Matcher.in_value`` walks it: object keys, strings,
numbers; a string that is itself JSON is parsed and walked too, at any depth. Each leaf is compared by kind:

* **E-mail**: around every ``@`` the longest run that can be an address is cut out and looked up whole. So ``joann@x.com`` and
  ``ann@x.com.au`` are other addresses than ``ann@x.com`` by construction, and the cost does not depend on the number of people.
* **Phone**: see phones.py, which is asked about each text and each number.
* **Text**: the whole value, or whole words in a longer one (possible).
* **Substring** (``contains``): anywhere.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty, Context
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, Step, embedded_json, repeats_a_name
from ansible_collections.genesys.gws.plugins.module_utils._core.phones import PhoneIndex
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    COMBINING,
    Email,
    Subjects,
    Substring,
    Text,
    fold,
)


@dataclasses.dataclass(frozen=True)
class Hit:
    """Subject number ``subject`` (its place in Subjects.subjects) was seen at ``path``."""

    subject: int
    certainty: Certainty
    path: JsonPath


_MAX_EMBEDDING = 12
# Characters that can stand in an address right beside another one: what follows a letter and one of these is the same address.
_LOCAL = r"\w.%+\-'&!*~^`$" + COMBINING
_LOCAL_BACKWARDS = re.compile(r"[" + _LOCAL + r"]*")
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]*")
_LONGEST_LOCAL = 400  # characters; more can't be an address, and looking on would take the square of the length
_LOCAL_ORDINARY = re.compile(r"[" + _LOCAL + r"]+")
_JSON_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")


class Matcher:
    """Finds the identifiers of all subjects in a value."""

    def __init__(self, subjects: Subjects, region: str | None) -> None:
        self._phones = PhoneIndex(subjects, region)
        self._emails: dict[str, list[int]] = {}
        self._unusual_emails: list[tuple[str, int]] = []
        self._texts: dict[str, list[int]] = {}
        self._words: list[tuple[re.Pattern[str], int]] = []
        self._substrings: list[tuple[str, int]] = []
        for number, subject in enumerate(subjects.subjects):
            for identifier in subject.identifiers:
                if isinstance(identifier, Email):
                    for form in identifier.forms:
                        if _LOCAL_ORDINARY.fullmatch(form.rpartition("@")[0]):
                            self._emails.setdefault(form, []).append(number)
                        else:
                            self._unusual_emails.append((form, number))
                elif isinstance(identifier, Text):
                    self._texts.setdefault(identifier.folded, []).append(number)
                    self._words.append((re.compile(r"(?<!\w)" + re.escape(identifier.folded) + r"(?!\w)"), number))
                elif isinstance(identifier, Substring):
                    self._substrings.append((identifier.folded, number))

    def in_value(self, value: t.Any) -> list[Hit]:
        """All hits in a text or a parsed JSON value, one for each subject and path, the surer one if there are two."""
        best: dict[tuple[int, JsonPath], Certainty] = {}
        for leaf, path, literal in self._leaves(value, (), _MAX_EMBEDDING):
            for subject, certainty in self._in_leaf(leaf, path, literal):
                known = best.get((subject, path))
                if known is None or certainty > known:
                    best[(subject, path)] = certainty
        return [Hit(subject, certainty, path) for (subject, path), certainty in best.items()]

    def _leaves(self, root: t.Any, path: JsonPath, embedding: int) -> t.Iterator[tuple[str, JsonPath, bool]]:
        """Every (text, path, whether it is a JSON number), without recursion: a document may be nested deeper than Python is."""
        stack: list[tuple[t.Any, JsonPath, int]] = [(root, path, embedding)]
        while stack:
            value, here, depth = stack.pop()
            if isinstance(value, str):
                parsed = embedded_json(value) if depth else None
                if parsed is not None:
                    stack.append((parsed, here + (Step.EMBEDDED_JSON,), depth - 1))
                    if repeats_a_name(value):
                        yield value, here, False
                else:
                    yield value, here, False
            elif isinstance(value, bool) or value is None:
                continue
            elif isinstance(value, int):
                yield str(value), here, True
            elif isinstance(value, float):
                if value.is_integer():
                    yield str(int(value)), here, True
            elif isinstance(value, dict):
                for key, item in value.items():
                    stack.append((str(key), here + (str(key), Step.OBJECT_KEY), depth))
                    stack.append((item, here + (str(key),), depth))
            elif isinstance(value, (list, tuple)):
                for index, item in enumerate(value):
                    stack.append((item, here + (index,), depth))

    def _in_leaf(self, text: str, path: JsonPath, number: bool) -> t.Iterator[tuple[int, Certainty]]:
        context = Context(field=path[-1]) if path and isinstance(path[-1], str) else Context()
        if number:
            yield from self._phones.in_number(text, context)
            yield from self._substrings_in(fold(text))
            return
        for spelling in spellings(text):
            folded = fold(spelling)
            yield from self._emails_in(folded)
            yield from self._texts_in(folded)
            yield from self._substrings_in(folded)
            yield from self._phones.in_text(spelling, context)

    def _emails_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        if "@" not in folded:
            return
        for at in re.finditer("@", folded):
            before = folded[max(0, at.start() - _LONGEST_LOCAL) : at.start()][::-1]
            local = t.cast("re.Match[str]", _LOCAL_BACKWARDS.match(before)).group()[::-1]
            domain = t.cast("re.Match[str]", _DOMAIN.match(folded, at.end())).group()
            around = (before[len(local) : len(local) + 1], folded[at.end() + len(domain) : at.end() + len(domain) + 1])
            if not local or not domain or "@" in around:
                continue
            address_domain = domain.rstrip(".-_")
            opened = local.lstrip(".'&!*~^`$")
            for subject in self._emails.get(opened + "@" + address_domain, ()):
                yield subject, Certainty.EXACT
            bare = opened.lstrip("-_+%.")
            if bare != opened:
                for subject in self._emails.get(bare + "@" + address_domain, ()):
                    yield subject, Certainty.POSSIBLE
        for form, subject in self._unusual_emails:
            if re.search(r"(?<![\w.+\-])" + re.escape(form) + r"(?![\w\-]|\.\w)", folded):
                yield subject, Certainty.EXACT

    def _texts_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        if not self._texts:
            return
        single_spaced = " ".join(folded.split())
        for subject in self._texts.get(single_spaced, ()):
            yield subject, Certainty.EXACT
        for pattern, subject in self._words:
            if pattern.search(single_spaced):
                yield subject, Certainty.POSSIBLE

    def _substrings_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        for substring, subject in self._substrings:
            if substring in folded:
                yield subject, Certainty.EXACT


def spellings(text: str) -> tuple[str, ...]:
    """The text and, when it holds escapes that other writers leave in texts, what it means without them."""
    found = [text]
    if "\\" in text:
        unescaped = _JSON_ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), text)
        found.append(re.sub(r"\\+[/nrtbf]?", lambda run: "/" if run.group().endswith("/") else " ", unescaped))
    if "%" in text:
        found.append(urllib.parse.unquote(text))
    return tuple(dict.fromkeys(found))
