# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests share: a pool of nasty values, ways to spell them, and short ways to make subjects."""

from __future__ import annotations

import dataclasses
import json
import random
import typing as t
import unicodedata

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, parse_subjects

# Tests are repeatable (derandomized) and quick; a failing example is printed, so no database is needed.
QUICK = settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
BRIEF = settings(QUICK, max_examples=40)

EMAILS = (
    "ann@x.com",
    "Ann.Smith+tag@Sub.Example.COM",
    "o'brien@example.org",
    "a_b-c%d@example.co.uk",
    "ann.müller@bücher.example",
    "jose\u0301@example.com",
    "info@straße.example",
    "1234567@example.net",
    "अमित@उदाहरण.परीक्षा.example",
    "x@kelvin-\u043f\u0440\u0438\u043c\u0435\u0440.example",
)


@dataclasses.dataclass(frozen=True)
class Number:
    """A phone number: country code, national number, region, and the national spelling with its trunk prefix."""

    country: str
    national: str
    region: str
    trunk: str

    @property
    def e164(self) -> str:
        return "+" + self.country + self.national

    @property
    def at_home(self) -> str:
        return self.trunk + self.national


NUMBERS = (
    Number("1", "4155550123", "US", ""),
    Number("1", "2125550100", "US", ""),
    Number("49", "30901820", "DE", "0"),
    Number("49", "15112345678", "DE", "0"),
    Number("44", "2079460958", "GB", "0"),
    Number("33", "142685300", "FR", "0"),
    Number("39", "3331234567", "IT", ""),
    Number("39", "0612345678", "IT", ""),
    Number("61", "412345678", "AU", "0"),
    Number("31", "612345678", "NL", "0"),
)

SEPARATORS = (" ", "-", ".", "/", "\u00a0", "\u2013", " - ", "\u2011", "\u202f")

# Texts that stand beside the person in real data, or that break parsers.
NASTY_TEXTS = (
    "",
    " ",
    "\x00",
    "\ufeff",
    "{",
    "[",
    '"',
    "{}",
    "[]",
    '""',
    "\\",
    "\\u",
    "\\u00",
    "\\ud800",
    "%",
    "%4",
    "%40",
    "@",
    "@@",
    "a@",
    "@b.c",
    "+",
    "+1",
    "00",
    "0049",
    "1" * 40,
    "null",
    "1e999",
    "NaN",
    "\u0661\u0662\u0663\u0664\u0665\u0666",
    "²³¹",
    "İ",
    "ß",
    "\u212a",
    "\u202e",
    "e\u0301",
    "\U0001f600",
    "1970-01-01T00:00:00Z",
    "550e8400-e29b-41d4-a716-446655440000",
    "0123456789abcdef0123456789abcdef",
)

texts: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(NASTY_TEXTS),
    st.text(max_size=30),
    st.text(alphabet="@.+0123456789 ()-/xXeE\\\"'{}[]:,%u\u00a0ann", max_size=40),
    st.lists(st.sampled_from(NASTY_TEXTS + EMAILS + tuple(number.e164 for number in NUMBERS)), max_size=5).map("".join),
)

json_values: st.SearchStrategy[t.Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(texts, inner, max_size=4),
        inner.map(json.dumps),
        inner.map(lambda value: json.dumps(value, ensure_ascii=False, indent=1)),
    ),
    max_leaves=12,
)

around_texts = st.sampled_from(("", "call ", "Ann Smith ", "x\n", "(", '"', "<", "tel: ", "- ", "note: "))
behind_texts = st.sampled_from(("", " now", ", please", "\ny", ")", '"', ">", "!", ";", " - asap", ". Thanks"))


KEY = Key(b"the search key of the tests")


def subjects_of(*identifiers: t.Any, region: str | None = None, match: str = "exact") -> Subjects:
    """Each identifier is a subject of its own."""
    return parse_subjects(search=list(identifiers), subjects=None, region=region, match=match, min_length=3, key=KEY)


@dataclasses.dataclass(frozen=True)
class Finder:
    """A matcher and its prefilter."""

    matcher: Matcher
    prefilter: Prefilter

    def certainty(self, value: t.Any) -> Certainty | None:
        """The surest hit in a value, or None; also checks that the prefilter lets every spelling of the value through."""
        return max((hit.certainty for hit in self.matcher.in_value(value)), default=None)


def finder(*identifiers: t.Any, region: str | None = None, match: str = "exact") -> Finder:
    subjects = subjects_of(*identifiers, region=region, match=match)
    return Finder(Matcher(subjects, region), Prefilter(subjects))


def escaped_some(text: str, which: t.Callable[[str], bool]) -> str:
    """JSON text (inside a string) with some characters spelled as \\uXXXX."""
    result = ""
    for char in text:
        units = char.encode("utf-16-be", "surrogatepass")
        spelled = "".join(f"\\u{int.from_bytes(units[i : i + 2], 'big'):04x}" for i in range(0, len(units), 2))
        result += spelled if which(char) else json.dumps(char, ensure_ascii=False)[1:-1]
    return result


def json_spellings(value: t.Any, seed: int) -> list[str]:
    """The same JSON document as different writers spell it."""
    chance = random.Random(seed)

    def spelled(node: t.Any) -> str:
        if isinstance(node, str):
            return '"' + escaped_some(node, lambda _char: chance.random() < 0.2) + '"'
        if isinstance(node, dict):
            return "{" + ", ".join(spelled(str(key)) + ":" + spelled(item) for key, item in node.items()) + "}"
        if isinstance(node, (list, tuple)):
            return "[ " + " ,".join(map(spelled, node)) + "]"
        return json.dumps(node)

    return [
        json.dumps(value),
        json.dumps(value, ensure_ascii=False),
        json.dumps(value, indent=2, sort_keys=False),
        json.dumps(value).replace("/", "\\/"),
        spelled(value),
    ]


def one_character_changed(text: str, at: int) -> t.Iterator[str]:
    """Texts that differ by one character at a place: added, left out, another one."""
    yield text[:at] + ("z" if text[at : at + 1].isalpha() else "7") + text[at:]
    yield text[:at] + text[at + 1 :]
    yield text[:at] + ("q" if text[at] != "q" else "w") + text[at + 1 :]


def forms_of(text: str) -> list[str]:
    """Unicode forms and cases of a text that mean the same."""
    return [text, text.upper(), text.lower(), unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
