# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""forget_me_report_dir: what the data-protection officer reads and keeps."""

from __future__ import annotations

import html
import json
from pathlib import Path

from tests.integration.conftest import SMALL
from tests.integration.support import Canaries, Player, is_private, writes
from tests.lab.lab import Lab

SUBJECTS = [
    {"ref": "TICKET-4711 & <b>", "identifiers": list(SMALL.truth.subject("S-1").identifiers)},
    {"ref": "nobody", "identifiers": ["no.one@example.org"]},
]


_TITLES = {"searched": "Dry run: nothing was changed", "proven": "Erased and proven", "failed": "Failed: nothing is proven"}


def test_reports(lab: Lab, player: Player, canaries: Canaries, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    given = {"forget_me_subjects": SUBJECTS, "forget_me_region": "US", "forget_me_report_dir": str(folder)}
    wanted = SMALL.expected("S-1")
    gone = [one for one, goal in wanted.items() if goal is None]

    assert player(**given).rc == 0
    dry = _only(folder)
    assert dry["mode"] == "dry run"
    assert dry["result"] == "searched"
    assert dry["search"]["complete"] is True
    assert dry["search"]["matches"] == len(wanted) + len({one.resource for one in SMALL.truth.corporate})
    assert dry["erasure"]["plan"]["settings"] == len(wanted)
    assert dry["erasure"]["requests_that_write"] == 0

    run = player(cleanup=True, **given)
    assert run.rc == 0, run.said()
    done = _only(folder)
    assert done["mode"] == "erase"
    assert done["result"] == "proven"
    assert done["erasure"]["plan"]["digest"] == dry["erasure"]["plan"]["digest"]
    outcomes = done["erasure"]["outcomes"]
    after = lab.settings()
    assert outcomes["deleted"] + outcomes["redacted"] == len(wanted)
    assert outcomes["deleted"] == len([one for one in wanted if one not in after]) >= len(gone)
    assert outcomes["corporate"] == len({one.resource for one in SMALL.truth.corporate})
    assert done["erasure"]["requests_that_write"] == len(writes(lab.gws.requests))
    assert [one["ref"] for one in done["erasure"]["subjects"]] == ["TICKET-4711 & <b>", "nobody"]
    assert done["erasure"]["subjects"][1]["found"] == 0
    assert done["proof"]["complete"] is True
    assert done["proof"]["left"] == 0

    failed = player(cleanup=True, **given, forget_me_tables=["nosuchtable"])
    assert failed.rc != 0
    report = _only(folder)
    assert report["result"] == "failed"
    assert report["reason"] == failed.reason
    assert report["proof"]["complete"] is False
    assert canaries.in_run(run) + canaries.in_run(failed) == []


def _only(folder: Path) -> dict:
    """The one report that is there; it is private, holds no personal data, and is taken away. Its page for people says the same."""
    assert folder.stat().st_mode & 0o077 == 0
    page, path = sorted(folder.iterdir())
    assert (page.suffix, path.suffix) == (".html", ".json")
    assert page.stem == path.stem
    for one in (page, path):
        assert is_private(one)
        assert Canaries(SMALL).sing(one.read_text(encoding="utf-8")) == []
    report: dict = json.loads(path.read_text(encoding="utf-8"))
    texts = html.unescape(page.read_text(encoding="utf-8"))
    assert _TITLES[report["result"]] in texts
    assert report["reason"] in texts
    assert all(subject["ref"] in texts for subject in report["erasure"]["subjects"])
    assert not report["search"]["complete"] or f"{report['search']['coverage']['rows']:,} row" in texts
    for one in (page, path):
        one.unlink()
    return report
