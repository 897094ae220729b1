# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The context that a matcher gets with a text, and the certainty that it returns. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Certainty(enum.IntEnum):
    """The certainty that a value means the person."""

    POSSIBLE = 1
    EXACT = 2


@dataclasses.dataclass(frozen=True)
class Context:
    """The context of a text or a number. ``field``: the name of its member ("" if it has none); elements of a list have the name of the list.
    ``siblings``: the members of the object that contains it, including this one, also for elements of a list in that object.
    """

    field: str = ""
    siblings: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


NO_CONTEXT = Context()
