# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The work folder of the erasure: the lock, backups and journal of this run and of killed runs."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import os
import threading
import types
import typing as t
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure import backup as _backup
from ansible_collections.genesys.gws.plugins.module_utils._erasure import journal as _journal
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Place
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import Backup
from ansible_collections.genesys.gws.plugins.module_utils._scan.private_folder import PrivateFolder

_PREFIX = "backup-"
_LOST = "lost-"
_KEPT = "kept-"
_JOURNAL = "journal.jsonl"
_LONGEST_JOURNAL = 1 << 20  # bytes; a longer journal is started again if no run in it is open
_BLOCK = 4096  # bytes; backup files consist of whole blocks, so that the next backup seldom needs more


@dataclasses.dataclass
class _File:
    """A file of this run that is reused for one backup after the other, because creating a file for each would cost several times as much.

    ``size`` in bytes.
    """

    name: str
    handle: int
    size: int = 0


class WorkFolder:
    """Locked for this run. Use as a context manager. Its methods may be called called by several threads.

    :param wall: gives the seconds since 1970.
    """

    def __init__(self, path: str, *, keep: bool, wall: t.Callable[[], float]) -> None:
        self._path = path
        self._keep = keep
        self._wall = wall
        self._lock = -1
        self._journal = -1
        self._writing = threading.Lock()
        self._used: dict[str, _File] = {}
        self._free: list[_File] = []
        self.run = uuid.uuid4().hex
        self.journal_state = _journal.JournalState()

    def __enter__(self) -> WorkFolder:
        self._folder = PrivateFolder(self._path, "work_dir")
        try:
            self._lock = self._folder.open("lock", os.O_CREAT | os.O_RDWR)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._open_journal()
        except OSError as error:
            is_busy = error.errno in (errno.EAGAIN, errno.EACCES) and self._lock >= 0
            self._close()
            if is_busy:
                raise RefusedError(
                    "busy", "Nothing was deleted: another run uses the same work_dir. Wait until it ends, or use another work_dir."
                ) from None
            raise InputError(
                "bad_work_dir", f"work_dir can't be written (errno {error.errno}): check its owner and the free space."
            ) from None
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: types.TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        for file in self._free:
            with contextlib.suppress(OSError):  # it is empty
                self._folder.shred(file.name)
        for handle in (*(file.handle for file in (*self._free, *self._used.values())), self._journal, self._lock):
            if handle >= 0:
                os.close(handle)
        self._free, self._used = [], {}
        self._lock = self._journal = -1
        self._folder.close()

    def _open_journal(self) -> None:
        self._journal = self._folder.open(_JOURNAL, os.O_CREAT | os.O_RDWR | os.O_APPEND)
        content = _read(self._journal)
        self.journal_state = _journal.read(content)
        if len(content) > _LONGEST_JOURNAL and not self.journal_state.open_runs:
            os.ftruncate(self._journal, 0)
        elif content and not content.endswith(b"\n"):
            os.write(self._journal, b"\n")  # a kill has truncated the last line

    @staticmethod
    def has_left_overs(path: str) -> bool:
        """Whether a killed run has to be settled, even without a plan. :raises InputError: if the folder is not safe."""
        if not os.path.lexists(os.path.expanduser(path)):
            return False
        with PrivateFolder(path, "work_dir") as folder:
            if folder.names(_PREFIX):
                return True
            try:
                handle = folder.open(_JOURNAL, os.O_RDONLY)
            except OSError:
                return False
            try:
                journal_state = _journal.read(_read(handle))
            finally:
                os.close(handle)
            return bool(journal_state.open_runs)

    def note(self, what: str) -> None:
        """Add a line to the journal, flushed to disk."""
        try:
            with self._writing:
                _write(self._journal, _journal.line(self.run, self._wall(), what))
                os.fsync(self._journal)
        except OSError as error:
            raise _no_backup(error) from None

    def save(self, place: Place, entries: t.Sequence[t.Any], targets: t.Sequence[t.Any]) -> str:
        """Write a backup, flushed to disk. Returns the name of the file."""
        content = _backup.content_of(self.run, place, entries, targets)
        with self._writing:
            file = self._free.pop() if self._free else None
        try:
            file = file or self._new_file()
            self._used[file.name] = file
            if not self._keep:
                file.size = max(file.size, len(content) + -len(content) % _BLOCK)
            _write_at_start(file.handle, content.ljust(file.size, b"\n"))
            _flush(file.handle)
        except OSError as error:
            if file is not None:
                with contextlib.suppress(OSError):
                    self._settle(file)  # nothing was sent
            raise _no_backup(error) from None
        return file.name

    def _new_file(self) -> _File:
        name = f"{_PREFIX}{uuid.uuid4().hex}.json"
        file = _File(name, self._folder.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        self._folder.sync()
        return file

    def _settle(self, file: _File) -> None:
        """Overwrite a backup. The file stays for the next backup, and is shredded when the run ends."""
        self._used.pop(file.name, None)
        _write_at_start(file.handle, b"\0" * file.size)
        with self._writing:
            self._free.append(file)

    def _write_file(self, name: str, content: bytes) -> None:
        try:
            handle = self._folder.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            try:
                _write(handle, content)
                os.fsync(handle)
            finally:
                os.close(handle)
            self._folder.sync()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._folder.shred(name)  # nothing was sent
            raise _no_backup(error) from None

    def done(self, name: str) -> None:
        """The write was read back: overwrite its backup, unless backups are kept. A backup of an earlier run is shredded."""
        file = self._used.get(name)
        if file is not None and not self._keep:
            self._settle(file)
            return
        if file is not None:
            os.close(self._used.pop(name).handle)
        if self._keep:
            self._folder.rename(name, _KEPT + name)
        else:
            self._folder.shred(name)

    def set_aside(self, place: Place, lost: t.Sequence[t.Any]) -> None:
        """Keep entries, which are not the person's, for a human. The file stays and does not affect later runs."""
        self._write_file(f"{_LOST}{uuid.uuid4().hex}.json", _backup.lost_of(place, lost))

    def left_over(self) -> list[tuple[str, Backup | None]]:
        """Backups of killed runs; None for one with nothing to settle: it was not finished, or it contains rows, which are searched again."""
        found: list[tuple[str, Backup | None]] = []
        for name in self._folder.names(_PREFIX):
            try:
                handle = self._folder.open(name, os.O_RDONLY)
            except OSError:
                raise InputError(
                    "bad_work_dir", "work_dir contains a backup that is not a regular file of this user: check it, then remove it."
                ) from None
            try:
                found.append((name, _backup.parse(_read(handle))))
            finally:
                os.close(handle)
        return found


def _no_backup(error: OSError) -> RefusedError:
    return RefusedError("no_backup", f"Stopped: no backup could be written to work_dir (errno {error.errno}), so nothing more is deleted.")


def _read(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    parts = []
    while part := os.read(handle, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def _write_at_start(handle: int, content: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write(handle, content)


def _flush(handle: int) -> None:
    """Flush the content of a file to disk."""
    getattr(os, "fdatasync", os.fsync)(handle)  # macOS has no fdatasync


def _write(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]
