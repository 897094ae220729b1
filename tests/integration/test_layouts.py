# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dry run, cleanup, and cleanup again, on each table layout: A1 = A0 − B0, B1 = 0, C1 = C0, compared in Cassandra."""

from __future__ import annotations

import pytest

from tests.integration.support import PASSWORD, Canaries, Player, differences, only_reads, scratch_groups
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.layouts import LAYOUTS
from tests.lab.population import population

PEOPLE = population(12, 600)
REGIONS = {"wide": "US", "typed": "GB", "document": "DE", "blobs": "FR", "by_group": "US"}
"""Each layout with the subjects of one country, and with the one who has no phone."""


QUICK = ("typed", "wide")
"""What `make test` runs; the slow tests have the others."""


@pytest.mark.parametrize("layout", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in sorted(LAYOUTS)])
def test_layout(session_lab: Lab, player: Player, layout: str) -> None:
    lab, truth, region = session_lab, PEOPLE.truth, REGIONS[layout]
    lab.reset(layout=layout, people=PEOPLE, config=GwsConfig(password=PASSWORD))
    chosen = [subject for subject in truth.subjects if subject.region in (region, None)]
    refs = [subject.ref for subject in chosen]
    given = {
        "forget_me_subjects": [{"ref": f"ticket-{one.ref}", "identifiers": list(one.identifiers)} for one in chosen],
        "forget_me_region": region,
        "forget_me_min_length": 5,
    }
    canaries = Canaries(PEOPLE)

    before = lab.dump()
    dry = player(**given)
    assert dry.rc == 0, dry.said()
    assert "The search was complete" in dry.summary
    assert only_reads(lab.gws.requests)
    assert lab.dump() == before, "the dry run has changed a byte or a write time"

    lab.gws.requests.clear()
    erased = player(cleanup=True, **given)
    assert erased.rc == 0, erased.said()
    assert "Proven" in erased.summary
    after = lab.settings()
    assert differences(PEOPLE, after, refs) == []
    assert all(decoy.resource in after for decoy in truth.decoys)
    assert all(after[one.resource] == PEOPLE.settings()[one.resource] for one in truth.corporate)
    assert scratch_groups(lab) == []
    assert erased.backups == []

    lab.gws.requests.clear()
    before = lab.dump()
    again = player(cleanup=True, **given)
    assert again.rc == 0, again.said()
    assert "nothing was changed" in again.summary
    assert only_reads(lab.gws.requests)
    assert lab.dump() == before, "the second run has changed a byte or a write time"
    assert [leak for run in (dry, erased, again) for leak in canaries.in_run(run)] == []
