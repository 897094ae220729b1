# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A backup is restored, and the people who were forgotten are back: the ledger finds exactly these, and they go again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.support import PASSWORD, ROOT, Player, Run, is_private, only_reads, write_private
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab, connect
from tests.lab.layouts import Entry, Owner, Setting
from tests.lab.population import FAVORITES, WORKSPACE, Population, Resource, population

AGAIN = ROOT / "playbooks" / "forget_again.yml"
COUNT = 200
NEIGHBOURS = 40
KEY = "the secret of this site, from Ansible Vault"


def email(number: int) -> str:
    return f"person{number}@again.example.com"


def phone(number: int) -> str:
    return f"+44207946{number:04}"


def crowd() -> Population:
    """The usual people, and 200 + 40 more: a favorite each, and a record in somebody's recent contacts, with neighbours between."""
    people = population(8, 300, subjects=1)
    owners = [Owner("user", user.id) for user in people.users if (Owner("user", user.id), FAVORITES) in people.groups]
    recents: dict[Owner, list[Setting]] = {owner: [] for owner in owners}
    for number in range(COUNT + NEIGHBOURS):
        owner = owners[number % len(owners)]
        spelled = phone(number) if number % 2 else f"+44 (0)20 7946 {number:04}"
        setting = {
            "name": f"crowd-{number}",
            "firstName": "P",
            "lastName": str(number),
            "emailAddress": email(number),
            "phoneNumber": spelled,
        }
        people.entries.append(Entry(owner, FAVORITES, setting))
        other = owners[(number + 1) % len(owners)]
        recents[other].append({"firstName": "P", "mail": email(number).upper(), "time": 1700000000 + number})
    for owner, records in recents.items():
        if (owner, WORKSPACE) in people.groups:
            people.entries.append(Entry(owner, WORKSPACE, {"name": "crowd.recents", "value": json.dumps(records)}))
    return people


def wanted(people: Population) -> dict[Resource, Setting]:
    """What is to be there when the 200 are gone."""
    gone = {f"crowd-{number}" for number in range(COUNT)}
    mails = {email(number).upper() for number in range(COUNT)}
    left = {}
    for resource, setting in people.settings().items():
        if resource[2] in gone:
            continue
        if resource[2] == "crowd.recents":
            records = [record for record in json.loads(setting["value"]) if record["mail"] not in mails]
            setting = {**setting, "value": json.dumps(records)}
        left[resource] = setting
    return left


def differing(now: dict[Resource, Setting], expected: dict[Resource, Setting]) -> list[str]:
    def plain(settings: dict[Resource, Setting]) -> dict[Resource, Setting]:
        return {
            resource: {**setting, "value": json.loads(setting["value"])} if resource[2] == "crowd.recents" else setting
            for resource, setting in settings.items()
        }

    there, goal = plain(now), plain(expected)
    return [f"{resource[1]}/{resource[2]}" for resource in there.keys() | goal.keys() if there.get(resource) != goal.get(resource)]


class Site:
    """A lab whose node can be stopped, copied and put back: a backup of all its files."""

    def __init__(self, lab: Lab, backup: Path) -> None:
        self.lab = lab
        self._backup = backup

    def _stopped(self) -> None:
        assert self.lab._cluster is not None
        self.lab._cluster.shutdown()
        self.lab.node.stop(remove=False)

    def _started(self) -> None:
        self.lab.node.start()
        self.lab._cluster, self.lab._session = connect(self.lab.node)
        self.lab.layout.attach(self.lab.session, self.lab.keyspace)
        self.lab.gws.reseed(self.lab.layout, self.lab.people.users, GwsConfig(password=PASSWORD))

    def back_up(self) -> None:
        self._stopped()
        shutil.copytree(self.lab.node.folder, self._backup)
        self._started()

    def restore(self) -> None:
        self._stopped()
        shutil.rmtree(self.lab.node.folder)
        shutil.copytree(self._backup, self.lab.node.folder)
        self._started()


@pytest.fixture(scope="module", params=["5.0.6", pytest.param("3.11.19", marks=pytest.mark.slow)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("again")
    with Lab(request.param, layout="wide", people=crowd(), config=GwsConfig(password=PASSWORD), work_dir=folder / "lab") as lab:
        site = Site(lab, folder / "backup")
        site.back_up()
        yield site


def test_forgotten_again_after_a_restore(site: Site, tmp_path: Path) -> None:
    lab, player = site.lab, Player(site.lab, tmp_path)
    ledger, reports = tmp_path / "safe" / "ledger.jsonl", tmp_path / "safe" / "reports"
    given = {"forget_me_ledger": str(ledger), "forget_me_key": KEY, "forget_me_report_dir": str(reports), "forget_me_region": "US"}
    subjects = [{"ref": f"T-{number}", "identifiers": [email(number), phone(number)]} for number in range(COUNT)]
    subjects.append({"ref": "T-text", "identifiers": ["A free text of nobody"]})
    request = write_private(tmp_path / "given" / "people.json", json.dumps(subjects))

    first = player(cleanup=True, forget_me_subjects_file=str(request), timeout=400, **given)
    assert first.rc == 0, first.said()
    assert differing(lab.settings(), wanted(lab.people)) == []
    assert is_private(ledger)
    lines = ledger.read_bytes()
    assert lines.count(b"\n") == 1 + COUNT + 1
    assert not any(part in lines.decode() for number in (0, 1, 150) for part in (email(number), phone(number)[1:], phone(number)[3:]))

    nobody = player(AGAIN, cleanup=True, timeout=200, **given)
    assert nobody.rc == 0, nobody.said()
    assert "nobody of them is in the data again" in nobody.stdout
    assert "run forget_me with the request of T-text" in nobody.stdout

    site.restore()
    before = lab.settings()
    assert before == lab.people.settings(), "the backup was not restored"
    dry = player(AGAIN, timeout=300, **given)
    assert dry.rc == 0, dry.said()
    assert f"; {COUNT} of them are in the data again" in dry.stdout
    assert lab.settings() == before
    assert only_reads(lab.gws.requests)

    again = player(AGAIN, cleanup=True, timeout=400, **given)
    assert again.rc == 0, again.said()
    assert differing(lab.settings(), wanted(lab.people)) == []
    assert "Proven" in again.stdout
    assert not (player.work_dir / "again.json").exists()
    for run in (first, nobody, dry, again):
        assert_silent(run)


def assert_silent(run: Run) -> None:
    for number in (0, 7, COUNT - 1, COUNT + 1):
        for text in (email(number), email(number).upper(), phone(number), phone(number)[3:]):
            assert text not in run.stdout + run.stderr
