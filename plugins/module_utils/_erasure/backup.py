# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The content and format of backups. Pure, no I/O.

A backup exists from before the first write to a place until the last one is read back. A backup that is found at the start of a run comes from a run
that was killed: each of its targets may have been erased.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import GroupPlace, Place
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope, Setting
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, parse_object


@dataclasses.dataclass(frozen=True)
class Backup:
    """The settings of a group before the first write, and those that were about to be erased (``targets``)."""

    place: GroupPlace
    settings: tuple[Setting, ...]
    targets: tuple[Setting, ...]


def content_of(run: str, place: Place, entries: t.Sequence[t.Any], targets: t.Sequence[t.Any]) -> bytes:
    """The content of a file: a line with the SHA-256 of the next one, which is JSON. Anything after these two lines is ignored.

    Settings are kept as the JSON text that came, rows as the hex digits of their cells.
    """
    if isinstance(place, GroupPlace):
        content: dict[str, t.Any] = {
            "run": run,
            "owner": place.scope.owner,
            "group": dataclasses.asdict(place.group),
            "settings": [JsonObject.of(setting).text for setting in entries],
            "targets": [JsonObject.of(setting).text for setting in targets],
        }
    else:
        rows = [[row.backup() for row in some] for some in (entries, targets)]
        content = {"run": run, "table": place.table, "rows": rows[0], "targets": rows[1]}
    line = json.dumps(content).encode("ascii")
    return b"%s\n%s\n" % (_digest(line), line)


def lost_of(place: Place, lost: t.Sequence[t.Any]) -> bytes:
    """The content of a file for a human who may have to restore entries."""
    if isinstance(place, GroupPlace):
        content: dict[str, t.Any] = {"owner": place.scope.owner, "group": dataclasses.asdict(place.group), "lost": list(lost)}
    else:
        content = {"table": place.table, "lost": [row.backup() for row in lost]}
    return json.dumps(content, indent=1).encode("ascii")


def read(content: bytes) -> dict[str, t.Any] | None:
    """The content of a backup file; None if it was not finished (then nothing was sent) or is settled."""
    digest, _newline, rest = content.partition(b"\n")
    line = rest.partition(b"\n")[0]
    if content.startswith(b"{"):
        line = content  # before 0.3.0 files contained only the JSON
    elif digest != _digest(line):
        return None
    try:
        raw = json.loads(line)
    except ValueError:
        return None
    return raw if isinstance(raw, dict) else None


def parse(content: bytes) -> Backup | None:
    """A backup of a settings group; None for one of rows, and if there is nothing to settle (see ``read``)."""
    raw = read(content)
    try:
        if raw is None:
            return None
        place = GroupPlace(Scope(raw["owner"]), Group(**raw["group"]))
        targets = raw["targets"] if "targets" in raw else [raw["target"]]  # before 0.3.0: one
        return Backup(place, tuple(map(_setting, raw["settings"])), tuple(map(_setting, targets)))
    except (ValueError, KeyError, TypeError):
        return None


def _digest(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest().encode("ascii")


def _setting(raw: t.Any) -> Setting:
    """A setting from its original JSON text; before 0.3.0 the text was not kept."""
    return parse_object(raw) if isinstance(raw, str) else JsonObject.of(raw)
