# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built tarball, installed in an empty environment: nothing is missing, and everything is documented there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integration.support import ROOT, environment
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


def test_the_readme_has_full_links(installed: Installed) -> None:
    """Galaxy and Automation Hub show it without the files beside it."""
    text = (installed.collections / "ansible_collections/genesys/gws/README.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 20
    assert [link for link in links if not link.startswith("https://github.com/genesys-gws/genesys.gws/")] == []


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
