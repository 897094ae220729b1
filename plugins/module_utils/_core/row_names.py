# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Collects the names in a row: owner, group and key of a setting, wherever the layout stores them. Pure, no I/O.

Names stand in three kinds of place. *Key columns*: whole, or put together in one text (``owner:group:key``), so a text there is a sequence of words, and
nothing of it may be overlooked. *Other columns*: a name is the whole value, or an id in it. *The way to a hit* inside a document: object keys, and
the scalars of the objects on the way; each place where the person was seen has a way of its own, since a document may hold many settings.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold

_HEX_ID = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])")
_WORD = re.compile(r"[^\W_]+")
_OPAQUE_WORD = re.compile(r"[0-9a-f]+")
_BETWEEN = frozenset(":/|;,#._-@=+")  # kept as they are between words; anything else there is written as _OTHER
_OTHER = "~"
_JOINT = "\x00"  # between the components of a composite

_LONGEST = 400  # characters of a name outside of key columns
_MAX_WORDS = 100  # of a key column
_MAX_PLACES = 64
_MAX_NAMES = 2000  # of a row

Levels = tuple[tuple[str, ...], ...]
"""The names on the JSON path to a hit, the outermost object first."""


def plain(text: str) -> str:
    """The form in which names are compared: folded, ids without dashes, no blanks or zeros around."""
    return _HEX_ID.sub(lambda found: found.group().replace("-", ""), fold(text)).strip("\x00 ")


def words(text: str) -> t.Iterator[tuple[bool, str]]:
    """The words of a text (True), and each character between them (False)."""
    folded = plain(text)
    position = 0
    for found in _WORD.finditer(folded):
        yield from ((False, char if char in _BETWEEN else _OTHER) for char in folded[position : found.start()])
        yield True, found.group()
        position = found.end()
    yield from ((False, char if char in _BETWEEN else _OTHER) for char in folded[position:])


def opaque_words(text: str) -> list[str]:
    """The opaque names in what ``OpaqueNames.words_of`` has made of a text."""
    return _OPAQUE_WORD.findall(text)


def ids_in(text: str) -> list[str]:
    """The ids in a text, without dashes."""
    return [found.replace("-", "") for found in _HEX_ID.findall(fold(text))]


@dataclasses.dataclass(frozen=True)
class RowNames:
    """The names of a row, plain: to be made opaque before they leave. Fields as in ``findings.NamedRow``."""

    keys: tuple[tuple[str, tuple[str, ...]], ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]
    places: tuple[tuple[str, ...], ...]
    ids: frozenset[str]
    is_cut: bool

    def mention(self, group: str) -> bool:
        """Whether a settings group is named."""
        whole = re.compile(r"(?<![\w\-])" + re.escape(fold(group)) + r"(?![\w\-])")
        in_columns = (text for _column, texts in (*self.keys, *self.others) for text in texts)
        return any(whole.search(fold(text)) for texts in (in_columns, *self.places) for text in texts)


def row_names(
    keys: t.Iterable[tuple[str, t.Sequence[t.Sequence[str]]]],
    others: t.Iterable[tuple[str, t.Sequence[str]]],
    ways: t.Iterable[Levels],
) -> RowNames:
    """The names of a row.

    :param keys: of each key column the readings of its value, each of which has one text or several components.
    :param others: the texts of each other column.
    :param ways: the way to each hit.
    """
    is_cut = False
    ids: set[str] = set()
    of_keys: list[tuple[str, tuple[str, ...]]] = []
    for column, readings in keys:
        wholes = tuple(dict.fromkeys(plain(_JOINT.join(components)) for components in readings))
        is_cut = is_cut or any(len(_WORD.findall(text)) > _MAX_WORDS for text in wholes)
        of_keys.append((column, tuple(text for text in wholes if len(_WORD.findall(text)) <= _MAX_WORDS)))
        ids.update(name for text in wholes for name in ids_in(text))
    left = _MAX_NAMES
    of_others: list[tuple[str, tuple[str, ...]]] = []
    for column, texts in others:
        names = _with_ids(texts, ids)
        is_cut = is_cut or len(names) > left
        of_others.append((column, names[:left]))
        left -= len(of_others[-1][1])
    of_places: list[tuple[str, ...]] = []
    for texts in _places(list(ways)):
        names = _with_ids(texts, ids)
        is_cut = is_cut or len(names) > left or len(of_places) == _MAX_PLACES
        if is_cut:
            break
        of_places.append(names)
        left -= len(names)
    return RowNames(tuple(of_keys), tuple(entry for entry in of_others if entry[1]), tuple(of_places), frozenset(ids), is_cut)


def _with_ids(texts: t.Iterable[str], ids: set[str]) -> tuple[str, ...]:
    """The texts as names, and the ids in them."""
    names: dict[str, None] = {}
    for text in texts:
        if len(text) > _LONGEST:
            continue
        if name := plain(text):
            names[name] = None
        found = ids_in(text)
        ids.update(found)
        names.update(dict.fromkeys(found))
    return tuple(names)


def _places(ways: t.Sequence[Levels]) -> list[tuple[str, ...]]:
    """The different paths. If there are many, only their outer part, which the records of one setting share."""
    depth = max(map(len, ways), default=0)
    while True:
        different = dict.fromkeys(tuple(name for level in way[:depth] for name in level) for way in ways)
        if len(different) <= _MAX_PLACES or depth <= 1:
            return list(different)
        depth -= 1
