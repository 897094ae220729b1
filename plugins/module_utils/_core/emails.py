# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds e-mail addresses in a reading of a text. Pure, no I/O.

Around every ``@`` the longest run that can be an address is cut out and looked up whole. So ``joann@x.com`` and ``ann@x.com.au`` are other
addresses than ``ann@x.com`` by construction, and the cost does not depend on the number of people or addresses.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Email, Subjects, unicode_domain

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import AhoCorasick, MatchKind

# Characters that are ordinary in an address: after a letter and one of these the address continues.
_LOCAL = r"\w.%+\-'&!*~^`$" + COMBINING
_LOCAL_BACKWARDS = re.compile(r"[" + _LOCAL + r"]*")
_ORDINARY_LOCAL = re.compile(r"[" + _LOCAL + r"]+")
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]*")
_LONGEST = 400  # maximum number of characters on each side of the @
_QUOTED = re.compile(r'(?<![\w.+\-])"((?:[^"\\]|\\.){1,64})"\Z')
_QUOTED_PAIR = re.compile(r"\\(.)")
# Characters before an address that count as quotation marks or punctuation there, although an address may contain them.
_OPENING = ".'&!*~^`$"
_PAIRED = "!*~^`$"  # and these are so only on both sides: `*ann@example.com*`, but not `$ann@example.com`
_STUCK = "-_+%."  # before an address they may be a typing error, or a part of it
_QUOTED_BEHIND = "'" + _PAIRED  # a sign behind an address that is also inside of it, before the address: b'ann@example.com'
# No top-level domain has a digit in it, but for those in punycode; and \u00c2 or \u00e2 is what a blank or a quotation mark becomes, misread.
_STUCK_BEHIND = re.compile("(.*\\.[a-z]{2,})[0-9\u00e2\u00e3][^.]*")
# Beside an address these make its end uncertain: dashes that may stand for a hyphen, and undecodable bytes.
_DOUBTFUL = "\u2012\u2013\u2212\ufffd"
# What may be a letter or an apostrophe of the address before this one was cut off: accents that stand alone, and UTF-8 read as Latin-1 or Windows-1252.
_ACCENTS = "\u00a8\u00af\u00b4\u00b8\u02c6\u02da\u02dc\u0384\u0385\u1fbd\u1fbf\u1fc0\u1fef\u1ffd\u1ffe\u2032\u2035"
_MISREAD = re.compile(
    "[\u00c2-\u00f4](?:[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013\u2014\u2018-\u203a\u20ac\u2122]){1,3}\\Z"
)
_MISREAD_QUOTES = "\u0153\u0161\u017e"  # the last of the three characters that quotation marks become
_LOST_LETTER = re.compile(r"(?<!\?)[^\W\d_]\?\Z")  # a letter that a charset does not have becomes a question mark
_NO_USER_INFO = re.compile(r"[\s/@\"'<>]")
_SCHEME = re.compile(r"[a-z0-9+.\-]{1,20}\Z")
_SCHEMES = frozenset(["mailto", "sip", "sips", "im", "xmpp", "smtp", "acct", "email", "mail", "skype", "callto"])
_CONTROL_LETTERS = "nrtbf"  # behind a backslash: the end of a line and its like in JSON, or just this letter
# Scripts without spaces between words: an address in such text ends only at the change of script.
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
_UNSPACED_BEFORE = re.compile(_UNSPACED)
_UNSPACED_BEHIND = re.compile(r"[\x00-\x7f]*[A-Za-z0-9](?=" + _UNSPACED + ")")

Occurrences = t.Iterable[t.Tuple[int, Certainty]]  # noqa: UP006 - ansible-test reads it as Python 3.8


class EmailIndex:
    """Finds the e-mail addresses of all subjects."""

    def __init__(self, subjects: Subjects) -> None:
        self._owners: dict[str, list[int]] = {}
        unusual: set[str] = set()
        for number, subject in enumerate(subjects.subjects):
            for identifier in subject.identifiers:
                if isinstance(identifier, Email):
                    for form in identifier.forms:
                        address = _canonical(form)
                        if number not in self._owners.setdefault(address, []):
                            self._owners[address].append(number)
                        if not _ORDINARY_LOCAL.fullmatch(address.rpartition("@")[0]):
                            unusual.update((address, form))
        self._unusual = sorted(unusual)
        self._unusual_automaton = _automaton(self._unusual)
        self._everywhere: tuple[list[str], t.Any] | None = None

    def in_reading(self, text: str) -> Occurrences:
        """(subject, certainty) of each address that is seen in a reading of a text."""
        if "@" not in text or not self._owners:
            return
        for address, certainty, _start, _end in self._occurrences(fold(text)):
            yield from self._of(address, certainty)

    def spans(self, folded: str) -> t.Iterator[tuple[int, int]]:
        """The positions of addresses of any subject, with any certainty, in a folded text (``readings.fold``)."""
        if "@" in folded and self._owners:
            for address, _certainty, start, end in self._occurrences(folded):
                if address in self._owners:
                    yield start, end

    def _occurrences(self, folded: str) -> t.Iterator[tuple[str, Certainty, int, int]]:
        """Candidate addresses: the address, its certainty, start and end."""
        parts = folded.split("@")
        at = 0
        for before, behind, glued in zip(parts[:-1], parts[1:], _glued(parts), strict=True):
            at += len(before)
            if before and behind and not glued:
                for address, certainty, length, end in self._between(before, behind):
                    yield address, certainty, at - length, at + 1 + end
            at += 1
        if self._unusual_automaton is not None:
            for which, start, end in self._unusual_automaton.find_matches_as_indexes(folded, overlapping=True):
                if not _joins(folded[start - 1 : start] if start else "", ".+-") and not _goes_on(folded, end):
                    yield _canonical(self._unusual[which]), Certainty.EXACT, start, end

    def in_binary(self, text: str) -> Occurrences:
        """The same for texts to which bytes of a binary format may be attached that look like letters."""
        if self._everywhere is None:
            self._everywhere = (sorted(self._owners), _automaton(sorted(self._owners)))
        addresses, automaton = self._everywhere
        if automaton is None or "@" not in text:
            return
        folded = fold(text)
        as_it_stands = text if len(text) == len(folded) else folded  # the case of a header tells a length
        for which, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
            previous = as_it_stands[start - 1 : start] if start else ""
            if not _LOCAL_BACKWARDS.fullmatch(previous) or not previous or _is_header(ord(previous), end - start):
                yield from self._of(addresses[which], Certainty.POSSIBLE)

    def _of(self, address: str, certainty: Certainty) -> Occurrences:
        for subject in self._owners.get(address, ()):
            yield subject, certainty

    @staticmethod
    def _between(before: str, behind: str) -> t.Iterator[tuple[str, Certainty, int, int]]:
        """The addresses with the text ``before`` an @ and the text ``behind`` it, with the lengths of both parts as they are spelled."""
        domain = _text_of(_DOMAIN.match(behind[:_LONGEST]))
        if before[-1] == '"':
            quoted = _QUOTED.search(before[-_LONGEST:])
            if quoted:
                bare = domain.rstrip(".-_")
                yield _canonical(_QUOTED_PAIR.sub(r"\1", quoted[1]) + "@" + bare), Certainty.EXACT, len(quoted.group()), len(bare)
            return
        near = before[-_LONGEST:]
        local = _text_of(_LOCAL_BACKWARDS.match(near[::-1]))[::-1]
        if not local or not domain or len(local) == _LONGEST or len(domain) == _LONGEST:
            return
        previous, following = near[-len(local) - 1 : -len(local)], behind[len(domain) : len(domain) + 1]
        bare = domain.rstrip(".-_")
        at_domain, behind_at = "@" + unicode_domain(bare), len(bare)
        opened = local.lstrip(_OPENING)
        doubtful = (following and following in _DOUBTFUL) or _may_go_on(near[: -len(local)], local)
        escaped = previous == "\\" and opened[:1] in _CONTROL_LETTERS
        for whole in dict.fromkeys((opened, local)):
            is_open = whole is opened and _is_one_sided(local[: len(local) - len(opened)], behind[behind_at : behind_at + 1])
            yield whole + at_domain, Certainty.POSSIBLE if doubtful or escaped or is_open else Certainty.EXACT, len(whole), behind_at
        for other in {opened.lstrip(_STUCK), opened[1:] if escaped else opened} - {opened}:
            yield other + at_domain, Certainty.POSSIBLE, len(other), behind_at
        if following and following in _QUOTED_BEHIND and following in opened:
            quoted_part = opened.rpartition(following)[2]
            yield quoted_part + at_domain, Certainty.POSSIBLE, len(quoted_part), behind_at
        stuck = _STUCK_BEHIND.fullmatch(bare)
        ends = [(at_domain, behind_at), *([("@" + unicode_domain(stuck[1]), len(stuck[1]))] if stuck else [])]
        is_misread = previous == "\u20ac" and opened[:1] in tuple(_MISREAD_QUOTES)
        for begun in (opened, opened[1:]) if is_misread else (opened,):
            for at_end, length in ends if begun is not opened else ends[1:]:
                yield begun + at_end, Certainty.POSSIBLE, len(begun), length
        if not (local.isascii() and domain.isascii()):
            shorter = _UNSPACED_BEFORE.split(opened)[-1]
            ended = _UNSPACED_BEHIND.match(domain)
            ended_at = len(ended.group()) if ended else behind_at
            yield shorter + "@" + (ended.group() if ended else at_domain[1:]), Certainty.POSSIBLE, len(shorter), ended_at


def _may_go_on(before: str, local: str) -> bool:
    """Whether an address may begin before ``local``, or the text may be the user and host of a URL instead of an address."""
    previous = before[-1:]
    if previous == '"' and local[0] == ".":
        return True
    if previous and (previous in _DOUBTFUL or previous in _ACCENTS):
        return True
    if (previous > "\x7f" and _MISREAD.search(before[-4:])) or _LOST_LETTER.search(before[-3:]):
        return True
    left, mark, user = before.rpartition("://")
    if not mark or _NO_USER_INFO.search(user):
        return False
    scheme = _SCHEME.search(left[-20:])
    return scheme is not None and scheme.group() not in _SCHEMES


def _canonical(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return local + "@" + unicode_domain(domain)


def _glued(parts: list[str]) -> t.Iterator[bool]:
    """For each @ whether another one is in the same run: ``a@b@c`` is not an address."""
    yield len(parts) > 2 and _DOMAIN.fullmatch(parts[1]) is not None
    for place in range(1, len(parts) - 1):
        last = place + 2 == len(parts)
        yield _ORDINARY_LOCAL.fullmatch(parts[place]) is not None or (not last and _DOMAIN.fullmatch(parts[place + 1]) is not None)


def _text_of(found: re.Match[str] | None) -> str:
    return found.group() if found else ""


def _is_one_sided(signs: str, following: str) -> bool:
    """Whether characters before an address may be a part of it, because they do not also follow it."""
    return any(sign in _PAIRED and sign != following for sign in signs)


def _joins(char: str, signs: str) -> bool:
    return bool(char) and (char.isalnum() or char == "_" or char in signs)


def _is_header(byte: int, length: int) -> bool:
    """Whether a byte may stand before a text of at least this length in CBOR (0x60 + length, or the length) or Smile (short ASCII)."""
    return byte - 0x60 >= length or length <= byte - 0x3F <= 32 or length <= byte - 0x60 + 33 <= 64 or byte == length


def _goes_on(text: str, end: int) -> bool:
    following = text[end : end + 2]
    return _joins(following[:1], "-") or (following[:1] == "." and _joins(following[1:], ""))


def _automaton(texts: list[str]) -> t.Any:
    return AhoCorasick(texts, matchkind=MatchKind.Standard) if texts else None
