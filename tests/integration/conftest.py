# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Cassandra and one stand-in for the session; each test says what it wants to be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.support import PASSWORD, Canaries, Player, heal
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import Population, population

SMALL = population(4, 150, subjects=1)
"""One subject (S-1), four agents: enough to see what becomes of a run."""


@pytest.fixture(scope="session")
def session_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab that all tests share."""
    with Lab(layout="wide", people=SMALL, config=GwsConfig(password=PASSWORD), work_dir=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def lab(session_lab: Lab) -> Lab:
    """The small population in the layout `wide`, no faults. Tests that want something else call `reset`."""
    if session_lab.people is SMALL and session_lab.layout.name == "wide":
        heal(session_lab)
    else:
        session_lab.reset(layout="wide", people=SMALL, config=GwsConfig(password=PASSWORD))
    return session_lab


@pytest.fixture
def player(session_lab: Lab, tmp_path: Path) -> Player:
    """Runs playbooks."""
    return Player(session_lab, tmp_path)


@pytest.fixture(scope="session")
def small() -> Population:
    """The population that the lab has, unless a test asks for another one."""
    return SMALL


@pytest.fixture(scope="session")
def canaries() -> Canaries:
    """What may be seen nowhere when the small population is loaded."""
    return Canaries(SMALL)
