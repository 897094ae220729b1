# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built tarball, installed in an empty environment: everything is documented there, and the README's calls do what they say."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integration.support import ROOT, Player, environment, write_private
from tests.lab.lab import Lab
from tests.tools import cores

pytestmark = pytest.mark.slow

CORE = cores.available()[-1]


class Installed:
    """A venv with ansible-core and the modules' requirements, and the collection from its tarball: nothing of the checkout."""

    def __init__(self, folder: Path) -> None:
        self.bin = cores.venv_of(CORE) / "bin"
        self.home = folder / "home"
        self.collections = folder / "collections"
        subprocess.run(["make", "build"], cwd=ROOT, check=True, capture_output=True)
        (tarball,) = (ROOT / "build/dist").glob("genesys-gws-*.tar.gz")
        said = self.run("ansible-galaxy", "collection", "install", str(tarball), "-p", str(self.collections))
        assert "was installed successfully" in said

    def run(self, *command: str, rc: int = 0) -> str:
        """What a command prints."""
        around = environment(self.home, PATH=f"{self.bin}:/usr/bin:/bin", ANSIBLE_COLLECTIONS_PATH=str(self.collections))
        around.pop("ANSIBLE_CONFIG")
        self.home.mkdir(exist_ok=True)
        done = subprocess.run(
            command, cwd=self.home, env=around, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == rc, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"))


def test_everything_is_documented(installed: Installed) -> None:
    place = installed.collections / "ansible_collections/genesys/gws"
    for kind in ("module", "lookup", "filter", "role"):
        folder = place / ("roles" if kind == "role" else f"plugins/{kind}{'s' if kind == 'module' else ''}")
        names = [path.stem for path in folder.iterdir() if not path.name.startswith(("_", "."))]
        assert names
        told, _end = json.JSONDecoder().raw_decode(
            installed.run("ansible-doc", "-t", kind, "--json", *(f"genesys.gws.{name}" for name in names))
        )
        assert set(told) == {f"genesys.gws.{name}" for name in names}


def test_nothing_is_missing_and_nothing_too_much(installed: Installed) -> None:
    place = installed.collections / "ansible_collections/genesys/gws"
    assert not (place / "tests").exists()
    for name in (
        "README.md",
        "CHANGELOG.md",
        "requirements.txt",
        "bindep.txt",
        "meta/runtime.yml",
        "examples/awx/awx.yml",
        "examples/awx/survey.json",
    ):
        assert (place / name).is_file(), name
    environment_of = yaml.safe_load((place / "meta/execution-environment.yml").read_text())["dependencies"]
    assert all((place / name).is_file() for name in environment_of.values())


def test_the_calls_of_the_readme(lab: Lab, player: Player, installed: Installed) -> None:
    """With the lab's addresses instead of the README's; the first is a dry run, the second and the third erase."""
    text = (installed.collections / "ansible_collections/genesys/gws/README.md").read_text()
    calls = [
        shlex.split(call.replace("\\\n", " "), comments=True)
        for block in re.findall(r"```shell\n(.*?)```", text, re.DOTALL)
        for call in re.findall(r"^ansible-playbook genesys\.gws\.forget_me(?:.*\\\n)*.*$", block, re.MULTILINE)
    ]
    calls = [call for call in calls if any(part.startswith("search=") for part in call)]
    assert len(calls) >= 3
    where = player.variables()
    login = write_private(installed.home / "login.yml", json.dumps(where))
    for call in calls:
        more = [] if "@login.yml" in call else ["-e", f"@{login}"] if any(part.startswith("gws=") for part in call) else []
        ours = [
            f"cass_port={lab.node.cql_port}" if part.startswith("cass_port=")
            else f"cass_hostname={lab.node.address}" if part.startswith("cass_hostname=")
            else f"cass_keyspace={lab.keyspace}" if part.startswith("cass_keyspace=")
            else f"gws={lab.gws.url}" if part.startswith("gws=")
            else part
            for part in call
        ]  # fmt: skip
        said = installed.run(*ours, *more)
        assert "The search was complete" in said or "was searched" in said, said
    assert os.path.exists(login)
