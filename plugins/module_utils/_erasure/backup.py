# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Backups of what is about to be touched: what is in them, and how they are written. Pure, no I/O.

A backup exists from before a write until the read-back is done. One that is found at the start of a run is of a run that was
killed in between.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import GroupPlace, Place
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope, Setting
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, parse_object


@dataclasses.dataclass(frozen=True)
class Backup:
    """A group as it was, and the setting that was about to be touched (``target``). ``run``: who made it; '' before releases that say so."""

    run: str
    place: GroupPlace
    settings: tuple[Setting, ...]
    target: Setting


def content_of(run: str, place: Place, entries: t.Sequence[t.Any], target: t.Any) -> bytes:
    """The content of a file. Settings are kept as the JSON text that came, rows as the hex digits of their cells."""
    if isinstance(place, GroupPlace):
        content: dict[str, t.Any] = {
            "run": run,
            "owner": place.scope.owner,
            "group": dataclasses.asdict(place.group),
            "settings": [JsonObject.of(setting).text for setting in entries],
            "target": JsonObject.of(target).text,
        }
    else:
        content = {"run": run, "table": place.table, "rows": [row.backup() for row in entries], "target": target.backup()}
    return json.dumps(content).encode("ascii")


def lost_of(place: Place, lost: t.Sequence[t.Any]) -> bytes:
    """The content of a file for a human who may have to put entries back."""
    if isinstance(place, GroupPlace):
        content: dict[str, t.Any] = {"owner": place.scope.owner, "group": dataclasses.asdict(place.group), "lost": list(lost)}
    else:
        content = {"table": place.table, "lost": [row.backup() for row in lost]}
    return json.dumps(content, indent=1).encode("ascii")


def parse(content: bytes) -> Backup | None:
    """A backup of a settings group; None for one of rows, and for a file that was never finished (nothing was sent then)."""
    try:
        raw: dict[str, t.Any] = json.loads(content)
        place = GroupPlace(Scope(raw["owner"]), Group(**raw["group"]))
        return Backup(str(raw.get("run", "")), place, tuple(map(_setting, raw["settings"])), _setting(raw["target"]))
    except (ValueError, KeyError, TypeError):
        return None


def _setting(raw: t.Any) -> Setting:
    """A setting out of its JSON text, as it came; before 0.3.0 it was not kept as a text."""
    return parse_object(raw) if isinstance(raw, str) else JsonObject.of(raw)
