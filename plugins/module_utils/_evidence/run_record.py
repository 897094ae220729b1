# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The record that a run keeps, so that it gets a receipt even if it is killed. A file (0600) of JSON lines, without personal data.

The first line names the process of the run. As long as that process lives, the record belongs to it; without a live process it belongs to a killed
run. For a process on another machine or in another container (they may share a work folder) this is not known: such a run counts as killed if it has
recorded nothing for a day.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
import socket
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file

_PREFIX = "run-"
_SUFFIX = ".jsonl"
LONGEST_SILENCE = 86_400.0  # seconds
_BEGINNING = 60.0  # seconds that a run may need for its first line

Data = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Process:
    """A process. ``born`` distinguishes it from a later one with the same number;
    '' if the system does not provide it. ``space``: the machine or container in which the number is valid.
    """

    pid: int
    born: str
    space: str

    @classmethod
    def with_pid(cls, pid: int) -> Process:
        """The process that has this number now."""
        return cls(pid, _born(pid), _space())

    @property
    def is_alive(self) -> bool:
        """Whether it is still running."""
        if self.born:
            return _born(self.pid) == self.born
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


def _space() -> str:
    """This machine, or this container."""
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _born(pid: int) -> str:
    """When a process was started, in ticks since the machine was, and the machine's start."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stream:
            ticks = stream.read().rpartition(")")[2].split()[19]
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return f"{stream.read().strip()}/{ticks}"
    except (OSError, IndexError):
        return ""


@dataclasses.dataclass(frozen=True)
class RunRecord:
    """The record of one run."""

    path: str
    run: str
    started: str
    mode: str
    events: tuple[Data, ...]


def begin(folder: str, *, run: str, started: str, mode: str, process: Process) -> str:
    """Start the record of a run. Returns its path. :raises RefusedError: if it can't be written."""
    path = os.path.join(folder, f"{_PREFIX}{run}{_SUFFIX}")
    header = {"event": "started", "run": run, "started": started, "mode": mode, **dataclasses.asdict(process)}
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        private_file.write_new(path, _line(header))
    except OSError as error:
        raise _not_written(error) from None
    return path


def note(path: str, event: str, **facts: t.Any) -> None:
    """Add an event to a record, flushed to disk. :raises RefusedError: if it can't be written."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW), "ab") as stream:
            stream.write(_line({"event": event, **facts}))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise _not_written(error) from None


def of_killed_runs(folder: str) -> list[RunRecord]:
    """The records of killed runs, oldest first. :raises RefusedError: if one can't be read."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise damaged(error) from None
    found = [_of_killed_run(os.path.join(folder, name)) for name in names if name.startswith(_PREFIX) and name.endswith(_SUFFIX)]
    return sorted((record for record in found if record), key=lambda record: record.started)


def _of_killed_run(path: str) -> RunRecord | None:
    """The record if its run was killed; None if the run is alive, or had not started."""
    try:
        lines, noted_at = _lines(path), os.stat(path).st_mtime
    except FileNotFoundError:
        return None  # its run has ended, or another one has settled it
    except (OSError, ValueError) as error:
        raise damaged(error) from None
    if not lines:
        if time.time() - noted_at > _BEGINNING:
            end(path)  # killed before it had begun
        return None
    try:
        header = lines[0]
        record = RunRecord(path, str(header["run"]), str(header["started"]), str(header["mode"]), tuple(lines[1:]))
        process = Process(int(header["pid"]), str(header["born"]), str(header.get("space", _space())))
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(error) from None
    is_alive = process.is_alive if process.space == _space() else time.time() - noted_at < LONGEST_SILENCE
    return None if is_alive else record


def end(path: str) -> None:
    """Remove the record, because the receipt is written."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def new_run() -> str:
    """An id for a run. Random, so that it says nothing."""
    return secrets.token_hex(8)


def _line(content: Data) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


def _lines(path: str) -> list[Data]:
    """The complete lines; a kill may have truncated the last one. :raises ValueError: if one of them is not an event."""
    with open(path, "rb") as stream:
        found = [json.loads(line) for line in stream if line.endswith(b"\n")]
    if not all(isinstance(one, dict) and "event" in one for one in found):
        raise ValueError
    return found


def damaged(error: Exception | None = None) -> RefusedError:
    """A record can't be read, so there can be no receipt of its run."""
    number = getattr(error, "errno", None)
    problem = f"can't be read (errno {number})" if number else "is damaged"
    return RefusedError(
        "bad_record",
        f"The record of an earlier run (run-*.jsonl in forget_me_work_dir) {problem}, "
        "so no receipt can be created for that run: check the file, then move it away.",
    )


def _not_written(error: OSError) -> RefusedError:
    return RefusedError(
        "no_record", f"The record of the run can't be written to work_dir (errno {error.errno}), so nothing (more) is erased."
    )
