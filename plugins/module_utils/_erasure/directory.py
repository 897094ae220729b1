# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The users, groups and other names that GWS knows, as opaque names, and where they occur in the texts of a row. Pure, no I/O."""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.findings import OpaqueNames

# Words that describe the kind of a row, not its owner.
_NEUTRAL = (
    *(
        "contact_center",
        "contact-center",
        "contactcenter",
        "contact_centre",
        "contact-centre",
        "contactcentre",
        "cc",
        "tenant",
        "corporate",
    ),
    *("user", "users", "agent", "agents", "person", "global", "shared", "default", "system", "setting", "settings", "group", "groups"),
)
_TOKEN = re.compile(r"[0-9a-f]+|[^0-9a-f]")

Tokens = tuple[str, ...]


def tokens_of(opaque_text: str) -> Tokens:
    """The words of a text and the separators between them, from the result of ``OpaqueNames.words_of``."""
    return tuple(_TOKEN.findall(opaque_text))


@dataclasses.dataclass(frozen=True)
class Name:
    """An opaque name, as a whole and as a sequence of words."""

    whole: str
    tokens: Tokens

    @classmethod
    def of(cls, text: str, opaque: OpaqueNames) -> Name:
        """The opaque name of a text."""
        return cls(opaque.of(text), tokens_of(opaque.words_of(text)))


class NameIndex:
    """Names with their labels, to be found in sequences of words."""

    def __init__(self, names: t.Iterable[tuple[Name, str]]) -> None:
        self.by_whole: dict[str, str] = {}
        self._by_first: dict[str, list[tuple[Tokens, str]]] = collections.defaultdict(list)
        for name, label in names:
            if name.tokens:
                self.by_whole[name.whole] = label
                self._by_first[name.tokens[0]].append((name.tokens, label))

    def find(self, tokens: Tokens) -> list[tuple[int, int, str]]:
        """The occurrences of the names: start, end and label."""
        return [
            (start, start + len(name), label)
            for start, first in enumerate(tokens)
            for name, label in self._by_first.get(first, ())
            if tokens[start : start + len(name)] == name
        ]


@dataclasses.dataclass(frozen=True)
class Directory:
    """Whom and what GWS knows.

    ``owners``: the names of the users and of the contact centre. ``personal``: names of users that are identifiers of a person who is searched for;
    they may occur in rows of anybody, so they name an owner only if group and key are named as well. ``known_words``: whatever else GWS knows of its
    users
    (DBIDs, short names): too common to name an owner, and yet no sign that the owner is unknown. ``groups``: the names of all groups.
    """

    owners: NameIndex
    personal: NameIndex
    known_words: frozenset[str]
    groups: NameIndex
    neutral: NameIndex

    @classmethod
    def neutral_words(cls, opaque: OpaqueNames) -> NameIndex:
        """The index for ``neutral``."""
        return NameIndex((Name.of(word, opaque), word) for word in _NEUTRAL)
