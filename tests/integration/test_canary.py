# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing of anybody is seen anywhere: -vvv, files left behind, ansible-runner's artifacts. (All other runs are looked through at -v.)"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import BIN, PASSWORD, ROOT, Canaries, Player, environment, is_private
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab

S1 = SMALL.truth.subject("S-1")
SUBJECTS: dict[str, Any] = {"forget_me_subjects": [{"ref": "S-1", "identifiers": list(S1.identifiers)}], "forget_me_region": "US"}


def test_the_canaries_sing(canaries: Canaries) -> None:
    """The search finds what it is there for, in each disguise."""
    email, phone = S1.identifiers
    for text in (email, email.upper(), phone, "12025550147", "ann.lee%40example.com", "ann.lee\\u0040example.com", PASSWORD):
        assert canaries.sing(f"x {text} y"), text
    assert canaries.sing("YW5uLmxlZUBleGFtcGxlLmNvbQ")
    assert all(canaries.sing(json.dumps(entry.setting)) for entry in SMALL.entries if "emailAddress" in entry.setting)
    assert not canaries.sing("nothing of the kind, 2026-11-23T19:28:00Z, 0123456789abcdef")


@pytest.mark.parametrize(
    ("name", "config", "given"),
    [
        ("erased", {}, {}),
        pytest.param("deletes lie", {"delete_lies": "users"}, {}, marks=pytest.mark.slow),
        ("siblings dropped", {"delete_drops_siblings": "users"}, {}),
        ("wrong password", {}, {"gws_user_password": PASSWORD + "x"}),
    ],
)
def test_most_verbose(lab: Lab, player: Player, canaries: Canaries, name: str, config: dict[str, Any], given: dict[str, Any]) -> None:
    lab.gws.reseed(lab.layout, SMALL.users, GwsConfig(password=PASSWORD, **config))
    run = player(arguments=("-vvv",), env={"ANSIBLE_PIPELINING": "false"}, cleanup=True, **{**SUBJECTS, **given})
    assert (run.rc == 0) == (name == "erased"), run.said()
    assert canaries.in_run(run) == []
    assert all(is_private(path) for path in player.work_dir.glob("*"))
    assert run.backups == [], "a backup stays where a human has to look, and only there: here everything was put back"


def test_ansible_runner(lab: Lab, player: Player, canaries: Canaries, tmp_path: Path) -> None:
    """What AWX keeps: job events, stdout, stats."""
    private = tmp_path / "runner"
    (private / "env").mkdir(parents=True)
    (private / "project").mkdir()
    (private / "project" / "forget.yml").write_text(
        f"---\n- name: Forget\n  ansible.builtin.import_playbook: {ROOT}/playbooks/forget_me.yml\n"
    )
    handle = os.open(private / "env" / "extravars", os.O_CREAT | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(player.variables(cleanup=True, **SUBJECTS), stream)
    command = [str(BIN / "ansible-runner"), "run", str(private), "-p", "forget.yml", "-v", "--ident", "job"]
    done = subprocess.run(
        command,
        cwd=private,
        env=environment(player.home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    artifacts = private / "artifacts" / "job"
    assert len(list((artifacts / "job_events").glob("*.json"))) > 20
    assert "Proven" in (artifacts / "stdout").read_text()
    assert canaries.sing(done.stdout + done.stderr) == []
    assert canaries.in_files(artifacts) == []
    assert canaries.in_files(player.home) == []
