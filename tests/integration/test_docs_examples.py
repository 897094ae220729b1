# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands and files that README.md and docs/first-run.md show are run as they stand there, in a folder as a reader has it."""

from __future__ import annotations

import re
import shlex
import subprocess
import textwrap
from pathlib import Path

import pytest
import yaml

from tests.integration.support import BIN, PASSWORD, ROOT, Player, environment, write_private
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import Subject, population

pytestmark = pytest.mark.slow
PEOPLE = population(4, 130, subjects=[Subject("README", "Ann Example", "ann@example.com", "+12025550147", "US", "(202) 555-0147")])


def _blocks(file: str, language: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return [textwrap.dedent(block) for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


def _request(file: str) -> str:
    return next(block for block in _blocks(file, "yaml") if block.startswith("# request.yml"))


def _commands(file: str) -> list[str]:
    """The calls of ansible-playbook, without what is not for a shell without a terminal."""
    joined = [line for block in _blocks(file, "shell") for line in block.replace("\\\n", " ").splitlines()]
    return [line.partition("  #")[0].strip() for line in joined if line.startswith("ansible-playbook genesys.gws.forget_me ")]


@pytest.fixture
def folder(session_lab: Lab, tmp_path: Path) -> Path:
    """A reader's folder: an inventory like that of the examples, a vault, and a password for it."""
    session_lab.reset(layout="wide", people=PEOPLE, config=GwsConfig(password=PASSWORD))
    host, port = session_lab.gws.url.rpartition("/")[2].split(":")
    inventory = {
        "gws": {"hosts": {"gws1": {"ansible_host": host, "gws_port": int(port), "gws_scheme": "http"}}},
        "gws_cassandra": {"hosts": {"cassandra1": {"ansible_host": session_lab.node.address}}},
        "all": {
            "vars": {
                "vault_gws_username": session_lab.credentials["username"],
                "vault_gws_password": session_lab.credentials["password"],
                "forget_me_cassandra_port": session_lab.node.cql_port,
                "forget_me_work_dir": str(tmp_path / "work"),
            }
        },
    }
    write_private(tmp_path / "inventory" / "hosts.yml", yaml.safe_dump(inventory))
    write_private(tmp_path / "password", "example")
    return tmp_path


def _run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The command as it is printed, but that the vault's password comes from a file."""
    words = shlex.split(command.replace("--ask-vault-pass", "--vault-password-file password"))
    env = {**environment(folder / "home"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build/collections")}
    del env["ANSIBLE_CONFIG"]  # a reader has none
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


@pytest.mark.parametrize("file", ["README.md", "docs/first-run.md"])
def test_the_request_and_its_commands(folder: Path, session_lab: Lab, file: str) -> None:
    write_private(folder / "request.yml", _request(file))
    commands = [command for command in _commands(file) if "@request.yml" in command]
    assert len(commands) == {"README.md": 2, "docs/first-run.md": 1}[file]
    before = session_lab.settings()
    dry = _run(folder, commands[0])
    assert dry.returncode == 0, dry.stdout + dry.stderr
    assert "Dry run: " in dry.stdout
    assert session_lab.settings() == before
    for command in commands[1:]:
        done = _run(folder, command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Proven: " in done.stdout
        assert session_lab.settings() != before
    assert (folder / "reports").is_dir() is ("forget_me_report_dir" in _request(file))


def test_the_predecessors_calls(folder: Path, session_lab: Lab, player: Player) -> None:
    """Those of the README, with the lab's addresses for localhost and the login in the file that they name."""
    commands = [command for command in _commands("README.md") if "agent1@pizza.com" in command]
    assert len(commands) == 3
    login = {**player.variables(gws_additional_headers=None), "forget_me_work_dir": str(folder / "work")}
    write_private(folder / "login.yml", yaml.safe_dump(login))
    asked = {name: login[name] for name in ("gws_username", "gws_user_password")}
    write_private(folder / "asked.yml", yaml.safe_dump(asked))
    for command in commands:
        given = command.replace("cass_hostname=localhost", f"cass_hostname={session_lab.node.address}")
        given = given.replace("cass_port=9042", f"cass_port={session_lab.node.cql_port}").replace(
            "https://127.0.0.1:8090", session_lab.gws.url
        )
        if "gws=" in given:
            given += " -e @asked.yml"  # what a person would be asked for
        run = _run(folder, given)
        assert run.returncode == 0, run.stdout + run.stderr
        assert "The search was complete" in run.stdout
