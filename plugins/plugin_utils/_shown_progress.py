# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Shows the progress of a module that runs on this machine: counts, never personal data."""

from __future__ import annotations

import os
import threading

from ansible.utils.display import Display

_EVERY = 10.0  # seconds


class ShownProgress:
    """Periodically prints the line in the file ``path`` until the block ends, then removes the file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._end = threading.Event()
        self._reader = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> ShownProgress:
        self._reader.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end.set()
        self._reader.join()
        if os.path.exists(self._path):
            os.unlink(self._path)

    def _show(self) -> None:
        shown = ""
        while not self._end.wait(_EVERY):
            line = _line_of(self._path)
            if line and line != shown:
                Display().display(f"gws_pii_search: {line}")
                shown = line


def _line_of(path: str) -> str:
    try:
        with open(path, encoding="ascii") as stream:
            return stream.read().strip()
    except (OSError, UnicodeDecodeError):
        return ""
