# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of examples/awx as AWX runs them: report, approval, erase. And data that looks like a template."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import BIN, ROOT, Canaries, Player, as_loaded, differences, environment, only_reads, write_private
from tests.lab.lab import Lab
from tests.lab.population import FAVORITES

S1 = SMALL.truth.subject("S-1")
KEY = "a site's secret, 2026"


class Jobs:
    """Launches job templates in containers of their own: only what a credential, the survey and earlier jobs give is known to a job."""

    def __init__(self, player: Player, folder: Path) -> None:
        self._player = player
        self._folder = folder
        self._number = 0

    def __call__(self, playbook: str, **artifacts: Any) -> tuple[int, str, dict[str, Any]]:
        """Exit code, output and artifacts of a job."""
        self._number += 1
        private = self._folder / f"job-{self._number}"
        (private / "env").mkdir(parents=True)
        shutil.copytree(ROOT / "examples" / "awx", private / "project")
        given = self._player.variables(
            forget_me_work_dir=str(private / "work"),
            forget_me_key=KEY,
            forget_me_search=list(S1.identifiers),
            forget_me_region="US",
            **artifacts,
        )
        handle = os.open(private / "env" / "extravars", os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(given, stream)
        done = subprocess.run(
            [str(BIN / "ansible-runner"), "run", str(private), "-p", playbook, "--ident", "job"],
            cwd=private,
            env=environment(self._player.home, ANSIBLE_COLLECTIONS_PATH=str(ROOT / "build" / "collections")),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        found: dict[str, Any] = {}
        for event in (private / "artifacts" / "job" / "job_events").glob("*.json"):
            data = json.loads(event.read_text()).get("event_data", {})
            found.update(data.get("artifact_data") or {})
        assert Canaries(SMALL).in_files(private / "artifacts") == []
        return done.returncode, done.stdout, found


def test_what_is_approved_is_what_is_erased(lab: Lab, player: Player, tmp_path: Path) -> None:
    job = Jobs(player, tmp_path)
    rc, output, handed_on = job("forget_me_report.yml")
    assert rc == 0, output
    assert set(handed_on) == {"forget_me_expect_plan"}
    assert len(handed_on["forget_me_expect_plan"]) == 64
    assert only_reads(lab.gws.requests)
    assert as_loaded(lab)

    rc, output, _none = job("forget_me_erase.yml")
    assert rc != 0
    assert "Launch the workflow" in output
    assert as_loaded(lab)

    owner, group = next((owner, group) for owner, group in SMALL.groups if group.name == FAVORITES.name and owner.scope == "user")
    lab.layout.put(owner, group, "added", {group.key: "added", "emailAddress": S1.email})
    rc, output, _none = job("forget_me_erase.yml", **handed_on)
    assert rc != 0
    assert "not the one that was approved" in output, output
    assert only_reads(lab.gws.requests)
    lab.layout.delete(owner, group, "added")

    rc, output, _none = job("forget_me_erase.yml", **handed_on)
    assert rc == 0, output
    assert "Proven: " in output
    assert differences(SMALL, lab.settings(), ["S-1"]) == []


@pytest.mark.parametrize("way", ["unsafe", "file"])
def test_what_looks_like_a_template_is_data(lab: Lab, player: Player, tmp_path: Path, way: str) -> None:
    """Found as it is written, and never run; nor is what agents have stored, or what messages say."""
    person = "{{7*7}}{%if%}canary@example.com"
    like = next(entry for entry in SMALL.entries if entry.group.name == FAVORITES.name and "emailAddress" in entry.setting)
    added = {**like.setting, like.group.key: "{{7*7}}{%if%}", "emailAddress": person}
    lab.layout.put(like.owner, like.group, added[like.group.key], added)
    if way == "unsafe":
        content = f"search: !unsafe {json.dumps(person)}\n"
    else:
        content = f"forget_me_subjects_file: {write_private(tmp_path / 'people.txt', person + chr(10))}\n"
    request = write_private(tmp_path / "request.yml", content)
    run = player(arguments=("-v", "-e", f"@{request}"), cleanup=True)
    assert run.rc == 0, run.said()
    assert "Erased: 1 setting deleted" in run.summary, run.said()
    assert as_loaded(lab)
    assert "{{7*7}}" not in run.stdout + run.stderr
