# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Files that only the owner can read, created completely or not at all."""

from __future__ import annotations

import contextlib
import os


def write_new(path: str, content: bytes) -> None:
    """Create a file of mode 0600, flushed to disk; an incomplete file is removed. :raises FileExistsError: if the path exists, even as a broken
    symbolic link.
    :raises OSError:
    """
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        remove(path)
        raise


def remove(path: str) -> None:
    """Remove a file if it can be removed."""
    with contextlib.suppress(OSError):
        os.unlink(path)
