# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a client as a process and says what it cost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.cassandra import LabError, die_with_parent

_BETWEEN_SAMPLES = 0.1  # seconds


@dataclass(frozen=True)
class Cost:
    """Seconds and CPU seconds from start to end, children included; `peak_mb` is 0 when nobody watched."""

    output: str
    seconds: float
    cpu: float
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str], *, watch_memory: bool = False) -> Cost:
    """Run to the end. A client that can't tell its peak, or that forks, is watched from outside."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            with _watched(process.pid) if watch_memory else contextlib.nullcontext([0.0]) as peak:
                _pid, status, usage = os.wait4(process.pid, 0)  # its usage is that of this process and its children alone
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        out.seek(0)
        err.seek(0)
        output, errors = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise LabError(f"{' '.join(command)} ended with {process.returncode}:\n{(output + errors)[-2000:]}")
    return Cost(output, seconds, usage.ru_utime + usage.ru_stime, peak[0])


@contextlib.contextmanager
def _watched(session: int) -> Iterator[list[float]]:
    """The peak of the memory of all processes of a session, in MB; what they share is counted once."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_BETWEEN_SAMPLES):
            peak[0] = max(peak[0], sum(_memory_kb(process) for process in _processes(session)) / 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _processes(session: int) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            after_name = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(after_name[3]) == session:
                yield process


def _memory_kb(process: Path) -> int:
    with contextlib.suppress(OSError):
        for line in (process / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
