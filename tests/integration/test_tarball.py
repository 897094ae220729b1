# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built tarball, installed in an empty HOME as the README says: nothing is missing, and what README.md and docs/first-run.md show runs as it stands.

The commands and files are read from the code blocks of the documents. Replaced is what a reader has to replace: hosts, ports, logins.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.integration.reader import PLACE, VAULT_PASSWORD, Answer, Reader, block, blocks, replaced
from tests.integration.support import PASSWORD, ROOT, as_loaded, differences, heal, only_reads
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import FAVORITES, Subject, population

pytestmark = pytest.mark.slow
PEOPLE = population(
    4,
    150,
    subjects=[
        Subject("README", "Ann Example", "ann@example.com", "+12025550147", "US", "(202) 555-0147"),
        Subject("PREDECESSOR", "Agent One", "agent1@pizza.com", None, None),
        Subject("FIRST-RUN", "Some Body", "somebody@example.com", None, None),
        Subject("EXAMPLES", "Some One", "someone@example.com", None, None),
    ],
)
VAULT: tuple[str, Answer] = ("Vault password: ", VAULT_PASSWORD)


@pytest.fixture(scope="module")
def reader(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader who has installed the collection, and has a folder with an inventory and a vault."""
    session_lab.reset(layout="wide", people=PEOPLE, config=GwsConfig(password=PASSWORD))
    reader = Reader(tmp_path_factory.mktemp("reader") / "home", session_lab)
    installed = reader.installs()
    assert installed.rc == 0, installed.text[-3000:]
    assert "was installed successfully" in installed.text
    reader.prepares()
    return reader


@pytest.fixture
def lab(session_lab: Lab, reader: Reader) -> Lab:
    """The lab as it was loaded."""
    heal(session_lab)
    return session_lab


@pytest.fixture(scope="module")
def place(reader: Reader) -> Path:
    """Where the collection is installed."""
    return Path(PLACE.replace("~", str(reader.home))) / "genesys/gws"


def test_nothing_is_of_the_checkout(reader: Reader) -> None:
    told = reader.runs("ansible-galaxy collection list --format json").text
    places = [place for place, collections in json.loads(told[told.index("{") :]).items() if "genesys.gws" in collections]
    assert places == [PLACE.replace("~", str(reader.home))]
    told = reader.runs("type ansible-playbook; ansible --version; ansible-config dump; python -c 'import sys; print(sys.path)'; env").text
    assert f"ansible-playbook is {reader.home}/gws/bin/" in told
    assert str(ROOT) not in told.replace(str(reader.home), "~")


def test_everything_is_documented(reader: Reader, place: Path) -> None:
    for kind in ("module", "lookup", "filter", "role"):
        folder = place / ("roles" if kind == "role" else f"plugins/{kind}{'s' if kind == 'module' else ''}")
        names = [path.stem for path in folder.iterdir() if not path.name.startswith(("_", "."))]
        assert names
        told = reader.runs(f"ansible-doc -t {kind} --json {' '.join(f'genesys.gws.{name}' for name in names)}").text
        documented, _end = json.JSONDecoder().raw_decode(told[told.index("{") :])
        assert set(documented) == {f"genesys.gws.{name}" for name in names}


def test_the_readme_has_full_links(place: Path) -> None:
    """Galaxy and Automation Hub show it without the files beside it."""
    text = (place / "README.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 20
    assert [link for link in links if not link.startswith("https://github.com/genesys-gws/genesys.gws/")] == []


def test_nothing_is_missing_and_nothing_too_much(place: Path) -> None:
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


# ----------------------------------------------------------------------------------------------------------------------
# README.md, Use


def _calls(part: str) -> list[str]:
    """The calls of ansible-playbook in the README that have this in them, each with all its lines."""
    shell = "".join(blocks("README.md", "shell", part="Use"))
    calls = re.findall(r"^ansible-playbook (?:.*\\\n)*.*\n", shell, re.MULTILINE)
    assert len(calls) == 5, "all calls of the README are run here"
    return [call for call in calls if part in call]


def test_readme_the_request(reader: Reader, lab: Lab) -> None:
    reader.writes("request.yml", block("README.md", "yaml", "# request.yml"))
    dry, erase = _calls("@request.yml")
    reader.runs(dry, [VAULT]).ends_with("The search was complete", "Dry run: ", "Plan: ")
    assert as_loaded(lab)
    assert only_reads(lab.gws.requests)
    reader.runs(erase, [VAULT]).ends_with("Proven: ")
    assert differences(PEOPLE, lab.settings(), ["README"]) == []


def test_readme_the_predecessors_calls(reader: Reader, lab: Lab) -> None:
    search, erase = _calls("cass_hostname=localhost")
    systems = {"cass_hostname=localhost": f"cass_hostname={lab.node.address}", "cass_port=9042": f"cass_port={lab.node.cql_port}"}
    reader.runs(replaced(search, systems)).ends_with("The search was complete", "only Cassandra was searched")
    assert as_loaded(lab)
    assert not lab.gws.requests
    login = lab.credentials
    asked: list[tuple[str, Answer]] = [
        ("GWS user with the admin role: ", login["username"]),
        ("Password of the GWS user: ", login["password"]),
    ]
    done = reader.runs(replaced(erase, {**systems, "https://127.0.0.1:8090": lab.gws.url}), asked)
    done.ends_with("Proven: ")
    assert login["password"] not in done.text, "what is typed is not shown"
    assert differences(PEOPLE, lab.settings(), ["PREDECESSOR"]) == []


def test_readme_a_group_and_headers(reader: Reader, lab: Lab) -> None:
    values = {"cassandra1.example.com": lab.node.address, "https://gws.example.com:8090": lab.gws.url}
    values |= {"an administrator of the contact centre": lab.credentials["username"], "its password": lab.credentials["password"]}
    reader.writes("login.yml", replaced(block("README.md", "yaml", "# login.yml"), values) + f"cass_port: {lab.node.cql_port}\n")
    encrypted = reader.runs("ansible-vault encrypt login.yml", [("New Vault password: ", VAULT_PASSWORD), ("Confirm", VAULT_PASSWORD)])
    assert encrypted.rc == 0, encrypted.text
    (call,) = _calls("@login.yml")
    reader.runs(call, [VAULT]).ends_with("Proven: ", "settings in other groups")
    assert differences(PEOPLE, lab.settings(), ["PREDECESSOR"], keep=lambda resource: resource[1] != FAVORITES.name) == []


def test_readme_the_modules_on_their_own(reader: Reader, lab: Lab) -> None:
    tasks = replaced(block("README.md", "yaml", "- genesys.gws.gws_pii_search:"), {"https://gws.example.com:8090": lab.gws.url})
    # The inventory calls this very machine 127.0.0.1, so that localhost is not implicit.
    here = {"connection": "local", "gather_facts": False}
    given = {"identifiers": ["somebody@example.com"], "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    reader.writes("play.yml", yaml.safe_dump([{"hosts": "localhost", **here, "vars": given, "tasks": yaml.safe_load(tasks)}]))
    port = {"GWS_PII_CASSANDRA_PORT": str(lab.node.cql_port)}
    checked = reader.runs("ansible-playbook -i inventory --ask-vault-pass play.yml --check", [VAULT], **port)
    assert checked.rc == 0, checked.text
    assert as_loaded(lab)
    assert only_reads(lab.gws.requests)
    done = reader.runs("ansible-playbook -i inventory --ask-vault-pass play.yml", [VAULT], **port)
    assert done.rc == 0, done.text
    assert differences(PEOPLE, lab.settings(), ["FIRST-RUN"]) == []


def test_readme_the_documentation_that_it_names(reader: Reader) -> None:
    commands = re.findall(r"`(ansible-doc [^`]+)`", (ROOT / "README.md").read_text())
    assert len(commands) >= 3
    for command in {command.rstrip(".") for command in commands}:
        shown = reader.runs(command)
        assert shown.rc == 0, shown.text
        assert "OPTIONS" in shown.text.upper(), shown.text


# ----------------------------------------------------------------------------------------------------------------------
# docs/first-run.md and examples/README.md


def test_the_first_hour(reader: Reader, lab: Lab) -> None:
    file = "docs/first-run.md"
    dry, erase, keep_key, bound = blocks(file, "shell", part="The first hour")
    request = block(file, "yaml", "# request.yml")
    reader.writes("request.yml", request)
    reader.runs(dry, [VAULT]).ends_with("Dry run: ", "Report: ")
    assert as_loaded(lab)
    assert {path.suffix for path in (reader.folder / "reports").iterdir()} == {".html", ".json"}
    reader.runs(erase, [VAULT]).ends_with("Proven: ")
    assert differences(PEOPLE, lab.settings(), ["FIRST-RUN"]) == []
    kept = reader.runs(keep_key, [("New Vault password: ", VAULT_PASSWORD), ("Confirm", VAULT_PASSWORD)])
    assert kept.rc == 0, kept.text
    reader.writes("request.yml", replaced(request, {"somebody@example.com": "someone@example.com"}))
    reader.runs(bound, [VAULT, ("Digest of the plan: ", _digest), VAULT]).ends_with("Proven: ")
    assert differences(PEOPLE, lab.settings(), ["FIRST-RUN", "EXAMPLES"]) == []
    heal(lab)
    reader.runs(bound, [VAULT, ("Digest of the plan: ", "0" * 64), VAULT]).ends_with("the plan differs from the approved one", rc=2)
    assert as_loaded(lab)


def _digest(shown: str) -> str:
    """The digest that the dry run has shown: somebody has approved this plan."""
    return str(re.findall(r'"Plan: ([0-9a-f]{64})"', shown)[-1])


def test_examples_the_first_call(reader: Reader, lab: Lab) -> None:
    file = "examples/README.md"
    assert blocks(file, "shell")[:2] == [f"{line}\n" for line in _joined(block("README.md", "shell", "mkdir "))]
    reader.writes("subject.yml", block(file, "yaml", "# subject.yml"))
    reader.runs(blocks(file, "shell")[-1], [VAULT]).ends_with("Dry run: ")
    assert as_loaded(lab)


def _joined(script: str) -> tuple[str, str]:
    """The lines that make the folder, and the one that makes the vault."""
    *folder, vault = script.splitlines()
    return "\n".join(folder), vault


def test_receipts_and_a_restored_backup(reader: Reader, lab: Lab) -> None:
    file = "docs/evidence.md"
    make, verify = block(file, "shell", "ssh-keygen ").split("cd reports")
    made = reader.runs(make, [("New Vault password: ", VAULT_PASSWORD), ("Confirm", VAULT_PASSWORD)])
    assert made.rc == 0, made.text
    reader.writes("site.yml", block(file, "yaml", "# site.yml"))
    reader.writes("request.yml", block("README.md", "yaml", "# request.yml"))
    _dry, erase = _calls("@request.yml")
    reader.runs(replaced(erase, {"-e @request.yml": "-e @request.yml -e @site.yml"}), [VAULT]).ends_with("Proven: ", "Receipt: ")
    (receipt,) = (reader.folder / "reports").glob("receipt-*.json")
    verified = reader.runs("cd reports" + replaced(verify, {"receipt-20261126T020000Z.json": receipt.name}))
    assert verified.rc == 0, verified.text
    assert 'Good "erasure-receipt" signature for dpo@example.com' in verified.text
    assert "Verified: signed by dpo@example.com" in verified.text
    heal(lab)  # a backup is restored
    again = block(file, "shell", "ansible-playbook genesys.gws.forget_again")
    reader.runs(again, [VAULT, VAULT]).ends_with("Proven: ")
    assert differences(PEOPLE, lab.settings(), ["README"]) == []
