# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""forget_me_export: everything that the lab knows of the person, and nothing of anybody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.support import PASSWORD, Canaries, Player, as_loaded, is_private, only_reads, write_private
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import Population, decoded, population


def _contacts(value: Any) -> set[str]:
    """Every text in a value."""
    if isinstance(value, dict):
        return {text for name, item in value.items() for text in {str(name), *_contacts(item)}}
    if isinstance(value, list):
        return {text for item in value for text in _contacts(item)}
    return {str(value)}


def _holds(content: Any, wanted: Any) -> bool:
    """Whether a value is a part of another one."""
    if content == wanted:
        return True
    items = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return any(_holds(item, wanted) for item in items)


def wanted_of(people: Population) -> list[Any]:
    """What is to be in the export: the records of the person."""
    settings = {resource: decoded(setting) for resource, setting in people.settings().items()}
    found = []
    for one in [*people.truth.of("S-1"), *people.truth.corporate, *people.truth.orphans]:
        setting = settings[one.resource]
        if one.kind == "record":
            found.append(setting)
        else:
            container = next(item for item in _containers(setting) if all(_has(item, element) for element in one.elements))
            found += [container[element] for element in one.elements]
    return found


def _containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, (dict, list)) else []) + [part for item in inner for part in _containers(item)]


def _has(container: Any, element: Any) -> bool:
    if isinstance(container, list):
        return isinstance(element, int) and element < len(container) and isinstance(container[element], (dict, list))
    return element in container


@pytest.fixture
def people(session_lab: Lab) -> Population:
    people = population(4, 150, subjects=1, orphans=True)
    session_lab.reset(layout="wide", people=people, config=GwsConfig(password=PASSWORD))
    return people


def test_everything_of_the_person_and_nothing_of_anybody_else(session_lab: Lab, people: Population, player: Player, tmp_path: Path) -> None:
    subject = people.truth.subject("S-1")
    given = {"forget_me_subjects": [{"ref": "S-1", "identifiers": list(subject.identifiers)}], "forget_me_region": "US"}
    target = tmp_path / "for-the-person" / "export.json"
    session_lab.gws.requests.clear()
    run = player(timeout=300, forget_me_export=str(target), arguments=("-vvv",), **given)
    assert run.rc == 0, run.said()
    assert only_reads(session_lab.gws.requests)
    assert as_loaded(session_lab)
    page = target.with_suffix(".html")
    assert is_private(target)
    assert is_private(page)
    export = json.loads(target.read_text())
    [person] = export["people"]
    contents = [decoded(place["content"]) for place in person["places"]]
    wanted = wanted_of(people)
    assert len(wanted) >= 30
    missing = [one for one in wanted if not any(_holds(content, one) for content in contents)]
    assert missing == []

    own = {text for one in wanted for text in _contacts(one)}
    others = {
        text
        for entry in people.entries
        for text in _contacts(decoded(entry.setting))
        if text not in own and ("@" in text or sum(char.isdigit() for char in text) >= 9)
    }
    assert len(others) > 50
    for text in (target.read_text(), page.read_text()):
        assert [one for one in others if re.search(r"(?<![\w.+])" + re.escape(one) + r"(?!\w)", text)] == []
        assert not any(user.user_name in text or user.id in text for user in people.users if user.user_name not in own)
    canaries = Canaries(people)
    assert canaries.in_run(run) == []

    erased = player(timeout=300, cleanup=True, forget_me_export=str(target), forget_me_orphans="report", **given)
    assert json.loads(target.read_text())["people"][0]["entries"] == person["entries"], erased.said()


def test_encrypted_when_there_is_a_vault_password(lab: Lab, player: Player, tmp_path: Path) -> None:
    password = write_private(tmp_path / "vault-password", "the vault's password\n")
    target = tmp_path / "export.html"
    given = {"search": "ann.lee@example.com", "forget_me_export": str(target)}
    run = player(timeout=300, arguments=("-v", "--vault-password-file", str(password)), **given)
    assert run.rc == 0, run.said()
    vault = VaultLib([("default", VaultSecret(b"the vault's password"))])
    for path in (target, target.with_suffix(".json")):
        assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.")
        assert is_private(path)
        assert b"ann.lee@example.com" in vault.decrypt(path.read_bytes()).lower()


def test_nothing_is_erased_when_the_export_can_not_be_written(lab: Lab, player: Player, tmp_path: Path) -> None:
    """What was erased can't be exported any more."""
    (tmp_path / "export.html").mkdir()
    given = {"search": "ann.lee@example.com", "forget_me_orphans": "report", "cleanup": True}
    run = player(timeout=300, forget_me_export=str(tmp_path / "export.json"), **given)
    assert run.rc != 0, run.said()
    assert "forget_me_export can't be written" in run.reason, run.said()
    assert as_loaded(lab)
    assert not [request for request in lab.gws.requests if request.method == "DELETE"]
    assert not (tmp_path / "export.json").exists()

    erased = player(timeout=300, forget_me_export=str(tmp_path / "other.json"), **given)
    assert "deleted" in erased.summary, erased.said()
    assert not as_loaded(lab)
    [person] = json.loads((tmp_path / "other.json").read_text())["people"]
    assert person["entries"] > 0
