# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Cassandra is reached: what is no host is refused, and shown nowhere."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec
from ansible_collections.genesys.gws.plugins.module_utils._module.options import cassandra_of, gws_of


def params(*hosts: str) -> dict[str, t.Any]:
    return {**{name: option.get("default") for name, option in argspec.cassandra_spec().items()}, "login_host": list(hosts)}


@pytest.mark.parametrize(
    "person", ["canary@example.com", "+12025550147", "12025550147", "Canary Person", "canary;person", "127.0.0.1:9042"]
)
def test_a_person_is_no_host(person: str) -> None:
    with pytest.raises(InputError) as caught:
        cassandra_of(params("cassandra1.example.com", person))
    assert caught.value.message == "login_host[2] is not a host name or address."


def test_hosts() -> None:
    assert cassandra_of(params("10.0.0.1", " [::1] ", "", "fe80::1%eth0", "c_1", "localhost")).hosts == (
        *("10.0.0.1", "::1", "fe80::1%eth0", "c_1", "localhost"),
    )


@pytest.mark.parametrize("option", ["ca_cert", "client_cert", "client_key"])
def test_a_certificate_is_not_left_out_silently(tmp_path: Path, option: str) -> None:
    """Who gives one means an encrypted connection."""
    path = tmp_path / "pem"
    path.write_text("")
    given = {**params("c.example.com"), option: str(path)}
    with pytest.raises(InputError, match=f"^{option} is set but ssl is not true"):
        cassandra_of(given)
    assert getattr(cassandra_of({**given, "ssl": True}), option) == str(path)
    gws = {name: value.get("default") for name, value in argspec.gws_spec().items()}
    gws |= {"gws_username": "a", "gws_password": "b", f"gws_{option}": str(path)}
    for urls in (["http://a.example.com"], ["HTTPS://a.example.com", "http://b.example.com"]):
        with pytest.raises(InputError, match=f"^gws_{option} is set but gws_url is not https"):
            gws_of({**gws, "gws_url": urls})
    assert getattr(gws_of({**gws, "gws_url": ["HTTPS://a.example.com"]}), option) == str(path)
