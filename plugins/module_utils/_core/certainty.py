# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What a matcher is told about a text, and what it answers. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Certainty(enum.IntEnum):
    """How sure it is that the value means the person."""

    POSSIBLE = 1
    EXACT = 2


@dataclasses.dataclass(frozen=True)
class Context:
    """Where a text or a number stands.

    ``field``: the object's name for it ("" when it has none); what stands in a list has the name of the list.
    ``siblings``: the object that it lies in, by name, this field included; also for what stands in a list that the object holds.
    """

    field: str = ""
    siblings: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


NO_CONTEXT = Context()
