# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The file with the plain identifiers that forget_again passes from its lookup to its search: one for each run, removed at its end.

Its name contains the process of the run, so that any later run can remove the file of a killed one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time

from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import LONGEST_SILENCE, Process

_NAME = re.compile(r"again-(?P<space>[0-9a-f]{12})-(?P<pid>[0-9]+)-(?P<born>[0-9a-f]{12})\.json")


def path_in(folder: str, process: Process) -> str:
    """The file of the run with this process."""
    return os.path.join(folder, f"again-{_short(process.space)}-{process.pid}-{_short(process.born)}.json")


def remove_stale(folder: str, now: float | None = None) -> None:
    """Remove the files of runs that were killed; of one in another container or on another machine a day after it was written."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            found = _NAME.fullmatch(name)
            path = os.path.join(folder, name)
            if found and not _is_in_use(found, path, time.time() if now is None else now):
                with contextlib.suppress(OSError):
                    os.unlink(path)


def _is_in_use(name: re.Match[str], path: str, now: float) -> bool:
    process = Process.with_pid(int(name["pid"]))
    if name["space"] == _short(process.space):
        return process.is_alive and name["born"] == _short(process.born)
    try:
        return now - os.stat(path).st_mtime < LONGEST_SILENCE
    except OSError:
        return True


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
