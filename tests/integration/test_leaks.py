# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing of anybody is seen anywhere, in any version of ansible-core, with any output, whatever goes wrong; and a leak that is planted is seen.

Canaries are the person, everybody else's contacts and settings, the site's secret and the receipt key, passwords, headers, holds, and the tokens of the
session with GWS, each in several disguises. `make test` looks at the oldest and the newest version for which there is a Python, `make slow` at all.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import BIN, PASSWORD, Canaries, Player, heal, is_private, variants, write_private
from tests.integration.watched import PLACES, Watch, Watched
from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab
from tests.tools import cores

S1 = SMALL.truth.subject("S-1")
EMAIL = S1.identifiers[0]
HEADER, KEY, HELD, CASSANDRA = "Hdr-9%canary", "a site's canary-secret, 2026", "Held.Canary@example.net", "Cass-5%canary'pass"
SECRETS = (HEADER, KEY, HELD, CASSANDRA)
CORES = cores.available()
ENDS = sorted({CORES[0], CORES[-1]})
ALL_CORES = [version if version in ENDS else pytest.param(version, marks=pytest.mark.slow) for version in CORES]
QUIETEST = {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal"}
OUTPUTS: dict[str, dict[str, str]] = {
    "minimal": QUIETEST,
    "oneline": {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline"},
    "json": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "json", "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"},
    "yaml": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_CALLBACK_FORMAT_PRETTY": "true"},
    "debugger's": {"ANSIBLE_DEBUG": "true", "ANSIBLE_DISPLAY_TRACEBACK": "always"},
}


@dataclass(frozen=True)
class Case:
    """How GWS behaves, and what else is given; whether the run is to succeed."""

    config: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    succeeds: bool = False
    says: str = ""


CASES = {
    "erased": Case({"csrf": True}, {"cleanup": True}, succeeds=True),
    "dry run": Case(succeeds=True),
    "held": Case({}, {"cleanup": True, "forget_me_holds": [EMAIL]}, succeeds=True, says="under a legal hold"),
    "wrong password": Case({}, {"gws_user_password": PASSWORD + "x"}, says="password"),
    "no such keyspace": Case({}, {"cass_keyspace": "nothing_here"}, says="keyspace"),
    "nobody at the port": Case({}, {"cass_port": 9}, says="can't be reached"),
    "deletes lie": Case({"delete_lies": "users"}, {"cleanup": True}, says="left"),
    "siblings dropped": Case({"delete_drops_siblings": "users"}, {"cleanup": True}, says="put back"),
    "writes fail": Case({"fail_writes": [(0, "500_not_done")], "fault_scope": "users"}, {"cleanup": True, "forget_me_gws_parallel": 16}),
    "reads fail": Case({"fail_reads": [(0, "500_not_done")], "fault_scope": "users"}, {"cleanup": True}),
    "a proxy answers": Case({"fail_writes": [(0, "html_200")], "fault_scope": "users"}, {"cleanup": True}),
    "a cap": Case({}, {"cleanup": True, "forget_me_max_deletes": 0}, says="max_deletes (0)"),
    "another plan": Case({}, {"cleanup": True, "forget_me_expect_plan": "0" * 64}, says="approved"),
    "the person in a field": Case({}, {"cleanup": EMAIL}, says="cleanup must be true or false"),
    "the person in another field": Case({}, {"forget_me_group": [EMAIL]}, says="forget_me_group"),
    "the person as a variable": Case({}, {f"forget_me_{EMAIL}": "x"}, says="not a known variable"),
    "a template": Case({}, {"search": "{{ lookup('pipe', 'echo') }}" + S1.identifiers[0], "forget_me_subjects": []}, says="!unsafe"),
    "half a template": Case({}, {"search": "{% if %}" + S1.identifiers[0], "forget_me_subjects": []}, says="!unsafe"),
    "a wrong receipt key": Case({}, {"cleanup": True, "forget_me_receipt_key": KEY}, says="receipt_key"),
    "a region that is none": Case({}, {"forget_me_region": "QQ"}, says="region"),
}
ORDINARY = ("erased", "deletes lie", "the person in a field")


def test_the_canaries_sing(canaries: Canaries) -> None:
    """The search finds what it is there for, in each disguise."""
    email, phone = S1.identifiers
    for text in (email, email.upper(), phone, "12025550147", "ann.lee%40example.com", "ann.lee\\u0040example.com", PASSWORD):
        assert canaries.sing(f"x {text} y"), text
    assert canaries.sing("YW5uLmxlZUBleGFtcGxlLmNvbQ")
    assert all(canaries.sing(json.dumps(entry.setting)) for entry in SMALL.entries if "emailAddress" in entry.setting)
    assert not canaries.sing("nothing of the kind, 2026-11-23T19:28:00Z, 0123456789abcdef")


class Stage:
    """The lab, and what a run is given; the canaries of one session with GWS."""

    def __init__(self, player: Player, folder: Path) -> None:
        self.lab, self._player, self.folder = player.lab, player, folder

    def given(self, watch: Watch, **more: Any) -> dict[str, Any]:
        """The extra variables."""
        base = self._player.variables(
            forget_me_subjects=[{"ref": "S-1", "identifiers": list(S1.identifiers)}],
            forget_me_region="US",
            forget_me_key=KEY,
            forget_me_receipt_key=receipt_key(self.folder),
            forget_me_holds=[HELD],
            forget_me_report_dir=str(watch.reports),
            forget_me_ledger=str(self.folder / "ledger" / "ledger"),
            gws_additional_headers={"X-Canary": HEADER},
            cass_username="canary",
            cass_password=CASSANDRA,
        )
        return {**base, **more}

    def canaries(self) -> Canaries:
        """With the session's tokens, and every line of the receipt key."""
        lines = [line for line in receipt_key(self.folder).splitlines() if len(line) > 20 and "PRIVATE KEY" not in line][1:]
        return Canaries(SMALL, *SECRETS, *lines, *_tokens(self.lab.gws.requests))


def receipt_key(folder: Path) -> str:
    """An OpenSSH key, made once for each test."""
    path = folder / "receipt-key"
    if not path.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "canary", "-f", str(path)], check=True)
    return path.read_text()


def _tokens(requests: list[Request]) -> set[str]:
    found = set()
    for request in requests:
        headers = {name.lower(): value for name, value in request.headers.items()}
        found |= {headers[name] for name in ("authorization", "x-csrf-token") if name in headers}
        found |= {part.partition("=")[2].strip() for part in headers.get("cookie", "").split(";")}
    return {token for token in found if len(token) > 8}


def watched(
    player: Player, folder: Path, core: str, case: Case, *, env: Mapping[str, str] | None = None, runner: bool = False
) -> tuple[Watched, Canaries]:
    """A run of the playbook, as this case has it."""
    stage = Stage(player, folder)
    heal(stage.lab, GwsConfig(password=PASSWORD, **case.config))
    watch = Watch(folder / "watched", cores.venv_of(core) / "bin")
    given = stage.given(watch, **case.given)
    result = watch.play(given, env={"ANSIBLE_PIPELINING": "false"} | dict(env or {}), runner=runner, arguments=() if runner else ("-vvv",))
    assert (result.rc == 0) is case.succeeds, result.output[-5000:]
    assert case.says in result.output, result.output[-5000:]
    return result, stage.canaries()


def assert_silent(result: Watched, canaries: Canaries, player: Player) -> None:
    assert result.leaks(canaries) == {}
    assert all(is_private(path) for path in player.work_dir.glob("*") if path.is_file())


@pytest.mark.parametrize("core", ENDS)
@pytest.mark.parametrize("name", [name if name in ORDINARY else pytest.param(name, marks=pytest.mark.slow) for name in CASES])
def test_whatever_happens(lab: Lab, player: Player, tmp_path: Path, core: str, name: str) -> None:
    """At -vvv, with the default output and all that may keep something beside it."""
    result, canaries = watched(player, tmp_path, core, CASES[name])
    assert_silent(result, canaries, player)
    for place in ("log", "callbacks", "junit", "arguments"):
        assert any(text.strip() for text in result.places[place]), f"nothing was seen in {place}"
    if name == "erased":
        assert any("receipt" in text for text in result.places["reports"])
        assert lab.gws.requests[-1].headers, "the tokens of the session are known"


@pytest.mark.slow
@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("name", ["erased", "siblings dropped"])
def test_with_each_output(lab: Lab, player: Player, tmp_path: Path, core: str, output: str, name: str) -> None:
    result, canaries = watched(player, tmp_path, core, CASES[name], env=OUTPUTS[output])
    assert_silent(result, canaries, player)


@pytest.mark.slow
def test_there_is_a_python_for_each_version() -> None:
    assert cores.available() == list(cores.CORES)


@pytest.mark.parametrize("core", ALL_CORES)
def test_under_ansible_runner(lab: Lab, player: Player, tmp_path: Path, core: str) -> None:
    """What AWX keeps: job events, stdout, stats."""
    result, canaries = watched(player, tmp_path, core, CASES["erased"], runner=True)
    assert_silent(result, canaries, player)
    assert len(result.places["events"]) > 20
    assert "Proven" in result.output


OF_MODULES: dict[str, dict[str, Any]] = {
    "search": {"login_host": "127.0.0.1", "login_port": 9},
    "delete": {
        "gws_url": "http://127.0.0.1:9",
        "gws_username": "a",
        "gws_password": "{{ secrets[0] }}",
        "gws_headers": {"X": "{{ secrets[1] }}"},
    },
    "check": {"login_port": "{{ people[0] }}"},
}
PLAY: list[dict[str, Any]] = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [
            {
                f"genesys.gws.gws_pii_{module}": {"search": "{{ item }}", **options},
                "loop": "{{ people }}",
                "ignore_errors": True,
                "register": "looked",
            }
            for module, options in OF_MODULES.items()
        ],
    }
]


@pytest.mark.parametrize("core", ALL_CORES)
def test_a_loop_over_the_modules(canaries: Canaries, tmp_path: Path, core: str) -> None:
    """No item is shown, though nobody said no_log; a value of the wrong type is not quoted."""
    playbook = write_private(tmp_path / "play.yml", json.dumps(PLAY))
    watch = Watch(tmp_path / "watched", cores.venv_of(core) / "bin")
    result = watch.play(
        {"people": [*S1.identifiers, "Ann"], "secrets": [PASSWORD, HEADER]}, playbook=playbook, env={"ANSIBLE_PIPELINING": "true"}
    )
    assert result.rc == 0, result.output
    assert result.leaks(Canaries(SMALL, *SECRETS)) == {}


LEAKY = """
- hosts: localhost
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - {name: "{{ 'a name' }}", ansible.builtin.debug: {msg: "{{ person }}"}}
    - {ansible.builtin.set_fact: {kept: "{{ person }}", cacheable: true}}
    - {ansible.builtin.command: {argv: ["true", "{{ person }}"]}}
    - {ansible.builtin.ping: {data: "{{ person }}"}}
    - {ansible.builtin.copy: {content: "{{ person }}", dest: "{{ folder }}/reports/report.json"}}
    - {ansible.builtin.copy: {content: "{{ person }}", dest: "{{ home }}/left-behind"}}
    - {ansible.builtin.copy: {content: "", dest: "{{ home }}/{{ person }}"}}
    - {ansible.builtin.debug: {msg: "{{ lookup('ansible.builtin.file', person, errors='warn') }}"}}
    - {ansible.builtin.add_host: {name: "{{ person }}"}}
- hosts: all:!localhost
  gather_facts: false
  connection: local
  tasks:
    - {ansible.builtin.fail: {msg: "{{ person }}"}}
"""


@pytest.mark.parametrize("form", ["as it is", "lower", "URL", "base64", "JSON", "digits"])
def test_a_planted_leak_is_caught_in_each_place(tmp_path: Path, form: str) -> None:
    """Otherwise the tests above would prove nothing. One run; its forms are looked for in what it left."""
    planted = {
        "as it is": EMAIL,
        "lower": EMAIL.lower(),
        "URL": EMAIL.replace("@", "%40"),
        "base64": next(one for one in variants("x" + EMAIL) if one.isalnum() and "@" not in one),
        "JSON": EMAIL.replace("@", "\\u0040"),
        "digits": "12025550147",
    }[form]
    canaries = Canaries(SMALL)
    assert canaries.sing(f"<{planted}>")
    for place in PLACES:
        assert list(Watched(0, {place: [f"before {planted} after"], "others": ["nothing"]}).leaks(canaries)) == [place]


@pytest.mark.parametrize("runner", [False, True], ids=["ansible-playbook", "ansible-runner"])
def test_a_careless_playbook_leaks_in_each_place(tmp_path: Path, runner: bool) -> None:
    playbook = write_private(tmp_path / "leaky.yml", LEAKY)
    watch = Watch(tmp_path / "watched", BIN)
    watch.reports.mkdir()
    given = {"person": EMAIL, "folder": str(watch.folder), "home": str(watch.home)}
    result = watch.play(given, playbook=playbook, env={"ANSIBLE_PIPELINING": "false"}, runner=runner, arguments=() if runner else ("-vvv",))
    assert result.rc != 0
    found = set(result.leaks(Canaries(SMALL)))
    apart = {"retry", "facts", "stderr"} if runner else {"events"}  # ansible-runner has a terminal for both, and keeps facts itself
    assert found == set(PLACES) - apart
