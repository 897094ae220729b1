# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Places inside a JSON value, also inside JSON that lies in a string. Pure, no I/O."""

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


def embedded_json(text: str) -> t.Any:
    """The object or list (or JSON-in-JSON string) that a text spells; None when it is ordinary text."""
    stripped = text.strip(AROUND_JSON)
    if len(stripped) < 2 or stripped[0] not in '{["' or stripped[-1] not in '}]"':
        return None
    try:
        parsed = json.loads(stripped, parse_constant=str, strict=False)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, (dict, list, str)) else None


def repeats_a_name(document: str) -> bool:
    """Whether an object in a document has a name twice: the parsed object has only the last of them."""
    repeated: list[bool] = []
    json.loads(document.strip(AROUND_JSON), strict=False, object_pairs_hook=lambda pairs: repeated.append(len(dict(pairs)) < len(pairs)))
    return any(repeated)
