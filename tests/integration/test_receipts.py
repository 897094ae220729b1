# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The receipt of a run, whatever became of it: verified with ssh-keygen alone, in the published form, and saying what the page says."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import BIN, PASSWORD, ROOT, Canaries, Player, environment, is_private
from tests.integration.test_killed import _kill_family
from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab

SCHEMA = json.loads((ROOT / "docs/receipt.schema.json").read_text())
SUBJECTS = [
    {"ref": "TICKET-1", "identifiers": list(SMALL.truth.subject("S-1").identifiers)},
    {"ref": "TICKET-2", "identifiers": ["no@b.example"]},
]


class Office:
    """What the data-protection officer has: the reports, and the public key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports = folder / "reports"
        folder.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "key")], check=True)
        self.key = (folder / "key").read_text()
        self.signers = folder / "allowed_signers"
        self.signers.write_text("dpo@example.com " + (folder / "key.pub").read_text())
        self.given: dict[str, Any] = {
            "forget_me_subjects": SUBJECTS,
            "forget_me_region": "US",
            "forget_me_report_dir": str(self.reports),
            "forget_me_receipt_key": self.key,
            "forget_me_ledger": str(folder / "ledger.jsonl"),
        }

    def verifies(self, content: bytes, signature: Path) -> bool:
        command = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            str(self.signers),
            "-I",
            "dpo@example.com",
            "-n",
            "erasure-receipt",
            "-s",
            str(signature),
        ]
        return subprocess.run(command, input=content, capture_output=True, check=False).returncode == 0

    def receipt(self, result: str) -> dict[str, Any]:
        """The one receipt with this result, checked in all ways."""
        found: list[dict[str, Any]] = []
        for path in sorted(self.reports.glob("receipt-*.json")):
            content = path.read_bytes()
            signature = path.with_name(path.name + ".sig")
            assert is_private(path)
            assert self.verifies(content, signature)
            for bit in (0, 8 * len(content) // 2 + 3, 8 * len(content) - 1):
                changed = bytearray(content)
                changed[bit // 8] ^= 1 << bit % 8
                assert not self.verifies(bytes(changed), signature)
            receipt = json.loads(content)
            jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
            assert Canaries(SMALL).sing(content.decode()) == []
            assert re.fullmatch(r"receipt-\d{8}T\d{6}Z(-\d+)?\.json", path.name)
            if receipt["run"]["result"] == result:
                found.append(receipt)
        assert len(found) == 1, [path.name for path in self.reports.iterdir()]
        return found[0]

    def page(self, started: str) -> str:
        """The page of the run that began then."""
        return html.unescape((self.reports / f"forget_me-{re.sub('[^0-9TZ]', '', started)}.html").read_text())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


def test_success_and_what_the_page_says(lab: Lab, player: Player, office: Office, canaries: Canaries) -> None:
    run = player(timeout=300, cleanup=True, arguments=("-vvv",), **office.given)
    assert run.rc == 0, run.said()
    receipt = office.receipt("proven")
    wanted = SMALL.expected("S-1")
    first, second = receipt["subjects"]
    assert first["ref"] == "TICKET-1"
    assert sum(first["erased"].values()) == len(wanted) == receipt["plan"]["settings"]
    assert (first["left"], second["erased"], second["found"]) == ({}, {}, {"exact": 0, "possible": 0})
    assert receipt["proof"]["left"] == 0
    assert receipt["searched"]["whole_ring"] is receipt["proof"]["whole_ring"] is True
    assert receipt["searched"]["rows"] == sum(table["rows"] for table in receipt["searched"]["tables"]) > 0
    assert receipt["ledger"]["lines"] == 2
    dates = [part["until"] for part in receipt["not_covered"] if part["by"] == "Cassandra"]
    assert len(dates) == len(receipt["searched"]["tables"])
    assert receipt["search_again"] == max(dates) > receipt["run"]["finished"]
    assert f"Search again after {receipt['search_again']}" in run.summary
    shown = office.page(receipt["run"]["started"])
    told = json.loads(shown.partition("<pre>")[2].partition("</pre>")[0])
    assert {name: told[name] for name in receipt} == receipt, "the page does not say what the receipt says"
    assert f"{told['file']}, signed by {receipt['signed_by']}" in shown
    secret = [line for line in office.key.splitlines() if "-----" not in line]
    for text in (run.stdout, run.stderr, *(path.read_text() for path in office.reports.iterdir())):
        assert not any(line in text for line in secret)
        assert canaries.sing(text) == []
    assert not any(
        line.encode() in path.read_bytes()
        for path in [*player.home.rglob("*"), *player.work_dir.rglob("*")]
        if path.is_file()
        for line in secret
    )
    assert not list(player.work_dir.glob("run-*"))

    [path] = office.reports.glob("receipt-*.json")
    verify = ROOT / "playbooks" / "verify_receipt.yml"
    good = player(verify, plain=True, receipt=str(path), signers=str(office.signers))
    assert good.rc == 0, good.said()
    assert "Verified: signed by dpo@example.com." in good.stdout
    path.write_bytes(path.read_bytes().replace(b'"deleted": ', b'"deleted": 1', 1))
    bad = player(verify, plain=True, receipt=str(path), signers=str(office.signers))
    assert bad.rc != 0
    assert "NOT verified" in bad.reason


def test_a_receipt_is_verified_from_where_one_is(tmp_path: Path, office: Office) -> None:
    """As docs/evidence.md shows it: the name of the file, in the folder in which it is."""
    receipt = office.folder / "receipt-20261126T020000Z.json"
    receipt.write_bytes(b'{"receipt": "\\u00e4"}\n')
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(office.folder / "key"), "-n", "erasure-receipt", str(receipt)]
    subprocess.run(sign, check=True, capture_output=True)

    def verify(name: str = receipt.name, signers: str = office.signers.name) -> subprocess.CompletedProcess[str]:
        command = [
            str(BIN / "ansible-playbook"),
            str(ROOT / "playbooks/verify_receipt.yml"),
            "-e",
            f"receipt={name}",
            "-e",
            f"signers={signers}",
        ]
        return subprocess.run(command, cwd=office.folder, env=environment(tmp_path / "home"), text=True, capture_output=True, check=False)

    good = verify()
    assert good.returncode == 0, good.stdout
    assert "Verified: signed by dpo@example.com." in good.stdout
    for name, signers, lacks in (
        ("canary@example.com", office.signers.name, "receipt, its signature (.sig)"),
        (receipt.name, ".", "signers"),
    ):
        missing = verify(name, signers)
        assert missing.returncode != 0
        assert f"There is nothing to verify. No such file: {lacks}." in missing.stdout, missing.stdout
        assert "canary" not in missing.stdout + missing.stderr, "what was typed there may be the person"
    receipt.write_bytes(b'{"receipt": "\xff\xfe"}\n')
    bad = verify()
    assert bad.returncode != 0
    assert "NOT verified" in bad.stdout, bad.stdout


def test_left_overs(lab: Lab, player: Player, office: Office) -> None:
    """What was asked to be left is left, and the receipt says whose it is, how much, and why."""
    run = player(timeout=300, cleanup=True, forget_me_shared_settings="report", **office.given)
    assert run.rc != 0
    receipt = office.receipt("failed")
    [first, second] = receipt["subjects"]
    assert sum(first["erased"].values()) > 0
    assert sum(first["left"].values()) == receipt["proof"]["left"] > 0
    assert first["left"] == {"shared": first["kept"]["shared"]}
    assert "shared" in receipt["why_kept"]
    assert second["left"] == {}
    shown = office.page(receipt["run"]["started"])
    assert receipt["run"]["reason"] == run.reason
    assert json.loads(shown.partition("<pre>")[2].partition("</pre>")[0])["subjects"] == receipt["subjects"]


def test_failures(lab: Lab, player: Player, office: Office) -> None:
    no_login = player(timeout=300, **{**office.given, "gws_user_password": PASSWORD + "x"})
    assert no_login.rc != 0
    receipt = office.receipt("failed")
    assert (receipt["run"]["mode"], receipt["run"]["reason"]) == ("dry run", no_login.reason)
    assert no_login.reason in office.page(receipt["run"]["started"])


@pytest.mark.slow
def test_a_gws_that_lies(lab: Lab, player: Player, office: Office) -> None:
    lab.gws.reseed(lab.layout, SMALL.users, GwsConfig(password=PASSWORD, delete_lies="users"))
    failed = player(timeout=300, cleanup=True, **office.given)
    assert failed.rc != 0
    receipt = office.receipt("failed")
    assert receipt["run"]["reason"] == failed.reason
    assert receipt["run"]["reason"] in office.page(receipt["run"]["started"])
    assert receipt["ledger"]["lines"] == 2, "whoever was about to be erased is in the ledger"


@pytest.mark.slow
def test_what_a_receipt_needs_is_checked_first(lab: Lab, player: Player, office: Office) -> None:
    """The short form is the unit test of the room."""
    lab.gws.requests.clear()
    for changed, words in (
        ({"forget_me_receipt_key": "no key"}, "not an OpenSSH private key"),
        ({"forget_me_report_dir": None}, "set that folder, too"),
    ):
        run = player(timeout=300, cleanup=True, **{**office.given, **changed})
        assert run.rc != 0
        assert words in run.reason
    without = player(timeout=300, cleanup=True, env={"PATH": str(office.folder)}, **office.given)
    assert without.rc != 0
    assert "ssh-keygen" in without.reason
    assert list(lab.gws.requests) == []
    assert not office.reports.exists() or not list(office.reports.iterdir())


def test_a_killed_run_gets_its_receipt_from_the_next_one(lab: Lab, player: Player, office: Office) -> None:
    command, _unused = player.command(cleanup=True, **office.given)
    started: list[subprocess.Popen[bytes]] = []
    counted = [0]

    def kill(phase: str, request: Request) -> None:
        if phase == "after" and request.is_write and "/users/" in request.path:
            counted[0] += 1
            if counted[0] == 3:
                _kill_family(started[0].pid)

    lab.gws.hooks.append(kill)
    with (player.folder / "killed.log").open("wb") as log:
        environ = environment(player.home)
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        )
        assert started[0].wait(timeout=120) == -signal.SIGKILL, (player.folder / "killed.log").read_text()
    lab.gws.hooks.clear()
    assert not list(office.reports.glob("receipt-*"))
    [record] = player.work_dir.glob("run-*")
    assert is_private(record)
    assert Canaries(SMALL).sing(record.read_text()) == []

    run = player(timeout=300, cleanup=True, **office.given)
    assert run.rc == 0, run.said()
    assert "1 earlier run ended without a receipt, which has been written now." in run.summary
    receipt = office.receipt("interrupted")
    assert receipt["searched"]["complete"] is True
    assert receipt["plan"]["settings"] == len(SMALL.expected("S-1"))
    assert receipt["ledger"]["lines"] == 2
    [first, _second] = receipt["subjects"]
    assert sum(first["erased"].values()) >= 1
    assert first["kept"].get("unknown", 0) >= 1
    assert office.receipt("proven")["run"]["started"] > receipt["run"]["started"]
    assert not list(player.work_dir.glob("run-*"))
    assert os.path.exists(office.given["forget_me_ledger"])
