# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A backup is restored, and the people who were forgotten are back: the ledger finds exactly these, and they go again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry as LedgerEntry
from tests.integration.support import PASSWORD, ROOT, Player, Run, heal, is_private, only_reads, write_private
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab, connect
from tests.lab.layouts import Entry, Owner, Setting
from tests.lab.population import FAVORITES, WORKSPACE, Population, Resource, population

AGAIN = ROOT / "playbooks" / "forget_again.yml"
MANY, FEW = 200, 12
NEIGHBOURS = 40
SCHEMA = json.loads((ROOT / "docs/receipt.schema.json").read_text())
KEY = "the secret of this site, from Ansible Vault"


def email(number: int) -> str:
    return f"person{number}@again.example.com"


def phone(number: int) -> str:
    return f"+44207946{number:04}"


def crowd(count: int) -> Population:
    """The usual people, and ``count`` + 40 more: a favorite each, and a record in somebody's recent contacts, with neighbours between."""
    people = population(8, 300, subjects=1)
    owners = [Owner("user", user.id) for user in people.users if (Owner("user", user.id), FAVORITES) in people.groups]
    recents: dict[Owner, list[Setting]] = {owner: [] for owner in owners}
    for number in range(count + NEIGHBOURS):
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


def wanted(people: Population, count: int) -> dict[Resource, Setting]:
    """What is to be there when they are gone."""
    gone = {f"crowd-{number}" for number in range(count)}
    mails = {email(number).upper() for number in range(count)}
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


@pytest.fixture(scope="module", params=["5.0.6", "3.11.19"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("again")
    with Lab(request.param, layout="wide", people=crowd(MANY), config=GwsConfig(password=PASSWORD), work_dir=folder / "lab") as lab:
        site = Site(lab, folder / "backup")
        site.back_up()
        yield site


class Safe:
    """Where ledger, reports and receipts are kept, and what every run is given."""

    def __init__(self, folder: Path, count: int) -> None:
        self.ledger, self.reports = folder / "safe" / "ledger.jsonl", folder / "safe" / "reports"
        self.ledger.parent.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "signing")], check=True)
        self.signers = write_private(folder / "signers", "dpo@example.com " + (folder / "signing.pub").read_text())
        self.given: dict[str, Any] = {
            "forget_me_ledger": str(self.ledger),
            "forget_me_key": KEY,
            "forget_me_report_dir": str(self.reports),
            "forget_me_receipt_key": (folder / "signing").read_text(),
            "forget_me_region": "US",
        }
        subjects = [{"ref": f"T-{number}", "identifiers": [email(number), phone(number)]} for number in range(count)]
        subjects.append({"ref": "T-text", "identifiers": ["A free text of nobody"]})
        self.request = str(write_private(folder / "given" / "people.json", json.dumps(subjects)))

    def receipts(self, mode: str) -> list[dict[str, Any]]:
        """Those of a kind, oldest first, each verified with ssh-keygen and the published schema."""
        found = []
        for path in sorted(self.reports.glob("receipt-*.json")):
            verify = ["-Y", "verify", "-f", str(self.signers), "-I", "dpo@example.com", "-n", "erasure-receipt", "-s", f"{path}.sig"]
            subprocess.run(["ssh-keygen", *verify], input=path.read_bytes(), check=True, capture_output=True)
            receipt = json.loads(path.read_text())
            jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
            found += [receipt] if receipt["run"]["mode"] == mode else []
        return sorted(found, key=lambda receipt: str(receipt["run"]["finished"]))


def looked_for(receipt: dict[str, Any]) -> tuple[int, int]:
    """How many people a search of the ledger looked for, and how many it found."""
    return len(receipt["subjects"]), sum(subject["found"]["possible"] for subject in receipt["subjects"])


def test_forgotten_again(session_lab: Lab, player: Player, tmp_path: Path) -> None:
    """The short form: a few people, whose settings are written again as a restored backup would bring them back."""
    session_lab.reset(layout="wide", people=crowd(FEW), config=GwsConfig(password=PASSWORD))
    safe = Safe(tmp_path, FEW)
    first = player(cleanup=True, forget_me_subjects_file=safe.request, timeout=300, **safe.given)
    assert first.rc == 0, first.said()
    assert differing(session_lab.settings(), wanted(session_lab.people, FEW)) == []
    [receipt] = safe.receipts("erase")
    assert f"Search again after {receipt['search_again']}" in first.summary
    assert_remembered(safe, FEW)

    # What the playbook residue has found of one of them, and until when.
    on_disk = {"what": "traces on disk: live files", "table": "settings", "by": "Cassandra", "until": "2999-01-01T00:00:00Z"}
    residue = {"verdict": {"refs": ["T-0"], "due": [{**on_disk, "refs": ["T-0"]}]}}
    write_private(safe.reports / "residue-20261126T000000Z.json", json.dumps(residue))
    heal(session_lab)
    again = player(AGAIN, cleanup=True, forget_me_scan_hosts="gws_cassandra", timeout=300, **safe.given)
    assert again.rc == 0, again.said()
    assert differing(session_lab.settings(), wanted(session_lab.people, FEW)) == []
    assert "Proven" in again.stdout
    [recall] = safe.receipts("recall")
    assert looked_for(recall) == (FEW, FEW)
    assert recall["run"]["result"] == "searched"
    assert receipt["search_again"] in {part["until"] for part in recall["not_covered"]}, "what the erasure left is still there"
    _first, second = safe.receipts("erase")
    for one in (recall, second):
        assert on_disk in one["not_covered"]
        assert one["search_again"] == on_disk["until"]
    assert f"Search again after {on_disk['until']}" in again.stdout
    assert not list(player.work_dir.glob("again*"))
    assert not list(player.work_dir.glob("run-*"))
    for run in (first, again):
        assert_silent(run, FEW)


ODD_NUMBER = "030 99 12345"
"""No number of the numbering plan of the US, in which it is read."""


def test_people_without_references_and_odd_numbers(session_lab: Lab, player: Player, tmp_path: Path) -> None:
    """The first of one request is not the first of another; and one number that no country has does not end the run for all others."""
    people = crowd(3)
    odd = {"name": "crowd-odd", "firstName": "P", "phoneNumber": ODD_NUMBER}
    people.entries.append(Entry(next(owner for owner, group in people.groups if group == FAVORITES), FAVORITES, odd))
    session_lab.reset(layout="wide", people=people, config=GwsConfig(password=PASSWORD))
    safe = Safe(tmp_path, 0)
    goal = {resource: setting for resource, setting in wanted(people, 2).items() if resource[2] != "crowd-odd"}
    requests: list[dict[str, Any]] = [{"search": email(0)}, {"search": email(1)}]
    requests.append(
        {"forget_me_subjects": [{"ref": "T-odd", "identifiers": [ODD_NUMBER]}, {"ref": "T-same", "identifiers": [email(1).upper()]}]}
    )
    for request in requests:
        run = player(cleanup=True, timeout=300, **request, **safe.given)
        assert run.rc == 0, run.said()
    assert differing(session_lab.settings(), goal) == []

    heal(session_lab)
    again = player(AGAIN, cleanup=True, timeout=300, forget_me_min_length=12, **safe.given)
    assert again.rc == 0, again.said()
    assert differing(session_lab.settings(), goal) == []
    [recall] = safe.receipts("recall")
    assert [subject["ref"] for subject in recall["subjects"]] == ["ledger-1", "ledger-2", "T-odd", "T-same"]
    assert all(subject["found"]["possible"] for subject in recall["subjects"])
    [page] = safe.reports.glob("forget_again-*.html")
    assert "4 people were searched for: 4 of them are in the data again." in page.read_text()
    for text in (ODD_NUMBER, "+10309912345", "03099", *(email(number) for number in range(2))):
        assert text not in again.stdout + again.stderr + safe.ledger.read_text()


@pytest.mark.slow
def test_forgotten_again_after_a_restore(site: Site, tmp_path: Path) -> None:
    """200 people; the files of the node are restored from a copy."""
    lab, player, safe = site.lab, Player(site.lab, tmp_path), Safe(tmp_path, MANY)
    first = player(cleanup=True, forget_me_subjects_file=safe.request, timeout=400, **safe.given)
    assert first.rc == 0, first.said()
    assert differing(lab.settings(), wanted(lab.people, MANY)) == []
    assert_remembered(safe, MANY)

    nobody = player(AGAIN, cleanup=True, timeout=400, **safe.given)
    assert nobody.rc == 0, nobody.said()
    assert "nobody of them is in the data again" in nobody.stdout
    assert "run forget_me with the request of T-text" in nobody.stdout
    assert [looked_for(receipt) for receipt in safe.receipts("recall")] == [(MANY, 0)]

    site.restore()
    before = lab.settings()
    assert before == lab.people.settings(), "the backup was not restored"
    dry = player(AGAIN, timeout=400, **safe.given)
    assert dry.rc == 0, dry.said()
    assert f"; {MANY} of them are in the data again" in dry.stdout
    assert lab.settings() == before
    assert only_reads(lab.gws.requests)

    again = player(AGAIN, cleanup=True, timeout=400, **safe.given)
    assert again.rc == 0, again.said()
    assert differing(lab.settings(), wanted(lab.people, MANY)) == []
    assert "Proven" in again.stdout
    assert not list(player.work_dir.glob("again*"))
    for run in (first, nobody, dry, again):
        assert_silent(run, MANY)

    lines = safe.ledger.read_bytes().splitlines(keepends=True)
    other = _ledger_of_another_site(tmp_path)
    for changed, says in (
        (lines[:5] + lines[6:], "ledger was changed"),
        (lines[:-3], "ledger was truncated"),
        (lines[:5] + [other] + lines[5:], "ledger was changed"),
    ):
        safe.ledger.write_bytes(b"".join(changed))
        refused = player(AGAIN, cleanup=True, timeout=200, **safe.given)
        assert refused.rc != 0
        assert says in refused.reason.lower().replace("the ", ""), refused.reason


def _ledger_of_another_site(folder: Path) -> bytes:
    """A line that is right in another ledger."""
    entry = LedgerEntry("T-1", "2026-01-01T00:00:00Z", ("m:0",), (), 0, "")
    _ledger.append(str(folder / "other"), site_key("the secret of another site").ledger, [entry], "2999-01-01")
    return (folder / "other").read_bytes().splitlines(keepends=True)[1]


def assert_remembered(safe: Safe, count: int) -> None:
    assert is_private(safe.ledger)
    lines = safe.ledger.read_bytes()
    assert lines.count(b"\n") == 1 + count + 1
    assert not any(part in lines.decode() for number in (0, 1, count - 1) for part in (email(number), phone(number)[1:], phone(number)[3:]))


def assert_silent(run: Run, count: int) -> None:
    for number in (0, 7, count - 1, count + 1):
        for text in (email(number), email(number).upper(), phone(number), phone(number)[3:]):
            assert text not in run.stdout + run.stderr
