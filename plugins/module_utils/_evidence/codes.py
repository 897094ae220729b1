# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Codes of identifiers for the ledger, and how a restored value is looked up by them. Pure, no I/O.

* **E-mail**: a code of the address in its normal form.
* **Phone**: a code of the national number. Whatever a number is spelled like, its digits end with the national number, so the ends of every run of
  digits are looked up: numbers need not be understood to be found. The country and the extension are masked beside the code, so that the number that
  was forgotten can be put together again. A number without a country is coded as it was given.
* A *tail* is a code of the last digits of a number: most digits in a value are told by it, cheaply, not to be anybody's.
* Free texts, and terms for ``match: contains``, have no code: they could be anywhere in a text.

A lookup may find too much (the digits may be another country's number), never too little: the search that follows decides with the plain identifier.
"""

from __future__ import annotations

import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, digits_of
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Email, Subject, parse_email
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry

_TAIL = 7  # digits
_HIDDEN = 20  # bytes: country code, extension, blanks
_FEWEST, _MOST = 4, 20  # digits of a number that may be looked up
_CACHED = 1 << 16
_MOST_GLUED = 2  # bytes

_LOCAL = re.compile(r"[\w.%+\-'&!*~^`$=/?{}|#" + COMBINING + r"]{1,256}\Z")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){1,64}"\Z')
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]{1,256}")
_LONGEST_LOCAL = 256
_DIGITS = re.compile(r"[0-9]+")
_BETWEEN = re.compile(r"[^A-Za-z]{0,8}")  # what may stand between two groups of digits of one number


class Coder:
    """Makes codes with the ledger key of a site."""

    def __init__(self, key: Key) -> None:
        self._key = key.derive("codes")

    def entry_of(self, subject: Subject, *, at: str, region: str) -> Entry:
        """The entry of a request. Identifiers that have no code are counted."""
        codes: list[str] = []
        tails: list[str] = []
        for identifier in subject.identifiers:
            if isinstance(identifier, Email):
                codes.append("m:" + self.email(identifier))
            elif isinstance(identifier, Phone):
                digits = identifier.national if identifier.country_code else digits_of(identifier.literal)
                hidden = f"{identifier.country_code};{identifier.extension}".encode().ljust(_HIDDEN)
                code = self.number(digits)
                codes.append(f"n:{code}:{self._key.masked(b'number' + code.encode(), hidden).hex()}")
                tails.append(f"{len(digits[-_TAIL:])}:{self.tail(digits[-_TAIL:])}")
        return Entry(subject.ref, at, tuple(sorted(set(codes))), tuple(sorted(set(tails))), len(subject.identifiers) - len(codes), region)

    def email(self, email: Email) -> str:
        """The code of an address."""
        return self._key.code("email", email.forms[0].encode(), length=32)

    def number(self, digits: str) -> str:
        """The code of a number."""
        return self._key.code("number", digits.encode(), length=32)

    def tail(self, digits: str) -> str:
        """The code of the last digits of a number."""
        return self._key.code("tail", digits.encode())

    def spelled(self, digits: str, hidden: str) -> str:
        """The number as it was forgotten: with its country and its extension, if it had them."""
        masked = bytes.fromhex(hidden)
        country, _sign, extension = (
            self._key.masked(b"number" + self.number(digits).encode(), masked).decode("ascii", "replace").strip().partition(";")
        )
        return ("+" + country if country else "") + digits + (f";ext={extension}" if extension else "")


Found = t.Tuple[int, str]  # noqa: UP006 - ansible-test reads it as Python 3.8
"""Number of an entry, and the plain identifier."""


class Lookup:
    """Finds out whom of a ledger a text names."""

    def __init__(self, entries: t.Sequence[Entry], key: Key) -> None:
        self._coder = Coder(key)
        self._emails: dict[str, list[int]] = {}
        self._numbers: dict[str, list[tuple[int, str]]] = {}
        self._tails: set[str] = set()
        lengths: set[int] = set()
        for number, entry in enumerate(entries):
            for code in entry.codes:
                kind, value, *hidden = code.split(":")
                if kind == "m":
                    self._emails.setdefault(value, []).append(number)
                elif kind == "n":
                    self._numbers.setdefault(value, []).append((number, hidden[0]))
            for tail in entry.tails:
                length, _sign, value = tail.partition(":")
                lengths.add(int(length))
                self._tails.add(value)
        self._lengths = sorted(lengths)
        self._is_tail = functools.lru_cache(maxsize=_CACHED)(self._is_tail_uncached)
        self._by_address = functools.lru_cache(maxsize=_CACHED)(self._by_address_uncached)

    def in_addresses(self, text: str, *, glued: bool = False) -> t.Iterator[Found]:
        """Whose addresses are in a text. ``glued``: bytes of a binary format may stick to it, and look like letters."""
        if "@" not in text or not self._emails:
            return
        folded = fold(text)
        at = folded.find("@")
        while at >= 0:
            domain = _DOMAIN.match(folded, at + 1)
            if domain:
                before = folded[max(0, at - _LONGEST_LOCAL) : at]
                for local in _locals(before, glued):
                    for end in _domains(domain.group()):
                        yield from self._by_address(f"{local}@{end}")
            at = folded.find("@", at + 1)

    def in_digits(self, text: str) -> t.Iterator[Found]:
        """Whose numbers are in a text, or are a number in decimal."""
        if not self._numbers:
            return
        digits = ""
        end = 0
        for group in _DIGITS.finditer(text):
            joined = end and _BETWEEN.fullmatch(text, end, group.start())
            digits = (digits + group.group())[-2 * _MOST :] if joined else group.group()[-2 * _MOST :]
            end = group.end()
            if any(length <= len(digits) and self._is_tail(digits[-length:]) for length in self._lengths):
                for length in range(_FEWEST, min(_MOST, len(digits)) + 1):
                    number = digits[-length:]
                    for entry, hidden in self._numbers.get(self._coder.number(number), ()):
                        yield entry, self._coder.spelled(number, hidden)

    def _is_tail_uncached(self, digits: str) -> bool:
        return self._coder.tail(digits) in self._tails

    def _by_address_uncached(self, address: str) -> tuple[Found, ...]:
        email = parse_email(address)
        if email is None:
            return ()
        return tuple((entry, address) for entry in self._emails.get(self._coder.email(email), ()))


def _locals(before: str, glued: bool) -> t.Iterator[str]:
    """What may be the part of an address before its @: from each place on where a word begins."""
    quoted = _QUOTED.search(before)
    if quoted:
        yield quoted.group()
    found = _LOCAL.search(before)
    run = found.group() if found else ""
    for start, char in enumerate(run):
        previous = run[start - 1] if start else ""
        if start <= _MOST_GLUED * glued or not previous.isalnum() or previous.isascii() != char.isascii():
            yield run[start:]


def _domains(run: str) -> t.Iterator[str]:
    """What may be the part of an address behind its @: as far as it goes, and as far as its script does."""
    whole = run.rstrip(".-_")
    yield whole
    for end in range(1, len(whole)):
        if whole[end - 1].isascii() and not whole[end].isascii():
            yield whole[:end].rstrip(".-_")
