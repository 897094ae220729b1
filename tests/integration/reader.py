# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader of the documents: has nothing but an empty HOME, and runs what stands in the code blocks, at a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.integration.support import ROOT, write_private
from tests.lab.lab import Lab

VAULT_PASSWORD = "a password for the vault"
PLACE = "~/.ansible/collections/ansible_collections"
_LIMIT = 600.0  # seconds that a block may take
_KEPT = re.compile(r"PIP_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SSL_CERT_FILE")
"""What a machine may need to reach its package index."""

Answer = str | Callable[[str], str]
"""What is typed, or what makes it out of everything that was shown before."""


def blocks(file: str, language: str, *, part: str = "") -> list[str]:
    """The code blocks of a document in this language, or of the part of it with this heading."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if part:
        (text,) = re.findall(rf"^## {re.escape(part)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for block in re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]


def block(file: str, language: str, begin: str) -> str:
    """The only block that begins so."""
    (found,) = (one for one in blocks(file, language) if one.removeprefix("---\n").startswith(begin))
    return found


def replaced(text: str, values: Mapping[str, str]) -> str:
    """The text with what a reader has to replace. All of it must be there."""
    for old, new in values.items():
        assert old in text, f"{old} does not stand there any more"
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Shown:
    """What a block showed, and its exit code."""

    rc: int
    text: str

    def ends_with(self, *parts: str, rc: int = 0) -> None:
        """Assert the exit code, and that the summary of the last run has these parts."""
        assert self.rc == rc, self.text[-6000:]
        summary = self.text.rpartition(": Summary]")[2]
        for part in parts:
            assert part in summary, summary


class Reader:
    """``home`` is empty at first. The lab is where the reader's systems are."""

    def __init__(self, home: Path, lab: Lab) -> None:
        self.home, self.lab = home, lab
        self.folder = home
        home.mkdir(mode=0o700)
        self._environment = {
            "HOME": str(home),
            "PATH": f"{Path(sys._base_executable).parent}:/usr/local/bin:/usr/bin:/bin",  # type: ignore[attr-defined]
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "PAGER": "cat",  # at a terminal, ansible-doc and ansible-config wait for somebody who turns the pages
            "ANSIBLE_NOCOLOR": "true",
        }

    def runs(self, script: str, answers: Sequence[tuple[str, Answer]] = (), *, cwd: Path | None = None, **environment: str) -> Shown:
        """Run a block in bash at a terminal, in the reader's folder, with the reader's venv; stops at the first command that fails.

        :param answers: what is asked (a regular expression) and what is answered, in this order; nothing else may be asked.
        """
        activate = self.home / "gws/bin/activate"
        prepared = f"source {activate}\n" if activate.exists() else ""
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(cwd or self.folder)
            os.execve("/bin/bash", ["bash", "-e", "-c", prepared + script], {**self._environment, **environment})
        return _watched(process, terminal, list(answers))

    def installs(self) -> Shown:
        """What the README says, in a clone."""
        around = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
        (script,) = blocks("README.md", "shell", part="Installation")
        return self.runs(script, cwd=ROOT, **around)

    def prepares(self) -> None:
        """Make the folder as the README says, with the hosts and the logins of the lab."""
        login = self.lab.credentials
        vault = {"vault_gws_username": login["username"], "vault_gws_password": login["password"]}
        typed = write_private(self.home / "typed.yml", yaml.safe_dump(vault))
        editor = write_private(self.home / "editor", f'#!/bin/sh\ncat {typed} > "$1"\n')
        editor.chmod(0o700)
        script = block("README.md", "shell", "mkdir ")
        asked = [("New Vault password: ", VAULT_PASSWORD)] + [("Confirm New Vault password: ", VAULT_PASSWORD)]
        made = self.runs(script, asked, cwd=self.home, EDITOR=str(editor))
        assert made.rc == 0, made.text
        self.folder = self.home / "forget"
        hosts, variables = self.folder / "inventory/hosts.yml", self.folder / "inventory/group_vars/all/vars.yml"
        host, port = self.lab.gws.url.rpartition("/")[2].split(":")
        systems = {"gws1.example.com": host, "https": "http", "8090": port, "cassandra1.example.com": self.lab.node.address}
        hosts.write_text(replaced(hosts.read_text(), {**systems, "        cassandra2.example.com:\n": ""}))
        variables.write_text(replaced(variables.read_text(), {"9042": str(self.lab.node.cql_port)}))
        assert "$ANSIBLE_VAULT;" in (variables.parent / "vault.yml").read_text()

    def writes(self, name: str, content: str) -> None:
        """Write a file that only the reader can read."""
        write_private(self.folder / name, content)


def _watched(process: int, terminal: int, answers: list[tuple[str, Answer]]) -> Shown:
    """Type the answers, and wait for the end."""
    shown, seen, deadline = "", 0, time.monotonic() + _LIMIT
    try:
        while True:
            if time.monotonic() > deadline:
                os.killpg(process, signal.SIGKILL)
            ready = select.select([terminal], [], [], 1)[0]
            if not ready:
                continue
            try:
                read = os.read(terminal, 65536)
            except OSError:  # nobody has the terminal open any more
                break
            shown += read.decode("utf-8", "replace").replace("\r\n", "\n")
            asked = re.compile(answers[0][0]).search(shown, seen) if answers else None
            if asked:
                answer = answers.pop(0)[1]
                seen = asked.end()
                time.sleep(0.2)  # a prompt is printed before what was typed too early is thrown away
                os.write(terminal, (answer if isinstance(answer, str) else answer(shown)).encode() + b"\n")
    finally:
        os.close(terminal)
        status = os.waitpid(process, 0)[1]
    assert not answers, f"never asked for {answers[0][0]}: {shown[-3000:]}"
    return Shown(os.waitstatus_to_exitcode(status), shown)
