# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Paths in a JSON value, including JSON in strings. Pure, no I/O."""

from __future__ import annotations

import enum
import json
import typing as t


class Step(enum.Enum):
    """A step in a path that is neither an object key nor a list index."""

    EMBEDDED_JSON = "json"
    OBJECT_KEY = "key"


JsonPath = t.Tuple[t.Union[str, int, Step], ...]  # noqa: UP006, UP007 - ansible-test reads it as Python 3.8


AROUND_JSON = " \t\r\n\ufeff\x00"


class Member(t.Dict[str, t.Any]):  # noqa: UP006
    """One member of an object that has a name twice. ``siblings`` has all of its members, the last of each name."""

    def __init__(self, name: str, value: t.Any, siblings: t.Mapping[str, t.Any]) -> None:
        super().__init__({name: value})
        self.siblings = siblings


def object_of(members: t.Sequence[tuple[str, t.Any]]) -> dict[str, t.Any] | list[Member]:
    """An object from its members. If a name is repeated, a list of all members, because a dict would keep only the last one."""
    joined = dict(members)
    return joined if len(joined) == len(members) else [Member(name, value, joined) for name, value in members]


def all_members(text: str) -> t.Any:
    """The value of a JSON text, as ``json.loads`` gives it, but with each member of every object (``object_of``).

    :raises ValueError: when it is no JSON. :raises RecursionError: when it is nested deeper than Python can read.
    """
    return json.loads(text, parse_constant=str, strict=False, object_pairs_hook=object_of)


def embedded_json(text: str) -> t.Any:
    """The object or list (or JSON-in-JSON string) in a text; None for ordinary text."""
    stripped = text.strip(AROUND_JSON)
    if len(stripped) < 2 or stripped[0] not in '{["' or stripped[-1] not in '}]"':
        return None
    try:
        parsed = all_members(stripped)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, (dict, list, str)) else None
