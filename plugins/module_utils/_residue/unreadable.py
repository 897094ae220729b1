# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The reasons why a file was not searched, or not completely. They are constants without any content of files. Pure, no I/O."""

from __future__ import annotations


class Unreadable(Exception):
    """A file, or a part of it, could not be searched. ``reason`` is for the operator.

    ``passing``: it may be readable later, because the node was writing the file.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing


class Vanished(Exception):
    """A file was removed between the listing and the reading: list again."""


NO_CRAMJAM = "needs the Python library cramjam, which is not installed on this host"
UNFINISHED = "an unfinished SSTable, or one with missing components"
DAMAGED_CHUNK = "damaged: the checksum of a chunk is wrong"
CUT_SHORT = "damaged: the file is shorter than its metadata says"
DAMAGED_METADATA = "damaged: its metadata can't be read"
DAMAGED_SECTION = "damaged: a section of it can't be read"
UNKNOWN_VERSION = "a format version that this release does not know"
UNKNOWN_COMPRESSOR = "a compressor that this release does not know"
ENCRYPTED = "encrypted"
ARCHIVE = "an archive or a compressed file: unpack it, and add the folder to extra_paths"
PACKED = "looks compressed or encrypted: unpack it, and add the folder to extra_paths"
KEPT_CHANGING = "the files kept changing until settle_timeout expired"
NO_FOLDER = "a folder that does not exist"
EMPTY_FOLDER = "an empty folder: is its disk mounted, and is it a folder of this node?"
NO_KEYSPACE = "a keyspace that is not on this host"
BROKEN_LINK = "a broken symbolic link"
NOT_A_FILE = "neither a file nor a folder"
STOPPED = "not searched: stop_file exists"


def cannot_be_opened(error: OSError) -> str:
    """The reason for a failed open or read: the number of the error, never its text, which has the path."""
    return f"can't be read (errno {error.errno})"
