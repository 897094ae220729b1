# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the integration tests share: running playbooks, the truth about the lab, the search for canaries."""

from __future__ import annotations

import base64
import http.server
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ahocorasick_rs
import yaml

from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab
from tests.lab.layouts import Owner, Row, RowKey, Setting
from tests.lab.population import ODD_NAMES, Population, Resource, Subject, decoded, email_spellings, phone_spellings

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PLAYBOOK = ROOT / "playbooks" / "forget_me.yml"
PASSWORD = "Wrzl-7%Canary'pass"
"""The password of everybody at the stand-in: odd enough to be found wherever it leaks."""
SCRATCH = "gws-pii-probe-"
WORK_FILES = ("lock", "key", "journal.jsonl")
"""Files of the work folder that hold nothing of anybody."""

# ----------------------------------------------------------------------------------------------------------------------
# Running


@dataclass
class Run:
    """What an ansible-playbook run gave."""

    rc: int
    stdout: str
    stderr: str
    seconds: float
    home: Path
    work_dir: Path

    @property
    def reason(self) -> str:
        """The message of the last task that failed: the one line that the operator sees at the end."""
        found = re.findall(r'^(?:fatal|failed): \[localhost\].*?"msg": ("(?:[^"\\]|\\.)*")', self.stdout, re.MULTILINE)
        return str(json.loads(found[-1])) if found else ""

    @property
    def summary(self) -> str:
        """The lines that the task Summary shows."""
        found = re.search(r'^ok: \[localhost\] => \{\n    "msg": (\[.*?^    \])', self.stdout, re.MULTILINE | re.DOTALL)
        return "\n".join(json.loads(found[1])) if found else ""

    @property
    def backups(self) -> list[Path]:
        """Files of the work folder that hold settings."""
        return sorted(path for path in self.work_dir.glob("*") if path.name not in WORK_FILES)

    def said(self) -> str:
        """For the message of a failed assertion."""
        return f"rc {self.rc}\n{self.stdout[-6000:]}\n{self.stderr[-2000:]}"


def environment(home: Path, **extra: str) -> dict[str, str]:
    """A bare environment of one's own, so that nothing of the developer's settings or of CI matters."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_NOCOLOR": "true",
        "COLUMNS": "4000",
        "PYTHONDONTWRITEBYTECODE": "1",
        **extra,
    }


def write_private(path: Path, content: str) -> Path:
    """A file of mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
    return path


class Player:
    """Runs playbooks for one test: a HOME and a work folder of its own, extra variables in a file of mode 0600."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.home = folder / "home"
        self.work_dir = folder / "work"
        self._number = 0

    def variables(self, **given: Any) -> dict[str, Any]:
        """Where Cassandra and the stand-in are, and what is given; what is given as None is left out."""
        login = self.lab.credentials
        base = {
            "cass_keyspace": self.lab.keyspace,
            "cass_hostname": self.lab.node.address,
            "cass_port": self.lab.node.cql_port,
            "gws": self.lab.gws.url,
            "gws_username": login["username"],
            "gws_user_password": login["password"],
            "forget_me_work_dir": str(self.work_dir),
        }
        return {name: value for name, value in {**base, **given}.items() if value is not None}

    def command(
        self, playbook: Path = PLAYBOOK, *, arguments: Sequence[str] = ("-v",), plain: bool = False, **given: Any
    ) -> tuple[list[str], Path]:
        """The command line, and the file with the extra variables."""
        self._number += 1
        variables = given if plain else self.variables(**given)
        content = json.dumps(variables, ensure_ascii=False)
        extra = write_private(self.folder / "given" / f"extra-{self._number}.json", content)
        return [str(BIN / "ansible-playbook"), *arguments, str(playbook), "-e", f"@{extra}"], extra

    def __call__(
        self,
        playbook: Path = PLAYBOOK,
        *,
        arguments: Sequence[str] = ("-v",),
        env: Mapping[str, str] | None = None,
        timeout: float = 120,
        plain: bool = False,
        **given: Any,
    ) -> Run:
        """Run to the end, without a terminal."""
        command, _unused = self.command(playbook, arguments=arguments, plain=plain, **given)
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(self.home, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        seconds = time.monotonic() - began
        print(f"{playbook.name}: rc {process.returncode} in {seconds:.1f} s")
        return Run(process.returncode, stdout, stderr, seconds, self.home, self.work_dir)

    def play(self, tasks: Iterable[Mapping[str, Any]], name: str = "play", **play: Any) -> Path:
        """Write a playbook with these tasks, run on the controller as the collection's own is."""
        content = [
            {
                "name": name,
                "hosts": "localhost",
                "connection": "local",
                "gather_facts": False,
                "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
                "tasks": list(tasks),
                **play,
            }
        ]
        return write_private(self.folder / "given" / f"{name}.yml", yaml.safe_dump(content, sort_keys=False, allow_unicode=True))

    def cassandra(self, **given: Any) -> dict[str, Any]:
        """The options with which a module reaches Cassandra."""
        return {"login_host": [self.lab.node.address], "login_port": self.lab.node.cql_port, "keyspace": self.lab.keyspace, **given}

    def gws(self, **given: Any) -> dict[str, Any]:
        """The options with which gws_pii_delete reaches the stand-in."""
        login = self.lab.credentials
        base = {"gws_url": self.lab.gws.url, "gws_username": login["username"], "gws_password": login["password"]}
        return {**base, "work_dir": str(self.work_dir), **given}


# ----------------------------------------------------------------------------------------------------------------------
# The truth


def only_reads(requests: Iterable[Request]) -> bool:
    """Whether nothing but GET was sent."""
    return {request.method for request in requests} <= {"GET"}


def writes(requests: Iterable[Request], part: str = "") -> list[Request]:
    """What was sent to change something, to addresses with this part."""
    return [request for request in requests if request.is_write and part in request.path]


def _emptied(value: Any) -> bool:
    """Whether the container in a decoded setting has no element left: such a setting may stay or go."""
    if isinstance(value, list):
        return not value
    if isinstance(value, dict):
        inner = [item for item in value.values() if isinstance(item, (list, dict))]
        return not value or any(_emptied(item) for item in inner)
    return False


def differences(
    people: Population,
    after: Mapping[Resource, Setting],
    refs: Iterable[str],
    *,
    region: bool = True,
    keep: Callable[[Resource], bool] = lambda _resource: False,
    changed: Mapping[Resource, Setting | None] | None = None,
) -> list[str]:
    """What in Cassandra is not as it has to be after these subjects were erased; settings that `keep` tells must be untouched.

    A1 = A0 − B0 (containers without the subject's elements), B1 = 0 (their records are gone), C1 = C0 (all others are equal).
    """
    wanted = people.expected(*refs, region=region) if changed is None else dict(changed)
    found = []
    before = people.settings()
    for resource, original in before.items():
        now = after.get(resource)
        if resource in wanted and not keep(resource):
            goal = wanted[resource]
            if goal is None:
                if now is not None:
                    found.append(f"still there: {resource[1]}/{resource[2]}")
            elif now is None:
                if not _emptied(goal):
                    found.append(f"gone as a whole: {resource[1]}/{resource[2]}")
            elif json.dumps(decoded(now)) != json.dumps(goal):
                found.append(f"wrongly cut: {resource[1]}/{resource[2]}")
        elif now is None:
            found.append(f"lost: {resource[1]}/{resource[2]}")
        elif json.dumps(now) != json.dumps(original):
            found.append(f"changed: {resource[1]}/{resource[2]}")
    found += [f"new: {resource[1]}/{resource[2]}" for resource in after.keys() - before.keys()]
    return found


def scratch_groups(lab: Lab) -> list[str]:
    """Scratch groups of the probe that are still there."""
    owners = [Owner("user", user.id) for user in lab.people.users]
    return [group.name for owner in owners for group in lab.layout.groups(owner) if group.name.startswith(SCRATCH)]


def as_loaded(lab: Lab) -> bool:
    """Whether every setting is as it was loaded."""
    return lab.settings() == lab.people.settings()


def values_only(dump: Mapping[RowKey, Row]) -> dict[RowKey, Any]:
    """A dump without write times."""
    return {key: row[0] for key, row in dump.items()}


def heal(lab: Lab, config: GwsConfig | None = None) -> None:
    """Put back what a run has changed: much faster than loading everything anew. For layouts with a row for each setting."""
    if lab.layout.name == "document":
        lab.reset(config=config)
        return
    wanted, now = lab.people.settings(), lab.settings()
    groups = {(owner, group.name): group for owner, group in lab.people.groups}
    for owner in {Owner("user", user.id) for user in lab.people.users} | {owner for owner, _unused in groups}:
        there = {group.name: group for group in lab.layout.groups(owner)}
        for name, group in there.items():
            if (owner, name) not in groups:
                lab.layout.drop_group(owner, group)
        for (one, name), group in groups.items():
            if one == owner and name not in there:
                lab.layout.create_group(owner, group)
    for owner, name, key in now.keys() - wanted.keys():
        if (owner, name) in groups:
            lab.layout.delete(owner, groups[owner, name], key)
    lost = [entry for entry in lab.people.entries if now.get((entry.owner, entry.group.name, entry.key_value)) != entry.setting]
    if lost:
        lab.layout.load([], lost)
    lab.gws.reseed(lab.layout, lab.people.users, config or GwsConfig(password=PASSWORD))


# ----------------------------------------------------------------------------------------------------------------------
# Canaries

_HAS_CONTACT = re.compile(r"[\w.+'-]+@[\w.-]+\.\w+|\+?\d[\d ().-]{8,}\d")


def variants(text: str) -> set[str]:
    """The ways in which a value may leak."""
    found = {text, text.lower(), text.upper(), urllib.parse.quote(text), urllib.parse.quote(text, safe=""), urllib.parse.quote_plus(text)}
    found |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], text.replace("@", "\\u0040"), repr(text)[1:-1]}
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 8 and "@" not in text:
        found |= {digits, digits[-9:]}
    raw = text.encode()
    for shift in range(3):  # base64 of the value wherever it lies in what was encoded
        encoded = base64.b64encode(b"x" * shift + raw).decode().rstrip("=")
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - (len(encoded) % 4 != 0)]
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {one for one in found if len(one) >= 6}


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield str(name)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        yield str(value)


class Canaries:
    """Everything that may be seen nowhere, and the search for it."""

    def __init__(self, people: Population, *more: str) -> None:
        self._what: dict[str, str] = {}
        for subject in people.truth.subjects:
            for text in [*subject.identifiers, *_spelled(subject), *([subject.national] if subject.national else []), subject.name]:
                self._add(f"subject {subject.ref}", variants(text))
        for text in (PASSWORD, *more):
            self._add("a secret", variants(text))
        for user in people.users:
            self._add("a user's name", {user.user_name, urllib.parse.quote(user.user_name, safe="")})
            self._add("a user's id", {user.id})
        for entry in people.entries:
            for text in _texts(decoded(entry.setting)):
                for contact in _HAS_CONTACT.findall(text):
                    self._add("somebody's contact", variants(contact))
            key = entry.key_value
            if key in ODD_NAMES or "@" in key or re.search(r"-\d{5}$", key):
                self._add("a setting's key", {one for one in (key.strip(), urllib.parse.quote(key, safe="")) if len(one) >= 6})
        self._patterns = list(self._what)
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns)

    def _add(self, what: str, texts: Iterable[str]) -> None:
        for text in texts:
            if len(text) >= 6:
                self._what.setdefault(text, what)

    def sing(self, text: str) -> list[str]:
        """What leaked into a text: what it is, and the text around it."""
        found = []
        for index, begin, end in self._automaton.find_matches_as_indexes(text):
            found.append(f"{self._what[self._patterns[index]]}: …{text[max(0, begin - 60) : end + 30]!r}")
        return found[:10]

    def in_run(self, run: Run) -> list[str]:
        """What leaked into the output of a run, and into files below its HOME (which holds TMPDIR and ANSIBLE_HOME)."""
        return [*self.sing(run.stdout), *self.sing(run.stderr), *self.in_files(run.home)]

    def in_files(self, folder: Path, *, but: Callable[[Path], bool] = lambda _path: False) -> list[str]:
        """What leaked into files, their names too."""
        found = []
        for path in sorted(folder.rglob("*")):
            found += [f"file name: {one}" for one in self.sing(path.name)]
            if path.is_file() and not but(path):
                content = path.read_bytes()
                found += [f"{path}: {one}" for one in self.sing(content.decode("utf-8", "replace"))]
        return found


def _spelled(subject: Subject) -> list[str]:
    spelled: list[str] = []
    if subject.email:
        spelled += [str(value) for name, value in email_spellings(subject).items() if "note" not in name]
    if subject.phone:
        spelled += [str(value) for name, value in phone_spellings(subject).items() if "note" not in name]
    return spelled


def is_private(path: Path) -> bool:
    """Mode 0600 and ours."""
    status = path.stat()
    return stat.S_IMODE(status.st_mode) == 0o600 and status.st_uid == os.getuid()


# ----------------------------------------------------------------------------------------------------------------------
# Many runs of gws_pii_delete in one ansible-playbook


@dataclass
class Scenario:
    """A run of gws_pii_delete: how GWS behaves, and which options are not as usual."""

    config: GwsConfig = field(default_factory=GwsConfig)
    options: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Lab], None] | None = None
    """Called when the lab is healed, before the run."""
    check: bool = False


@dataclass
class Outcome:
    """What a scenario left."""

    result: dict[str, Any]
    settings: dict[Resource, Setting]
    before: Mapping[RowKey, Row]
    after: Mapping[RowKey, Row]
    requests: list[Request]
    scratch: list[str]
    backups: list[str]

    @property
    def failed(self) -> bool:
        """Whether the module failed."""
        return bool(self.result.get("failed"))

    @property
    def message(self) -> str:
        """Its message."""
        return str(self.result.get("msg", ""))


class _Control(http.server.ThreadingHTTPServer):
    """The playbook asks here for the next scenario, and tells when one is over."""

    daemon_threads = True

    def __init__(self, begin: Callable[[str], Any], end: Callable[[str], Any]) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _unused, verb, name = urllib.parse.unquote(self.path).split("/", 2)
                body = json.dumps(begin(name) if verb == "begin" else end(name)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def run_scenarios(
    player: Player, scenarios: Mapping[str, Scenario], *, arguments: Sequence[str] = ("-v",), **search: Any
) -> tuple[dict[str, Outcome], Run]:
    """One search, then gws_pii_delete for each scenario, with the same findings, on a healed lab each; all in one playbook."""
    lab, outcomes = player.lab, dict[str, Outcome]()
    befores: dict[str, Mapping[RowKey, Row]] = {}
    began: dict[str, float] = {}

    def begin(name: str) -> dict[str, Any]:
        scenario = scenarios[name]
        scenario.config.password = PASSWORD
        heal(lab, scenario.config)
        if scenario.prepare:
            scenario.prepare(lab)
        for path in player.work_dir.glob("*"):
            path.unlink()
        befores[name] = lab.dump()
        began[name] = time.monotonic()
        return {**search, **player.gws(), **scenario.options}

    def end(name: str) -> None:
        print(f"{name}: {time.monotonic() - began[name]:.1f} s, {len(lab.gws.requests)} requests")
        backups = [path.name for path in player.work_dir.glob("*") if path.name not in WORK_FILES]
        outcomes[name] = Outcome({}, lab.settings(), befores[name], lab.dump(), list(lab.gws.requests), scratch_groups(lab), backups)

    ask = "{{ lookup('ansible.builtin.url', control ~ '/%s/' ~ (item | urlencode), split_lines=false, timeout=60) | from_json }}"
    steps = [
        {"name": "Begin", "ansible.builtin.set_fact": {"given": ask % "begin"}, "no_log": True},
        {
            "name": "Erase",
            "genesys.gws.gws_pii_delete": {},
            "args": "{{ {'findings': found.findings} | combine(given) }}",
            "check_mode": "{{ item in checked }}",
            "register": "erased",
            "ignore_errors": True,
        },
        {"name": "End", "ansible.builtin.set_fact": {"over": ask % "end"}},
        {"name": "Keep", "ansible.builtin.set_fact": {"results": "{{ results | default({}) | combine({item: erased}) }}"}, "no_log": True},
    ]
    included = write_private(player.folder / "given" / "scenario.yml", yaml.safe_dump(steps, sort_keys=False))
    results = player.folder / "given" / "results.json"
    playbook = player.play(
        [
            {"name": "Search", "genesys.gws.gws_pii_search": {**player.cassandra(), **search}, "register": "found"},
            {"name": "Scenario", "ansible.builtin.include_tasks": str(included), "loop": "{{ scenarios }}", "loop_control": {"label": ""}},
            {
                "name": "Results",
                "ansible.builtin.copy": {"content": "{{ results | to_json }}", "dest": str(results), "mode": "0600"},
                "no_log": True,
            },
        ],
        "scenarios",
    )
    control = _Control(begin, end)
    threading.Thread(target=control.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        checked = [name for name, scenario in scenarios.items() if scenario.check]
        run = player(
            playbook,
            plain=True,
            arguments=arguments,
            timeout=60 + 20 * len(scenarios),
            control=control.url,
            scenarios=list(scenarios),
            checked=checked,
        )
    finally:
        control.shutdown()
        control.server_close()
    assert run.rc == 0, run.said()
    for name, result in json.loads(results.read_text(encoding="utf-8")).items():
        outcomes[name].result = result
    return outcomes, run
