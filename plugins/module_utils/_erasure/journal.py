# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The journal: which runs started and ended, so that the next run knows which were killed. JSON lines without personal data. Pure, no I/O.

``{"run": "…", "at": 1700000000, "what": "started"}``, ``ended``, and ``refused`` for a run that left items untried because too many writes were
rejected. The name of a run is also that of its lease in GWS. A line truncated by a kill is ignored, and any other line (``sent`` and ``settled`` of
earlier releases) only shows that the run existed. The backups of a killed run show what it was about to erase.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t


@dataclasses.dataclass(frozen=True)
class JournalState:
    """What the journal contains about earlier runs. ``runs``: all; ``open_runs``:
    those that did not end; ``refused``: whether too many writes of one were rejected.
    """

    runs: frozenset[str] = frozenset()
    open_runs: frozenset[str] = frozenset()
    refused: bool = False


def line(run: str, at: float, what: str) -> bytes:
    """A line of the journal."""
    content: dict[str, t.Any] = {"run": run, "at": int(at), "what": what}
    return (json.dumps(content, sort_keys=True) + "\n").encode("ascii")


def read(content: bytes) -> JournalState:
    """Parse a journal. Invalid lines are ignored."""
    runs: set[str] = set()
    ended: set[str] = set()
    refused = False
    for raw in content.split(b"\n")[:-1]:
        try:
            entry = json.loads(raw)
            run, what = str(entry["run"]), str(entry["what"])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        runs.add(run)
        if what == "ended":
            ended.add(run)
        refused = refused or what == "refused"
    return JournalState(frozenset(runs), frozenset(runs - ended), refused)
