# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The corpus through the playbook, on a real Cassandra: what is exact is erased, everything else is left as it was."""

from __future__ import annotations

import collections
import json
import re
from typing import Any

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from tests.integration.support import PASSWORD, Player
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.layouts import Entry, Group, Owner
from tests.lab.population import Population, Truth, population
from tests.unit.strategies import finder
from tests.unit.test_corpus import FILES, entries

GROUP = Group("interaction-workspace-personal-favorites", "Favorites", "name")
CORPUS = [entry for name in FILES for entry in entries(name)]
BY_REGION = collections.Counter(entry["region"] for entry in CORPUS)
# A run has one region. The regions with few entries are covered by the unit test; here the playbook runs for those with many.
REGIONS = [region for region, count in BY_REGION.most_common() if count >= 10]


def chosen(region: str | None) -> list[dict[str, Any]]:
    """The entries of a region that can be planted together: no value is about the identifier of another one."""
    found: list[dict[str, Any]] = []
    candidates = [entry for entry in CORPUS if entry["region"] == region]
    everybody = finder(*(entry["identifier"] for entry in candidates), region=region)
    for number, entry in enumerate(candidates):
        seen = {candidates[hit.subject]["identifier"] for hit in everybody.matcher.in_value({"value": entry["value"]})}
        if seen <= {candidates[number]["identifier"]} and not _names_others(entry["value"]):
            found.append(entry)
    return found


def _is_exact(entry: dict[str, Any], setting: Any) -> bool:
    hits = finder(entry["identifier"], region=entry["region"]).matcher.in_value(setting)
    return entry["expected"] != "exact" or any(hit.certainty is Certainty.EXACT for hit in hits)


def _names_others(value: Any) -> bool:
    """Whether it may be left whole, as a setting that is shared: it holds two addresses or two long numbers, or begins like JSON and is none."""
    text = json.dumps(value)
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            json.loads(value)
        except ValueError:
            return True
    addresses = re.findall(r"[\w.+-]+(?:@|%40|&#64;)[\w-]+\.[\w.-]+", text)
    return len(set(addresses)) > 1 or len(re.findall(r"(?:\d[ ()./-]{0,3}){9,}", text)) > 1


@pytest.mark.parametrize("region", REGIONS)
def test_what_is_exact_is_erased_and_nothing_else(lab: Lab, player: Player, region: str | None) -> None:
    listed = chosen(region)
    assert len(listed) > BY_REGION[region] / 2
    base = population(4, 20, subjects=1)
    owner = Owner("user", next(user.id for user in base.users if "ROLE_ADMIN" not in user.roles))
    planted = [Entry(owner, GROUP, {"name": f"favorite-{number}", "value": entry["value"]}) for number, entry in enumerate(listed)]
    people = Population(base.users, [(owner, GROUP)], planted, Truth([], []))
    lab.reset(layout="wide", people=people, config=GwsConfig(password=PASSWORD))
    before = lab.settings()
    identifiers = list(dict.fromkeys(entry["identifier"] for entry in listed))
    run = player(
        search=identifiers,
        cleanup=True,
        forget_me_region=region,
        forget_me_max_per_subject=1000,
        forget_me_min_length=3,
        forget_me_possible="report",
        timeout=400,
    )
    after = lab.settings()
    wrong = []
    for number, entry in enumerate(listed):
        resource = (owner, GROUP.name, f"favorite-{number}")
        gone = resource not in after or not _is_exact(entry, after[resource])  # deleted, or cut out of what holds more
        if gone is not (entry["expected"] == "exact") or (not gone and json.dumps(after[resource]) != json.dumps(before[resource])):
            wrong.append((entry["why"], entry["expected"], "gone" if gone else "there"))
    assert not wrong, (len(wrong), wrong[:20], run.said()[-1500:])
