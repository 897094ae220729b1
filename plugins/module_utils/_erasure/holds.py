# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Legal holds: what is never touched. Pure, no I/O.

A hold is a text: a resource path (``/users/{id}/settings/{group}`` or with ``/{key}``, ``/settings/{group}``), an identifier (e-mail,
phone), an owner (user id or user name), or any other text, which holds every record that has it. A hold may hold too much,
never too little: an identifier holds where it is only possible, too.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    MATCH_CONTAINS,
    MATCH_EXACT,
    parse_subjects,
)


@dataclasses.dataclass(frozen=True)
class Holds:
    """All holds of a run."""

    owners: frozenset[str]
    paths: tuple[str, ...]
    matcher: Matcher

    def cover_owner(self, aliases: t.Iterable[str]) -> bool:
        """Whether an owner is held by id or by name."""
        return any(fold(alias) in self.owners for alias in aliases)

    def cover_path(self, path: str) -> bool:
        """Whether a resource, or what it lies in, is held."""
        return any(path == held or path.startswith(held + "/") for held in self.paths)

    def cover_value(self, value: t.Any) -> bool:
        """Whether a record has a held identifier."""
        return bool(self.matcher.in_value(value))


def parse_holds(raw: t.Any, *, region: str | None) -> Holds:
    """Holds out of the option. :raises InputError: for one that can't be understood, by position."""
    if raw is None:
        raw = []
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, (list, tuple)) or any(not isinstance(hold, (str, int)) or isinstance(hold, bool) for hold in raw):
        raise InputError("bad_holds", "holds must be a list of texts.")
    texts = [str(hold).strip() for hold in raw]
    for position, text in enumerate(texts, 1):
        if len(text) < 3:
            raise InputError("bad_holds", f"holds[{position}] is blank or shorter than 3 characters.")
    paths = [text.rstrip("/") for text in texts if text.startswith("/")]
    identifiers = [text for text in texts if not text.startswith("/")]
    people = [text for text in identifiers if "@" in text or any(char.isdigit() for char in text)]
    others = [text for text in identifiers if text not in people]
    entries = [_parsed(text, region) for text in people] + [_contained(text) for text in others]
    return Holds(
        owners=frozenset(fold(text) for text in identifiers) | frozenset(fold(text).replace("-", "") for text in identifiers),
        paths=tuple(paths),
        matcher=_union([entry for entry in entries if entry is not None], region),
    )


def _parsed(text: str, region: str | None) -> t.Any:
    try:
        return parse_subjects(search=text, subjects=None, region=region, match=MATCH_EXACT, min_length=3)
    except InputError:
        return _contained(text)


def _contained(text: str) -> t.Any:
    return parse_subjects(search=text, subjects=None, region=None, match=MATCH_CONTAINS, min_length=3)


def _union(parsed: list[t.Any], region: str | None) -> Matcher:
    subjects = parse_subjects(search=None, subjects=None, region=region, match=MATCH_EXACT, min_length=3, mandatory=False)
    everyone = tuple(subject for entry in parsed for subject in entry.subjects)
    return Matcher(dataclasses.replace(subjects, subjects=everyone), region)
