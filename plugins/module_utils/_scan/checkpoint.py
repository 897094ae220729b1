# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The checkpoint file of a search, so that a search that was killed continues where it stopped.

The file (0600) holds a line for each token range that was read completely: the range, counts and findings. Each line is encrypted, because even the
range in which something was found reveals something about the key of a row. It contains a code of the line and of the code before it, and the first
line identifies the search: if the file is changed or truncated, the lines from there on are discarded. A line is written when its range is finished,
so a kill at any moment loses at most what was in flight.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import hmac
import json
import os
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import TokenRange
from ansible_collections.genesys.gws.plugins.module_utils._scan.private_folder import PrivateFolder

MAX_AGE = 24 * 3600  # seconds; older lines are not used


@dataclasses.dataclass(frozen=True)
class CheckpointedRange:
    """A token range of a table that was read completely, and what was in it."""

    table: str
    token_range: TokenRange
    rows: int
    not_searchable: int
    findings: tuple[Finding, ...]


class NoCheckpoint:
    """In place of a checkpoint if none is kept."""

    refused = ""
    path = ""

    def known(self, _table: str) -> list[CheckpointedRange]:
        """What an earlier search has read."""
        return []

    def add(self, read: CheckpointedRange) -> None:
        """A range was read."""

    def close(self) -> None:
        """The search ended and may continue later."""

    def finish(self) -> None:
        """The search is complete."""


class Checkpoint(NoCheckpoint):
    """The file of one search. :param fingerprint: digests of what the search depends on, by name (cluster, schema, subjects, options). :param keep:
    keep the file when the search is complete (other shares of the search may not be).
    """

    def __init__(self, folder: str, fingerprint: dict[str, str], key: Key, *, keep: bool) -> None:
        self._keep = keep
        self._broken = False
        self._key = key.derive("checkpoint")
        name = hashlib.sha256(fingerprint["subjects"].encode() + fingerprint["place"].encode()).hexdigest()[:16]  # of keyed codes
        self._name = f"search-{name}.checkpoint"
        self._known: dict[str, list[CheckpointedRange]] = {}
        self._folder = PrivateFolder(folder, "checkpoint_dir")
        self.path = os.path.join(self._folder.path, self._name)
        try:
            self._stream = os.fdopen(self._folder.open(self._name, os.O_RDWR | os.O_CREAT), "r+b")
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._folder.close()
            raise InputError(
                "checkpoint_in_use",
                "The same search is already running: its checkpoint in checkpoint_dir is in use. Wait for it, or stop it (a module may "
                "outlive a playbook that was killed).",
            ) from None
        except OSError as error:
            self._folder.close()
            raise InputError("bad_checkpoint_dir", f"checkpoint_dir can't be used (errno {error.errno}).") from None
        self._last = ""
        length = self._read(fingerprint)
        if not length:
            self._last = ""
            self._stream.truncate(0)
            self._stream.seek(0)
            self._stream.write(self._line({"fingerprint": fingerprint, "started": int(time.time())}))
        else:
            self._stream.truncate(length)
            self._stream.seek(length)
        self._stream.flush()

    def known(self, table: str) -> list[CheckpointedRange]:
        """What an earlier search has read of a table."""
        return self._known.get(table, [])

    def add(self, read: CheckpointedRange) -> None:
        """Add a range. Not thread-safe."""
        content = {
            "table": read.table,
            "range": [read.token_range.start, read.token_range.end],
            "rows": read.rows,
            "not_searchable": read.not_searchable,
            "findings": [finding.to_result() for finding in read.findings],
        }
        if not self._broken:
            try:
                self._stream.write(self._line(content))
                self._stream.flush()
            except OSError:  # a full disk must not end the search
                self._broken = True

    def close(self) -> None:
        """Close the file, and keep it."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._folder.close()

    def finish(self) -> None:
        """The search is complete: remove the file."""
        if not self._keep:
            with contextlib.suppress(OSError):  # somebody removed it
                self._folder.remove(self._name)
            with contextlib.suppress(OSError):  # there are others in it
                self._folder.remove_folder()
        self.close()

    def _line(self, content: dict[str, t.Any]) -> bytes:
        text = self._key.seal(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).encode()
        self._last = self._code(text)
        return self._last.encode() + b" " + text + b"\n"

    def _code(self, text: bytes) -> str:
        return self._key.code("line", self._last.encode(), text, length=32)

    def _read(self, fingerprint: dict[str, str]) -> int:
        """Read the file. Returns the number of its valid bytes; 0 if the file is not of this search."""
        length = 0
        for number, line in enumerate(self._stream):
            content = self._checked(line)
            if content is None:
                self.refused = "it belongs to a search for other people, or is damaged" if number == 0 else ""
                break
            if number == 0:
                self.refused = _mismatch(content, fingerprint)
                if self.refused:
                    return 0
            else:
                read = CheckpointedRange(
                    table=content["table"],
                    token_range=TokenRange(*content["range"]),
                    rows=content["rows"],
                    not_searchable=content["not_searchable"],
                    findings=tuple(Finding.from_result(place, raw) for place, raw in enumerate(content["findings"], 1)),
                )
                self._known.setdefault(read.table, []).append(read)
            length += len(line)
        return length

    def _checked(self, line: bytes) -> dict[str, t.Any] | None:
        code, _blank, text = line.partition(b" ")
        if not text.endswith(b"\n") or not hmac.compare_digest(code, self._code(text[:-1]).encode()):
            return None
        opened = self._key.open(text[:-1].decode("ascii"))
        if opened is None:
            return None
        self._last = code.decode()
        content: dict[str, t.Any] = json.loads(opened)
        return content


def _mismatch(header: dict[str, t.Any], fingerprint: dict[str, str]) -> str:
    """Why a checkpoint is not of this search; '' when it is."""
    if time.time() - header["started"] > MAX_AGE:
        return "it is older than a day"
    before = header["fingerprint"]
    other = [name for name in fingerprint if before.get(name) != fingerprint[name]]
    return f"another {' and '.join(other)}" if other else ""
