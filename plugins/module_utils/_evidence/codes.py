# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Codes of identifiers for the ledger, and the lookup of restored values by these codes. Pure, no I/O.

* **E-mail**: a code of the address in its normal form.
* **Phone**: a code of its anchors, mostly of the national number. However a number is spelled, its digits end with an anchor, so the ends of every
  run of digits are looked up: numbers need not be parsed to be found. Next to the code a spelling is kept, masked, that the search recognises as the
  same number: not every number in a request belongs to a numbering plan.
* A *tail* is a code of the last digits of a number, a *waist* one of the characters around the ``@`` of an address: with them, most values can be
  ruled out cheaply. A waist has only characters that all writers spell in the same bytes (up to the first other one).
* Free texts, and terms for ``match: contains``, have no code: they could be anywhere in a text.

A lookup may find too much (the digits may be another country's number), but never too little: the search that follows decides with the plain identifier.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, anchors
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import EXPONENT
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    MATCH_EXACT,
    Email,
    Subject,
    checked_identifier,
    parse_email,
)
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry

_TAIL = 7  # digits
_HIDDEN = 80  # bytes: spellings of a number, and blanks
_NONCE = 16  # hexadecimal digits
_FEWEST, _MOST = 4, 20  # digits of a number that may be looked up
_CACHED = 1 << 16
_BEFORE = (8, 5, 3, 2, 1, 0)  # characters of a waist before the @: as many of these as there are
_BEHIND = 3  # characters behind it, at most
_OF_DIGITS, _OF_EXPONENTS, _OF_NOTHING = 255, 254, 253  # instead of characters behind an @

_PLAIN_END = re.compile(rb"[a-z0-9._+\-]{1,%d}\Z" % _BEFORE[0])
_PLAIN_BEGINNING = re.compile(rb"[a-z0-9._+\-]{1,%d}" % _BEHIND)

_LOCAL = re.compile(r"[^\s@]{1,256}\Z")  # any character that an address may have before its @
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){1,64})"\Z')
_QUOTED_PAIR = re.compile(r"\\(.)")
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]{1,256}")
_LONGEST_LOCAL = 256
_CONTROL_LETTERS = "nrtbf"  # behind a backslash: the end of a line and its like in JSON
_DIGITS = re.compile(r"[0-9]+")
_DIGIT_GROUP = re.compile(rb"[0-9]+")
_BETWEEN = re.compile(r"[^A-Za-z]{0,8}")  # separators between two groups of digits of one number
_ZERO = ord("0")
_MOST_BYTES_BETWEEN = 8 * 4  # the same in UTF-8


class Coder:
    """Makes codes with the ledger key of a site."""

    def __init__(self, key: Key) -> None:
        self._key = key.derive("codes")
        self._tail_key, self._waist_key = self._key.derive("tail"), self._key.derive("waist")

    def entry_of(self, subject: Subject, *, at: str, region: str) -> Entry:
        """The ledger entry of a subject. Identifiers without a code are counted."""
        codes: list[str] = []
        tails: list[str] = []
        texts = 0
        for identifier in subject.identifiers:
            if isinstance(identifier, Email):
                code = self.email(identifier)
                codes.append("m:" + code)
                tails += self._hints([self._middle_hint(form) for form in identifier.forms], code, 2)
            elif isinstance(identifier, Phone):
                codes += self._of_phone(identifier, region)
                tails += self._hints(
                    [self._tail_hint(end) for digits in sorted(anchors(identifier)) for end in (digits, digits.rstrip("0"))], codes[-1], 4
                )
            else:
                texts += 1
        return Entry(subject.ref, at, tuple(sorted(set(codes))), tuple(sorted(set(tails))), texts, region)

    def email(self, email: Email) -> str:
        """The code of an address."""
        return self._key.code("email", email.forms[0].encode(), length=32)

    def number(self, digits: str) -> str:
        """The code of a number."""
        return self._key.code("number", digits.encode(), length=32)

    def tail(self, digits: bytes) -> str:
        """The code of the last digits of a number."""
        return self._tail_key.quick_code(digits)

    def middle(self, before: bytes, behind: bytes) -> str:
        """The code of the characters on both sides of an @."""
        return self._waist_key.quick_code(before + b"@" + behind)

    def _middle_hint(self, form: str) -> str:
        local, _at, domain = form.encode().rpartition(b"@")
        before, behind = _plain_around(local[-_BEFORE[0] :], domain[:_BEHIND])
        length = next(length for length in _BEFORE if length <= len(before))
        before = before[len(before) - length :]
        return self._hint(self.middle(before, behind), length, len(behind))

    def _tail_hint(self, digits: str) -> str:
        """Java writes 4.93012345E11 for 493012345000. So a number that ends with zeros also gets a tail without them, or is looked up with all
        exponents."""
        tail = digits[-_TAIL:]
        return self._hint(self.tail(tail.encode()), len(tail), _OF_DIGITS if len(tail) >= _FEWEST else _OF_EXPONENTS)

    def _hints(self, hints: list[str], code: str, count: int) -> list[str]:
        """Padded to a minimum number, because the number of hints would reveal something about the identifier."""
        more = (self._hint(self._key.code("no hint", code.encode(), bytes((number,))), 0, _OF_NOTHING) for number in range(count))
        return list(dict.fromkeys([*dict.fromkeys(hints), *more]))[: max(count, len(set(hints)))]

    def _hint(self, code: str, first: int, second: int) -> str:
        return f"{code}:{self._key.masked(b'hint' + code.encode(), bytes((first, second))).hex()}"

    def lengths_of(self, hint: str) -> tuple[str, int, int]:
        """A hint as a code, with its kind: characters before and behind an @; or number of digits and ``_OF_DIGITS``."""
        code, _sign, hidden = hint.partition(":")
        first, second = self._key.masked(b"hint" + code.encode(), bytes.fromhex(hidden))
        return code, first, second

    def _of_phone(self, phone: Phone, region: str) -> list[str]:
        """A code for each ending that all spellings share, with the original number, masked."""
        hidden = _lasting_spellings(phone, region).encode().ljust(_HIDDEN)
        nonce = self._key.code("nonce", hidden)  # unique for the number, so no mask is used twice
        masked = f"{nonce}{self._key.masked(nonce.encode(), hidden).hex()}"
        found = [f"n:{self.number(digits)}:{masked}" for digits in sorted(anchors(phone))]
        none = f"n:{self._key.code('no number', phone.country_code.encode(), phone.national.encode(), length=32)}:{masked}"
        return [*found, none][:2] if len(found) < 2 else found

    def spelled(self, masked: str, *, same_region: bool) -> list[str]:
        """The original number. ``same_region``: whether numbers are read in the same region now; if not, the number with its country code is used."""
        nonce, hidden = masked[:_NONCE], bytes.fromhex(masked[_NONCE:])
        spellings = self._key.masked(nonce.encode(), hidden).decode("ascii", "replace").rstrip().split("\n")
        return spellings if same_region or not spellings[0].startswith("+") else spellings[:1]


Found = t.Tuple[int, str]  # noqa: UP006 - ansible-test reads it as Python 3.8
"""Number of an entry, and the plain identifier."""


class Lookup:
    """Finds the people of a ledger in a text."""

    def __init__(self, entries: t.Sequence[Entry], key: Key, region: str | None = None) -> None:
        """``region``: the country in which numbers are read now."""
        self._coder = Coder(key)
        self._same_region = [entry.region == (region or "") for entry in entries]
        self._emails: dict[str, list[int]] = {}
        self._numbers: dict[str, list[tuple[int, str]]] = {}
        self._tails: set[str] = set()
        self._waists: set[str] = set()
        self._has_exponents = False
        lengths: set[int] = set()
        sides: set[tuple[int, int]] = set()
        for number, entry in enumerate(entries):
            for code in entry.codes:
                kind, value, *hidden = code.split(":")
                if kind == "m":
                    self._emails.setdefault(value, []).append(number)
                elif kind == "n":
                    self._numbers.setdefault(value, []).append((number, hidden[0]))
            for hint in entry.tails:
                value, first, second = self._coder.lengths_of(hint)
                if second <= _BEHIND:
                    sides.add((first, second))
                    self._waists.add(value)
                elif second == _OF_DIGITS:
                    lengths.add(first)
                    self._tails.add(value)
                self._has_exponents = self._has_exponents or second == _OF_EXPONENTS
        self._lengths = sorted(lengths)
        self._sides = sorted(sides)
        self._runs = re.compile(rb"[0-9](?:[^A-Za-z0-9]{0,%d}[0-9]){%d,}" % (_MOST_BYTES_BETWEEN, min(lengths, default=_TAIL) - 1))
        self._is_tail = functools.lru_cache(maxsize=_CACHED)(self._is_tail_uncached)
        self._is_waist = functools.lru_cache(maxsize=_CACHED)(self._is_middle_uncached)
        self._by_address = functools.lru_cache(maxsize=_CACHED)(self._by_address_uncached)

    def in_addresses(self, text: str, *, glued: bool = False) -> t.Iterator[Found]:
        """The entries whose addresses are in a text. ``glued``: bytes of a binary format that look like letters may be attached to it."""
        if "@" not in text or not self._emails:
            return
        folded = fold(text)
        at = folded.find("@")
        while at >= 0:
            domain = _DOMAIN.match(folded, at + 1)
            near = (folded[max(0, at - 2 * _BEFORE[0]) : at].rstrip('"'), folded[at + 1 : at + 1 + _BEHIND])
            if domain and self._is_at_middle(*(side.encode("utf-8", "replace") for side in near)):
                before = folded[max(0, at - _LONGEST_LOCAL) : at]
                for local in _locals(before, glued):
                    for end in _domains(domain.group(), glued):
                        yield from self._by_address(f"{local}@{end}")
            at = folded.find("@", at + 1)

    def in_digits(self, text: str) -> t.Iterator[Found]:
        """The entries whose numbers are in a text, or equal a decimal number."""
        if not self._numbers:
            return
        digits = ""
        end = 0
        for group in _DIGITS.finditer(text):
            joined = end and _BETWEEN.fullmatch(text, end, group.start())
            digits = (digits + group.group())[-2 * _MOST :] if joined else group.group()[-2 * _MOST :]
            end = group.end()
            if any(length <= len(digits) and self._is_tail(digits[-length:].encode()) for length in self._lengths):
                for length in range(_FEWEST, min(_MOST, len(digits)) + 1):
                    number = digits[-length:]
                    for entry, hidden in self._numbers.get(self._coder.number(number), ()):
                        for spelled in self._coder.spelled(hidden, same_region=self._same_region[entry]):
                            yield entry, spelled

    def address_spans(self, data: bytes) -> list[tuple[int, int]]:
        """The positions of an @ in bytes that may belong to an address of the ledger in plain spelling."""
        if not self._waists:
            return []
        lower = data.lower()
        found = []
        at = lower.find(b"@")
        while at >= 0:
            if self._is_at_middle(lower[max(0, at - _BEFORE[0]) : at], lower[at + 1 : at + 1 + _BEHIND]):
                found.append((at, at + 1))
            at = lower.find(b"@", at + 1)
        return found

    def digit_spans(self, data: bytes) -> list[tuple[int, int]]:
        """The positions of digits in bytes with which a number of the ledger may end."""
        found = [match.span() for match in EXPONENT.finditer(data)] if self._has_exponents else []
        if not self._tails:
            return found
        is_tail, lengths = self._is_tail, self._lengths  # bound once: this is the hottest loop
        for run in self._runs.finditer(data):
            text = run.group()
            end, digits = run.start(), b""
            for group in (text,) if text.isdigit() else _DIGIT_GROUP.findall(text):
                end = data.index(group, end) + len(group)
                digits = (digits + group)[-_MOST:]
                for last in (digits,) if digits[-1] != _ZERO else (digits, digits.rstrip(b"0")):
                    for length in lengths:
                        if length <= len(last) and is_tail(last[-length:]):
                            found.append((end - 1, end))
        return found

    def _is_at_middle(self, before: bytes, behind: bytes) -> bool:
        """Whether an @ between these bytes may belong to an address of the ledger. Other characters next to it may be escapes."""
        before, behind = _plain_around(before, behind)
        return any(
            left <= len(before) and right <= len(behind) and self._is_waist(before[len(before) - left :], behind[:right])
            for left, right in self._sides
        )

    def _is_middle_uncached(self, before: bytes, behind: bytes) -> bool:
        return self._coder.middle(before, behind) in self._waists

    def _is_tail_uncached(self, digits: bytes) -> bool:
        return self._coder.tail(digits) in self._tails

    def _by_address_uncached(self, address: str) -> tuple[Found, ...]:
        email = parse_email(address)
        if email is None:
            return ()
        return tuple((entry, address) for entry in self._emails.get(self._coder.email(email), ()))


def _lasting_spellings(phone: Phone, region: str) -> str:
    """Spellings that the search recognises as this number, in at most ``_HIDDEN`` ASCII characters: with its country code, and the original spelling
    (one per line). The original spelling is the same number only in the same region, but a number outside every numbering plan has no other.
    """
    extension = f";ext={phone.extension}" if phone.extension else ""
    spellings = [f"+{phone.international}{extension}"] if phone.country_code else []
    taken: list[str] = []
    for spelling in (*spellings, phone.literal):
        if spelling.isascii() and spelling not in taken and len("\n".join((*taken, spelling))) <= _HIDDEN:
            fault, read = checked_identifier(spelling, region=region or None, match=MATCH_EXACT, min_length=1)
            if not fault and isinstance(read, Phone) and dataclasses.replace(read, literal="") == dataclasses.replace(phone, literal=""):
                taken.append(spelling)
    return "\n".join(taken) or (phone.national + extension)[:_HIDDEN]


def _plain_around(before: bytes, behind: bytes) -> tuple[bytes, bytes]:
    """The characters that every encoding writes in the same bytes, up to the first other byte on each side."""
    end, beginning = _PLAIN_END.search(before), _PLAIN_BEGINNING.match(behind)
    return end.group() if end else b"", beginning.group() if beginning else b""


def _locals(before: str, glued: bool) -> t.Iterator[str]:
    """Candidates for the part of an address before its @, starting at each word."""
    quoted = _QUOTED.search(before)
    if quoted:
        yield quoted.group()
        yield _QUOTED_PAIR.sub(r"\1", quoted[1])
    found = _LOCAL.search(before)
    run = found.group() if found else ""
    for start, char in enumerate(run):
        previous = run[start - 1] if start else ""
        escaped = start > 1 and run[start - 2] == "\\" and previous in _CONTROL_LETTERS
        if glued or escaped or not previous.isalnum() or not previous.isascii() or not char.isascii():
            yield run[start:]


def _domains(run: str, glued: bool) -> t.Iterator[str]:
    """Candidates for the part of an address behind its @: to its end, to the end of its script, and up to digits that may be attached."""
    whole = run.rstrip(".-_")
    yield whole
    for end in range(1, len(whole)):
        before, behind = whole[end - 1], whole[end]
        if glued or (before.isascii() and not behind.isascii()) or (behind.isdigit() and not before.isdigit()):
            yield whole[:end].rstrip(".-_")
