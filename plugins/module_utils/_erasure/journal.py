# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The journal: what a run was about to do, so that the next one knows what may have happened. Lines of JSON, without personal data. Pure, no I/O.

``{"run": "…", "at": 1700000000, "what": "started"}``, then ``lease`` (the run's name in GWS is the run's), ``sent`` and ``settled`` with the name of a
backup, ``ended``. A line that a kill has cut is no line.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t


@dataclasses.dataclass(frozen=True)
class Told:
    """What the journal tells of earlier runs. ``runs``: all; ``open_runs``: those that did not end; ``sent``: backups of writes that may have been sent."""

    runs: frozenset[str] = frozenset()
    open_runs: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()


def line(run: str, at: float, what: str, backup: str = "") -> bytes:
    """A line of the journal."""
    content: dict[str, t.Any] = {"run": run, "at": int(at), "what": what}
    if backup:
        content["backup"] = backup
    return (json.dumps(content, sort_keys=True) + "\n").encode("ascii")


def read(content: bytes) -> Told:
    """What a journal tells. Lines that are none are passed over."""
    runs: set[str] = set()
    ended: set[str] = set()
    sent: set[str] = set()
    for raw in content.split(b"\n")[:-1]:
        try:
            entry = json.loads(raw)
            run, what, backup = str(entry["run"]), str(entry["what"]), str(entry.get("backup", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        runs.add(run)
        if what == "ended":
            ended.add(run)
        elif what == "sent":
            sent.add(backup)
        elif what == "settled":
            sent.discard(backup)
    return Told(frozenset(runs), frozenset(runs - ended), frozenset(sent))
