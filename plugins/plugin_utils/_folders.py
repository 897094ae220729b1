# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Folders and files on the machine that runs the playbook. Messages name the variable and the error number, never the path."""

from __future__ import annotations

import errno
import os
import stat
import tempfile

from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file


def absolute(path: str) -> str:
    """A path as the person who started ansible-playbook meant it: relative to the folder in which that person was."""
    return os.path.abspath(os.path.expanduser(os.path.expandvars(path))) if path else ""


def resolved(path: str) -> str:
    """Where a path really leads, whether it is there yet or not."""
    return os.path.realpath(absolute(path))


def mounts() -> str:
    """The kernel's table of what is mounted where; '' where there is none."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except OSError:
        return ""


def fault_of_folder(path: str) -> str:
    """Why a file can't be made in this folder, which is made when it is missing; '' when it can."""
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return ""
    except OSError as error:
        return f"is not a folder in which files can be created (errno {error.errno})"


def fault_of_new_file(path: str) -> str:
    """Why a file can't be written there, with its folder if that is missing; '' when it can. Nothing is made, and a file that is there stays as it is."""
    try:
        if os.path.lexists(path):
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise OSError(errno.EISDIR if os.path.isdir(path) else errno.EINVAL, "")
            with open(path, "ab"):
                return ""
        folder = os.path.dirname(path)
        while not os.path.lexists(folder):
            folder = os.path.dirname(folder)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"is not a file that can be written (errno {error.errno})"


def fault_of_file(path: str) -> str:
    """Why a file can't be read; '' when it can, again and again. A pipe is not opened: what is read of it is gone."""
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            return "is a pipe or a device, which can't be read more than once: save it to a file first"
        with open(path, "rb") as stream:
            stream.read(1)
            return ""
    except OSError as error:
        return f"can't be read (errno {error.errno})"


def save(folder: str, stem: str, contents: dict[str, str]) -> str:
    """Write files of mode 0600, all or none, into a folder, which is made (0700) when it is missing. Earlier ones are not overwritten.

    :param contents: by the ending of the name, which begins with the stem.
    :returns: the stem, with a number behind it when there were such files already: another run may have begun in the same second.
    :raises OSError:
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    number = 1
    while True:
        numbered = stem + (f"-{number}" if number > 1 else "")
        try:
            _save_all({os.path.join(folder, numbered + ending): content for ending, content in contents.items()})
        except FileExistsError:
            number += 1
        else:
            return numbered


def _save_all(files: dict[str, str]) -> None:
    made: list[str] = []
    try:
        for path, content in files.items():
            private_file.write_new(path, content.encode("utf-8"))
            made.append(path)
    except OSError:
        for path in made:
            private_file.remove(path)
        raise
