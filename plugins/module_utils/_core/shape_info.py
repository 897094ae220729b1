# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Describes a part of a setting: how many people may be in it, and whether they can be separated. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Form(enum.Enum):
    BLANK = "blank"  # nobody's identifier
    ONE = "one"
    POINTS = "points"
    MANY = "many"
    TANGLED = "tangled"


class Strength(enum.IntEnum):
    """The certainty that an object is about one person."""

    NAMELESS = 0
    BESIDE = 1  # has a way to reach somebody
    SHORT = 2  # has a "name", which may be that of a list, too
    FULL = 3  # has a first name, a last name …


Pair = t.Tuple[str, ...]  # noqa: UP006 - ansible-test reads it as Python 3.8


def _pair(found: t.Iterable[str]) -> Pair:
    """At most two different ones, because only "more than one" matters."""
    seen = dict.fromkeys(found)
    return tuple(seen)[:2]


@dataclasses.dataclass
class Info:
    """What is known of a node. ``slots`` are the children of a container that are its elements.

    ``is_bystander``: the node stands for somebody else of whom there is no address or number (``bystanders``). ``somebody``: the words of names of
    people in it, where it has nobody's address or number (two at most).
    """

    form: Form
    mails: Pair = ()
    phones: Pair = ()
    is_named: bool = False
    is_timed: bool = False
    strength: Strength = Strength.NAMELESS
    slots: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    is_bystander: bool = False
    somebody: tuple[frozenset[str], ...] = ()

    @property
    def count(self) -> int:
        """The number of different identifiers: 0, 1, or more."""
        return len(self.mails) + len(self.phones)

    @property
    def kinds(self) -> tuple[int, int]:
        """How many addresses, how many numbers."""
        return len(self.mails), len(self.phones)


def of_identifiers(found: t.Collection[str]) -> Info:
    mails = _pair(identifier for identifier in found if identifier.startswith("m:"))
    phones = _pair(identifier for identifier in found if identifier.startswith("t:"))
    return Info(Form.ONE if found else Form.BLANK, mails, phones)


def joined(infos: t.Sequence[Info], form: Form) -> Info:
    """Combines the information about several nodes."""
    mails = _pair(mail for info in infos for mail in info.mails)
    phones = _pair(phone for info in infos for phone in info.phones)
    somebody = tuple(name for info in infos for name in info.somebody)[:2]
    return Info(form, mails, phones, any(info.is_named for info in infos), any(info.is_timed for info in infos), somebody=somebody)
