# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The corpus through the playbook, on a real Cassandra: what is exact is erased, everything else is left as it was.

Each entry is planted as the value of a setting. A setting whose value names somebody else, too, is redacted, or left as shared: which of them, and what is
left then, is in tests/corpus/results.json; all other settings with an exact match go whole. A run has one region. Entries of the same region are planted
together, as far as no value is about the identifier of another entry.
"""

from __future__ import annotations

import collections
import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support import PASSWORD, Player
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.layouts import Entry, Group, Owner
from tests.lab.population import Population, Truth, population
from tests.unit.strategies import finder
from tests.unit.test_corpus import CLASSES, CORPUS, FILES, entries

GROUP = Group("interaction-workspace-personal-favorites", "Favorites", "name")
ALL = [entry for name in FILES for entry in entries(name)]
RESULTS = json.loads((CORPUS / "results.json").read_text(encoding="utf-8"))
USUAL = ("US", "DE", None, "GB", "NO")
"""Regions with enough entries for a run of their own; an entry of another region is put to one of them where it has the same class there."""


def _region_of_run(entry: dict[str, Any]) -> str | None:
    if entry["region"] in USUAL:
        return str(entry["region"]) if entry["region"] else None
    for region in USUAL:
        if finder(entry["identifier"], region=region).certainty({"value": entry["value"]}) is CLASSES[entry["expected"]]:
            return region
    return str(entry["region"])


def _batches(region: str | None, listed: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Entries that can be planted together."""
    identifiers = [entry["identifier"] for entry in listed]
    everybody = finder(*identifiers, region=region)
    batches: list[list[tuple[dict[str, Any], set[str]]]] = []
    for entry in listed:
        about = {identifiers[hit.subject] for hit in everybody.matcher.in_value({"value": entry["value"]})} - {entry["identifier"]}
        for batch in batches:
            if all(entry["identifier"] not in others and other["identifier"] not in about for other, others in batch):
                batch.append((entry, about))
                break
        else:
            batches.append([(entry, about)])
    return [[entry for entry, _about in batch] for batch in batches]


BY_REGION: dict[str | None, list[dict[str, Any]]] = collections.defaultdict(list)
for one in ALL:
    BY_REGION[_region_of_run(one)].append(one)
RUNS = {
    f"{region}-{number}": (region, batch)
    for region, listed in BY_REGION.items()
    for number, batch in enumerate(_batches(region, listed), 1)
}
OFTEN = [name for name, (region, _batch) in RUNS.items() if region in USUAL]
RARELY = [name for name in RUNS if name not in OFTEN]


def _expected(entry: dict[str, Any], setting: dict[str, Any]) -> dict[str, Any] | None:
    """The setting as it is to be afterwards; None: gone."""
    if entry["expected"] != "exact":
        return setting
    for result in RESULTS:
        if (result["value"], result["identifier"]) == (entry["value"], entry["identifier"]):
            return setting if result["result"] == "shared" else {**setting, "value": result["left"]}
    return None


def check(lab: Lab, player: Player, name: str) -> None:
    region, listed = RUNS[name]
    base = population(4, 20, subjects=1)
    owner = Owner("user", next(user.id for user in base.users if "ROLE_ADMIN" not in user.roles))
    planted = {f"favorite-{number}": {"name": f"favorite-{number}", "value": entry["value"]} for number, entry in enumerate(listed)}
    people = Population(base.users, [(owner, GROUP)], [Entry(owner, GROUP, setting) for setting in planted.values()], Truth([], []))
    lab.reset(layout="wide", people=people, config=GwsConfig(password=PASSWORD))
    run = player(
        search=list(dict.fromkeys(entry["identifier"] for entry in listed)),
        cleanup=True,
        forget_me_region=region,
        forget_me_max_per_subject=1000,
        forget_me_min_length=3,
        forget_me_possible="report",
        timeout=500,
    )
    after = {key: setting for (_owner, _group, key), setting in lab.settings().items()}
    wrong = []
    for (key, setting), entry in zip(planted.items(), listed, strict=True):
        expected = _expected(entry, setting)
        if json.dumps(after.get(key)) != json.dumps(expected):
            wrong.append((entry["why"], entry["expected"], expected, after.get(key)))
    assert not wrong, (len(wrong), wrong[:20], run.said()[-1500:])
    is_shared = any(
        entry["expected"] == "exact" and _expected(entry, setting) == setting
        for setting, entry in zip(planted.values(), listed, strict=True)
    )
    assert (run.rc != 0) or not is_shared, "what is left of the person is said by the exit code"


@pytest.mark.parametrize("name", OFTEN)
def test_what_is_exact_is_erased_and_nothing_else(lab: Lab, player: Player, name: str) -> None:
    check(lab, player, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", RARELY)
def test_regions_with_few_entries(lab: Lab, player: Player, name: str) -> None:
    check(lab, player, name)


def test_all_of_the_corpus_is_planted() -> None:
    counts = collections.Counter(entry["expected"] for _region, batch in RUNS.values() for entry in batch)
    assert sum(counts.values()) == len(ALL) >= 400
    assert counts["exact"] >= 150
    assert len(RESULTS) == len({(json.dumps(result["value"]), result["identifier"]) for result in RESULTS}) >= 20
    known = {(json.dumps(entry["value"]), entry["identifier"]) for entry in ALL}
    assert all((json.dumps(result["value"]), result["identifier"]) in known for result in RESULTS), Path(CORPUS, "results.json")
