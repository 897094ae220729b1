# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Whether a folder outlives a job of AWX. Pure, no I/O.

Each job runs in its own container, whose root file system is removed with it, as is the job's private folder. An erasure keeps files that are needed
after a kill (backups, journal), and its evidence (reports, ledger). So these must be on a volume that outlives the job.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

_RUNNER = "/runner"
"""Where ansible-runner has its private folder in an execution environment."""
_FLEETING = ("overlay", "fuse.fuse-overlayfs", "aufs", "tmpfs", "ramfs")
_EMPTY_DIR = "kubernetes.io~empty-dir"


@dataclasses.dataclass(frozen=True)
class JobEnvironment:
    """``environment`` variables, the ``home`` folder, and the text of /proc/self/mountinfo ('' where there is none)."""

    environment: t.Mapping[str, str]
    home: str
    mounts: str

    @property
    def in_container(self) -> bool:
        """Whether this is an execution environment that ansible-runner has started."""
        return _is_below(self.environment.get("AWX_ISOLATED_DATA_DIR", ""), _RUNNER)

    @property
    def in_awx(self) -> bool:
        """Whether AWX or Automation Controller has started this job."""
        return bool(self.environment.get("AWX_PRIVATE_DATA_DIR")) or bool(
            self.environment.get("AWX_HOST") and self.environment.get("JOB_ID")
        )


def is_lost_with_container(path: str, around: JobEnvironment) -> bool:
    """Whether this (absolute, resolved) folder is lost when the job ends."""
    of_the_job = (around.environment.get("AWX_PRIVATE_DATA_DIR", ""), _RUNNER, os.path.join(around.home, ".ansible"))
    if around.in_awx and any(_is_below(path, place) for place in of_the_job):
        return True
    if not around.in_container:
        return False
    if _is_below(path, _RUNNER):
        return True
    mount = _mount_of(path, around.mounts)
    return mount is None or mount.point == "/" or mount.kind in _FLEETING or _EMPTY_DIR in mount.root


@dataclasses.dataclass(frozen=True)
class _Mount:
    root: str
    point: str
    kind: str


def _mount_of(path: str, mounts: str) -> _Mount | None:
    """The file system in which a path lies: the last one that was mounted of those with the longest mount point."""
    found: _Mount | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 8 or "-" not in fields[6:-1]:
            continue
        mount = _Mount(_unescaped(fields[3]), _unescaped(fields[4]), fields[fields.index("-", 6) + 1])
        if _is_below(path, mount.point) and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def _unescaped(text: str) -> str:
    r"""The kernel writes space, tab, newline and backslash as \040 and so on."""
    for code in ("040", "011", "012", "134"):
        text = text.replace("\\" + code, chr(int(code, 8)))
    return text


def _is_below(path: str, folder: str) -> bool:
    folder = os.path.normpath(folder) if folder else ""
    return bool(path and folder) and (path == folder or folder == "/" or path.startswith(folder + "/"))
