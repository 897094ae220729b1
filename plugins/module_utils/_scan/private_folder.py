# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A folder with files that nobody else may read: owned by this user, mode 0700, no symbolic link; its files have mode 0600 and are opened relative to it.

Somebody who can write to a folder can exchange its content between a check and an open. So the folder is opened once, checked through its
descriptor, and every file is opened relative to that descriptor without following links.
"""

from __future__ import annotations

import os
import stat
import types

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe is not waited for


class PrivateFolder:
    """The folder of an option. Use as a context manager, or ``close`` it.

    :param option: the name of the option, for messages.
    :raises InputError: if the folder can't be created, or others can read or change it.
    """

    def __init__(self, path: str, option: str) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self._option = option
        try:
            _make(self.path)
            self.handle = os.open(self.path, _FOLDER)
        except OSError as error:
            if os.path.islink(self.path):
                raise self._refused("is a symbolic link: use the folder that it points to") from None
            if isinstance(error, NotADirectoryError):
                raise self._refused("is not a folder") from None
            raise self._refused(f"can't be created or opened (errno {error.errno})") from None
        status = os.fstat(self.handle)
        problem = ""
        if status.st_uid != os.geteuid():
            problem = "belongs to another user: use a folder of the user who runs the module"
        elif stat.S_IMODE(status.st_mode) & 0o077:
            problem = "can be read by other users, but holds personal data: run chmod 700 on it, or use another folder"
        if problem:
            self.close()
            raise self._refused(problem)

    def _refused(self, problem: str) -> InputError:
        return InputError(f"bad_{self._option}", f"{self._option} {problem}.")

    def __enter__(self) -> PrivateFolder:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: types.TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder."""
        if self.handle >= 0:
            os.close(self.handle)
        self.handle = -1

    def open(self, name: str, flags: int) -> int:
        """Open a file in the folder; a new file has mode 0600. :raises OSError: also for links and for anything but regular files."""
        handle = os.open(name, flags | _FILE, 0o600, dir_fd=self.handle)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink > 1:
            os.close(handle)
            raise OSError(1, "not a file of our own")
        if stat.S_IMODE(status.st_mode) != 0o600:
            os.fchmod(handle, 0o600)
        return handle

    def names(self, prefix: str) -> list[str]:
        """The names of the files that start with a prefix."""
        return sorted(name for name in os.listdir(self.handle) if name.startswith(prefix))

    def rename(self, name: str, to: str) -> None:
        """Rename a file within the folder."""
        os.replace(name, to, src_dir_fd=self.handle, dst_dir_fd=self.handle)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self.handle)

    def sync(self) -> None:
        """Flush the folder to disk."""
        os.fsync(self.handle)

    def shred(self, name: str) -> None:
        """Overwrite a file and remove it."""
        handle = self.open(name, os.O_WRONLY)
        try:
            size = os.fstat(handle).st_size
            while size > 0:
                size -= os.write(handle, b"\0" * min(size, 1 << 16))
            os.fsync(handle)
        finally:
            os.close(handle)
        self.remove(name)

    def remove_folder(self) -> None:
        """Remove the folder itself. :raises OSError: if it is not empty."""
        os.rmdir(self.path)


def _make(path: str) -> None:
    """Create the folder and its missing parents with mode 0700: a parent may be the work folder of another step."""
    if os.path.lexists(path):
        return
    above = os.path.dirname(path)
    if not os.path.isdir(above):
        _make(above)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    os.chmod(path, 0o700)  # whatever the umask is
