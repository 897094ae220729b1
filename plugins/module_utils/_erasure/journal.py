# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The journal: which runs began and ended, so that the next one knows which were killed. Lines of JSON, without personal data. Pure, no I/O.

``{"run": "…", "at": 1700000000, "what": "started"}``, ``ended``, and ``refused`` for a run that left something untried since too much was refused; the
run's name is that of its lease in GWS, too. A line that a kill has cut is no line, and a line that says anything else (``sent`` and ``settled`` of earlier
releases) tells no more than that there was such a run. What a killed run was about to erase, its backups say.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t


@dataclasses.dataclass(frozen=True)
class JournalState:
    """What the journal tells of earlier runs. ``runs``: all; ``open_runs``: those that did not end; ``refused``: whether one was refused too often."""

    runs: frozenset[str] = frozenset()
    open_runs: frozenset[str] = frozenset()
    refused: bool = False


def line(run: str, at: float, what: str) -> bytes:
    """A line of the journal."""
    content: dict[str, t.Any] = {"run": run, "at": int(at), "what": what}
    return (json.dumps(content, sort_keys=True) + "\n").encode("ascii")


def read(content: bytes) -> JournalState:
    """What a journal tells. Lines that are none are passed over."""
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
