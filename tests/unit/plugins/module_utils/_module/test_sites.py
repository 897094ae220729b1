# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""gws_pii_delete as a whole, over HTTP, against each way in which a site's GWS may differ from the next one's: what is the person's goes, and nothing else."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from tests.lab.gws import INTERNAL_URL, Request
from tests.lab.layouts import Group, Owner
from tests.unit.plugins.module_utils._module.test_source import ADMIN, AGENTS, ANN, FAVORITES, Site, site

__all__ = ["site"]

BOB = {"name": "fav-2", "mail": "bob@example.org"}
AGENT = Owner("user", AGENTS[0].id)


@pytest.fixture
def small(site: Site) -> Site:
    """Three agents are enough; the group of one of them has nobody else in it."""
    for number, user in enumerate(AGENTS):
        owner = Owner("user", user.id)
        site.layout.drop_group(owner, FAVORITES)
        if number < 3:
            site.layout.put(owner, FAVORITES, "fav-1", {"name": "fav-1", "mail": ANN})
        if number < 2:
            site.layout.put(owner, FAVORITES, "fav-2", BOB)
    site.gws.reseed(site.layout, [ADMIN, *AGENTS[:3]])
    return site


def rest(site: Site) -> list[list[dict[str, t.Any]]]:
    return [site.layout.settings(Owner("user", user.id), FAVORITES) for user in AGENTS[:3]]


@pytest.mark.parametrize(
    "changes",
    [
        {"quiet_writes": True},
        {"done_later": 0.6},
        {"session_expires_after": 9, "expired_is_redirect": True},
        {"missing_group_code": 4, "empty_group_vanishes": True},
        {"missing_group_code": 12, "empty_group_vanishes": True},
    ],
)
def test_everything_of_the_person_goes_and_nothing_else(small: Site, changes: dict[str, t.Any]) -> None:
    for name, value in changes.items():
        setattr(small.gws.config, name, value)
    done = small.run()
    assert not done.get("failed"), done["msg"]
    assert done["outcomes"]["deleted"] == 3
    assert rest(small) == [[BOB], [BOB], []]


@pytest.mark.parametrize("in_json", [False, True])
def test_a_token_that_is_no_longer_good_is_asked_for_anew(small: Site, in_json: bool) -> None:
    small.gws.config.csrf, small.gws.config.csrf_refused_in_json = True, in_json

    writes = itertools.count(1)

    def hook(phase: str, request: Request) -> None:
        if phase == "before" and request.is_write and next(writes) % 4 == 0:
            for session in small.gws.sessions.values():
                session.token += "x"

    small.gws.hooks.append(hook)
    done = small.run()
    assert not done.get("failed"), done["msg"]
    assert rest(small) == [[BOB], [BOB], []]
    assert 403 in {request.status for request in small.gws.requests}


def _with(small: Site, change: t.Callable[[list[t.Any]], list[t.Any]]) -> None:
    """The first agent's settings are shown changed."""
    original = small.gws.layout.settings

    def shown(owner: Owner, group: Group) -> list[t.Any]:
        return change(original(owner, group)) if owner == AGENT else original(owner, group)

    small.gws.layout.settings = shown  # type: ignore[method-assign]


@pytest.mark.parametrize("odd", [None, 5, True, [], ["x", {"a": 1}], "a text", ""])
def test_what_is_no_object_keeps_nobody_from_being_erased(small: Site, odd: t.Any) -> None:
    _with(small, lambda settings: [odd, *settings])
    done = small.run()
    assert not done.get("failed"), done["msg"]
    assert rest(small)[1:] == [[BOB], []]


@pytest.mark.parametrize("odd", [f"call {ANN}", [ANN], [{"mail": ANN}]])
def test_what_is_no_object_and_the_persons_is_left_and_said(small: Site, odd: t.Any) -> None:
    _with(small, lambda settings: [*settings, odd])
    done = small.run()
    assert done["failed"]
    assert (done["outcomes"]["deleted"], done["outcomes"]["shared"]) == (3, 1)


def test_addresses_are_no_settings(small: Site) -> None:
    """Then nobody has read them."""
    _with(small, lambda settings: [f"{INTERNAL_URL}/api/v2/x/{setting['name']}" for setting in settings])
    done = small.run()
    assert "could not read a settings group" in done["msg"]
    assert not any(request.is_write for request in small.gws.requests)


@pytest.mark.parametrize("code", [4, 6, 12])
def test_a_group_that_is_listed_is_not_absent_whatever_is_said_of_it(small: Site, code: int) -> None:
    small.gws.config.missing_group_code = code
    known = small.layout.group
    small.layout.group = lambda owner, name: None if owner == AGENT else known(owner, name)  # type: ignore[method-assign]
    done = small.run()
    assert done["failed"]
    assert "a settings group" in done["msg"]
    assert not any(request.is_write for request in small.gws.requests)
