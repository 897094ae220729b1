# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kill -9 of the whole ansible-playbook in the middle of its writes; run again: the same end state as if nothing had happened."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import PASSWORD, ROOT, Player, differences, environment, heal, is_private, scratch_groups
from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab

Phase = Literal["before", "after"]
SUBJECTS = [{"ref": "S-1", "identifiers": list(SMALL.truth.subject("S-1").identifiers)}]


def _to_users(request: Request) -> bool:
    return request.is_write and "/users/" in request.path


def _any_write(request: Request) -> bool:
    return request.is_write


def _put(request: Request) -> bool:
    return request.method == "PUT" and "/users/" in request.path


PLACES: dict[str, tuple[Callable[[Request], bool], int, Phase]] = {
    "at the first write of the probe": (_any_write, 1, "after"),
    "between probe and first deletion": (_to_users, 1, "before"),
    "when a deletion has happened": (_to_users, 3, "after"),
    "in an update": (_put, 1, "before"),
    "when an update has happened": (_put, 2, "after"),
}

RARE = ("at the first write of the probe", "when an update has happened")
"""Only in the slow tests."""


@pytest.mark.parametrize("place", [pytest.param(place, marks=[pytest.mark.slow] if place in RARE else []) for place in PLACES])
def test_killed_and_run_again(session_lab: Lab, player: Player, place: str) -> None:
    lab = session_lab
    if lab.people is not SMALL or lab.layout.name != "wide":
        lab.reset(layout="wide", people=SMALL, config=GwsConfig(password=PASSWORD))
    heal(lab)
    playbook = player.play(
        [
            {"genesys.gws.gws_pii_search": {**player.cassandra(), "subjects": SUBJECTS, "region": "US"}, "register": "found"},
            {
                "genesys.gws.gws_pii_delete": {
                    **player.gws(),
                    "subjects": SUBJECTS,
                    "region": "US",
                    "findings": "{{ found.findings }}",
                    "gws_parallel": 1,  # so that the write at which it is killed is known
                }
            },
        ]
    )
    wanted, number, when = PLACES[place]
    command, _unused = player.command(playbook, plain=True)
    started: list[subprocess.Popen[bytes]] = []
    counted = [0]

    def kill(phase: str, request: Request) -> None:
        if phase == when and wanted(request):
            counted[0] += 1
            if counted[0] == number:
                _kill_family(started[0].pid)

    lab.gws.hooks.append(kill)
    environ = environment(player.home, ANSIBLE_PIPELINING="false")
    with (player.folder / "killed.log").open("wb") as log:
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        )
        returned = started[0].wait(timeout=60)
    assert returned == -signal.SIGKILL, (player.folder / "killed.log").read_text()
    assert counted[0] == number, "it was killed later than meant"
    assert all(is_private(path) for path in player.work_dir.glob("*"))
    lab.gws.hooks.clear()

    run = player(playbook, plain=True)
    assert run.rc == 0, run.said()
    assert differences(SMALL, lab.settings(), ["S-1"]) == []
    assert scratch_groups(lab) == []
    assert run.backups == []


def _kill_family(ancestor: int) -> None:
    """The process and all its descendants: ansible puts its workers, and so the module, into sessions of their own."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(name)] = int(Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[1])
    family = [ancestor]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    for member in family:
        with contextlib.suppress(OSError):
            os.kill(member, signal.SIGKILL)
    assert len(family) > 1, "the module did not run below ansible-playbook"
