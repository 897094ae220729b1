# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts the playbook runs on, and which command lines would leave out a part of it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.genesys.gws.plugins.lookup.play_hosts import problem_of, scan_hosts

GROUPS = {"all": ["a", "b", "c"], "gws_cassandra": ["a", "b"]}


@pytest.mark.parametrize(
    ("named", "hosts"),
    [
        (None, []),
        ("", []),
        ("gws_cassandra", ["gws_cassandra"]),
        ("a, c", ["a", "c"]),
        (["a", "b,c"], ["a", "b", "c"]),
        ("ann@example.com", []),
        (["a", "ann@example.com", 7, None], ["a"]),
        ({"a": 1}, []),
    ],
)
def test_only_what_the_inventory_has(named: t.Any, hosts: list[str]) -> None:
    assert scan_hosts(named, GROUPS) == hosts


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, ""),
        ({"skip_tags": ("other",), "tags": ("x",), "subset": None, "start_at_task": None}, ""),
        ({"skip_tags": ["always"]}, "--skip-tags"),
        ({"skip_tags": ["tagged"]}, "--skip-tags"),
        ({"start_at_task": "Summary"}, "--start-at-task"),
        ({"step": True}, "--step"),
        ({"step": False}, ""),
        ({"subset": "localhost"}, ""),
        ({"subset": "localhost,gws_cassandra"}, ""),
        ({"subset": "localhost:!a"}, ""),
        ({"subset": "all"}, "--limit"),
        ({"subset": "a"}, "--limit"),
        ({"subset": "localhost:&a"}, "--limit"),
        ({"subset": "localhost,!localhost"}, "--limit"),
        ({"subset": "localhost:!gws_cassandra"}, ""),
        ({"subset": "localhost:!here"}, "--limit"),
        ({"subset": "localhost:!all"}, "--limit"),
        ({"subset": "localhost:!local*"}, "--limit"),
        ({"subset": "localhost:!~l.*"}, "--limit"),
        ({"subset": "localhost:!nowhere"}, "--limit"),
        ({"subset": "@retry"}, "--limit"),
    ],
)
def test_in_one_piece(arguments: dict[str, t.Any], says: str) -> None:
    problem = problem_of(arguments, {**GROUPS, "here": ["localhost"]})
    assert says in problem
    assert bool(says) is bool(problem)


PLAYBOOKS = sorted((Path(__file__).parents[4] / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=[path.name for path in PLAYBOOKS])
def test_every_play_is_guarded(playbook: Path) -> None:
    """A play without the guard would be left out by --limit or --tags, and the playbook would end well."""
    for play in yaml.safe_load(playbook.read_text(encoding="utf-8")):
        assert "lookup('genesys.gws.play_hosts'" in play["hosts"]
        assert play["tags"] == ["always"]
