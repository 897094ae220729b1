# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Backups of what is about to be touched: files of mode 0600 in a folder of mode 0700, one for each setting in work.

A backup exists from before a write until the read-back is done. One that is found at the start of a run is of a run that was
killed in between.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import json
import os
import types
import typing as t
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope, Setting

_PREFIX = "backup-"


@dataclasses.dataclass(frozen=True)
class Backup:
    """A group as it was, and the setting that was about to be touched (``target``)."""

    scope: Scope
    group: Group
    settings: tuple[Setting, ...]
    target: Setting

    @property
    def others(self) -> list[Setting]:
        """What must still be there."""
        return [setting for setting in self.settings if setting != self.target]


class BackupFolder:
    """The work folder, locked for this run. Use as a context manager."""

    def __init__(self, path: str, keep: bool) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self._keep = keep
        self._lock = -1

    def __enter__(self) -> BackupFolder:
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            self._lock = os.open(os.path.join(self.path, "lock"), os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if self._lock >= 0:
                os.close(self._lock)
            if error.errno in (errno.EAGAIN, errno.EACCES) and self._lock >= 0:
                raise RefusedError(
                    "busy", "Nothing was deleted: another run uses the same work_dir. Wait for it, or give another one."
                ) from None
            raise InputError("bad_work_dir", f"work_dir can't be made or written (errno {error.errno}).") from None
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: types.TracebackType | None) -> None:
        os.close(self._lock)

    @staticmethod
    def has_left_overs(path: str) -> bool:
        """Whether the folder, if there is one, holds a backup of a killed run: then there is something to settle, even without a plan."""
        try:
            return any(name.startswith(_PREFIX) for name in os.listdir(os.path.expanduser(path)))
        except OSError:
            return False

    def save(self, backup: Backup) -> str:
        """Write a backup, safely on disk when this returns; the path of the file."""
        path = os.path.join(self.path, f"{_PREFIX}{uuid.uuid4().hex}.json")
        content = {
            "owner": backup.scope.owner,
            "group": dataclasses.asdict(backup.group),
            "settings": list(backup.settings),
            "target": backup.target,
        }
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                json.dump(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise RefusedError(
                "no_backup",
                f"Stopped: no backup could be written to work_dir (errno {error.errno}), so nothing more is deleted.",
            ) from None
        return path

    def done(self, path: str) -> None:
        """The setting is proved: shred its backup, unless backups are kept."""
        if self._keep:
            os.replace(path, os.path.join(self.path, "kept-" + os.path.basename(path)))
        else:
            self.shred(path)

    def shred(self, path: str) -> None:
        """Overwrite and remove."""
        with open(path, "r+b") as stream:
            stream.write(b"\0" * os.fstat(stream.fileno()).st_size)
            stream.flush()
            os.fsync(stream.fileno())
        os.unlink(path)

    def left_over(self) -> list[tuple[str, Backup | None]]:
        """Backups of runs that were killed; None for a file that was never finished (nothing was sent yet then)."""
        found: list[tuple[str, Backup | None]] = []
        for name in sorted(os.listdir(self.path)):
            if name.startswith(_PREFIX):
                path = os.path.join(self.path, name)
                found.append((path, _load(path)))
        return found


def _load(path: str) -> Backup | None:
    try:
        with open(path, encoding="ascii") as stream:
            content: dict[str, t.Any] = json.load(stream)
        return Backup(Scope(content["owner"]), Group(**content["group"]), tuple(content["settings"]), content["target"])
    except (ValueError, KeyError, TypeError):
        return None
