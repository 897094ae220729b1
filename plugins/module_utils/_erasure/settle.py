# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Settles what killed runs may have done, before anything else. No I/O: see ``actions``."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import EndBackup, ReadPlace, Snapshot, Steps
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import Backup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge, identity_of
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict


def settle(left_over: t.Iterable[tuple[str, Backup | None]], judge: Judge) -> Steps[None]:
    """Shred the backups of killed runs. Other settings of the group that are missing since are kept in a file, and reported once. Nothing is
    restored: since the kill their agents, or another run, may have removed them. :raises RefusedError: if settings are missing.
    """
    files = 0
    gone = 0
    for name, backup in left_over:
        lost: list[t.Any] = []
        if backup is not None:
            seen: Snapshot = yield ReadPlace(backup.place)
            lost = _lost(backup, seen, judge)
        yield EndBackup(name, backup.place if backup else None, tuple(lost))
        files += bool(lost)
        gone += len(lost)
    if gone:
        raise RefusedError(
            "left_over",
            f"Nothing was deleted: an earlier run was killed, and {_settings(gone)} of other people in {'the group' if files == 1 else 'the groups'} "
            f"that it worked on {'is' if gone == 1 else 'are'} missing now. Their agents or GWS may have removed them: see lost-...json in "
            "work_dir, restore by hand what is missing, delete the file, then run it again.",
        )


def _lost(backup: Backup, seen: Snapshot, judge: Judge) -> list[t.Any]:
    """Other settings of the group, apart from the targets, that are missing now."""
    group = backup.place.group
    present = {identity_of(group, setting) for setting in seen.entries}
    targets = {identity_of(group, setting) for setting in backup.targets}
    lost = []
    for setting in backup.settings:
        identity = identity_of(group, setting)
        if identity not in targets | present:
            found = judge.assess(backup.place.scope, (backup.place.scope.owner,), group, setting)
            if found is None or found.verdict is not Verdict.DELETE:
                lost.append(setting)
    return lost


def _settings(count: int) -> str:
    return f"{count} setting" + ("" if count == 1 else "s")
