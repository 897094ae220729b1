# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Whose identifiers are in a text: every e-mail address and phone number, not only those that are searched for. Pure, no I/O.

The matcher asks "is this the person?" and must not take one for another. Here the question is "may this name anybody else?" before something
is deleted whole, so the rules are loose: what might be a number counts as one. Too many people in a setting leave it to be looked at by
somebody; too few would delete a neighbour.
"""

from __future__ import annotations

import itertools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold, readings

_ADDRESS_RUN = re.compile(r"[\w.%+\-'&!*~^`$=/?{}|#@" + COMBINING + r"]+")
_LOCAL_AT_END = re.compile(r"[/=?{}|#]")
_AROUND = ".'&!*~^`$-"
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]*")
_NUMBER_RUN = re.compile(r"\+?[(\[]?[0-9][0-9\s()\[\].\-/+*\u00b7\u2010-\u2015\u2212\u202a-\u202e\u200e\u200f]*")
_NO_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # UUIDs
    r"|(?=[0-9]*[a-fA-F])[0-9a-fA-F]{16,64}"  # and other ids
    r"|[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?"  # times
    r"|[0-3]?[0-9]([./])[01]?[0-9]\1(?:19|20)[0-9]{2}"
    r"|[0-9]{1,3}\.[0-9]{4,}"  # fractions
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9A-Za-z])"  # addresses of hosts
)
_APART = re.compile(r"(?<=.)(?=\+)|[\n\r\t]+|\s\s+|\s[/\-\u2010-\u2015]\s|(?<=[)\]])\s*(?=[(\[])")
_EPOCH_MILLISECONDS = re.compile(r"1[0-9]{12}")
_NO_NUMBER_FIELD = re.compile(
    r"(^|_|[a-z])(ts|at|id|uuid|guid|index|order|version|revision|hash|size|count|width|height)$|time|date|stamp|epoch|millis|duration"
    r"|^(at|id|key|port)$",
    re.IGNORECASE,
)
_SAME_DIGITS = 8
"""Two spellings with the same last digits are one number: with and without the country, the trunk prefix, an outside line."""


def identifiers_in(text: str, field: str = "") -> dict[str, str]:
    """The addresses and numbers in a text, in its most decoded reading, each with its spelling. ``field`` is the name of what holds the text.

    An address begins with ``m:``, a number with ``t:``; different spellings of one are equal.
    """
    found: dict[str, str] = {}
    read = readings(text)
    for reading in dict.fromkeys((read.addresses, read.numbers)):
        folded = fold(reading)
        if "@" in folded:
            addresses, folded = _addresses(folded)
            found.update((f"m:{address}", address) for address in addresses)
        found.update(_numbers(folded, field))
    return found


def others_in(value: t.Any, is_persons: t.Callable[[str], bool]) -> int:
    """How many identifiers in a plain value are somebody else's. ``is_persons`` says whether a text may be the person's."""
    found: dict[str, str] = {}
    stack: list[tuple[t.Any, str]] = [(value, "")]
    while stack:
        item, field = stack.pop()
        if isinstance(item, dict):
            for name, member in item.items():
                found.update(identifiers_in(str(name)))
                stack.append((member, str(name)))
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack.extend((element, field) for element in item)
        elif item is not None and not isinstance(item, (bool, float)):
            found.update(identifiers_in(str(item), field))
    return sum(1 for spelled in found.values() if not is_persons(spelled))


def _addresses(text: str) -> tuple[set[str], str]:
    """The addresses, and the text without them."""
    found: set[str] = set()
    left: list[str] = []
    position = 0
    for run in _ADDRESS_RUN.finditer(text):
        if "@" not in run.group():
            continue
        pieces = run.group().split("@")
        at = run.start()
        for before, behind in itertools.pairwise(pieces):
            local = _LOCAL_AT_END.split(before)[-1]
            domain = t.cast("re.Match[str]", _DOMAIN.match(behind)).group()
            at += len(before)  # where the @ stands
            if local.strip(_AROUND) and any(char.isalpha() for char in domain):
                found.add("{}@{}".format(local.strip(_AROUND), domain.strip(".-_")))
                left.append(text[position : max(position, at - len(local))] + "\x00")
                position = at + 1 + len(domain)
            at += 1
    return found, "".join(left) + text[position:]


def _numbers(text: str, field: str) -> t.Iterator[tuple[str, str]]:
    bare = _NO_NUMBER.sub("\x00", text)
    is_whole = bare.strip().isdigit()
    for run in _NUMBER_RUN.finditer(bare):
        before, behind = bare[run.start() - 1 : run.start()], bare[run.end() : run.end() + 1]
        is_in_word = (before.isalnum() or before == "_" or behind.isalpha()) and "+" not in run.group()
        for number in _APART.split(run.group()):
            digits = digits_of(number)
            if "+" in number:
                least = 5
            elif is_in_word or (is_whole and (_NO_NUMBER_FIELD.search(field) or _EPOCH_MILLISECONDS.fullmatch(digits))):
                continue
            else:
                least = 7
            if least <= len(digits) <= 15:
                yield "t:" + digits[-_SAME_DIGITS:], number.strip()
            elif len(digits) > 15 and digits != number:  # several, with nothing to tell them apart
                yield from (("t:" + digits[:_SAME_DIGITS], number), ("t:" + digits[-_SAME_DIGITS:], number + " and another"))
