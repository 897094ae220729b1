# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the people may be encrypted; what can't be read is told without its path."""

from __future__ import annotations

from pathlib import Path

import ansible.constants  # loads the configuration, which the vault needs
import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest
from ansible_collections.genesys.gws.plugins.plugin_utils._vaulted import is_vaulted, people_in

RIGHT = VaultLib([("default", VaultSecret(b"right"))])
CONFIGURATION = ansible.constants.config
PEOPLE = "\ufeffann@example.com\n+1 202 555 0147\n"


def test_people_in_a_vault(tmp_path: Path) -> None:
    path = tmp_path / "people"
    path.write_bytes(RIGHT.encrypt(PEOPLE.encode()))
    assert is_vaulted(str(path))
    assert people_in(str(path), RIGHT) == PEOPLE.lstrip("\ufeff")
    for vault in (VaultLib([]), VaultLib([("default", VaultSecret(b"wrong"))])):
        with pytest.raises(
            BadRequest, match=r"^Nothing was done: forget_me_subjects_file is encrypted, and its vault password is missing or wrong"
        ):
            people_in(str(path), vault)


def test_people_in_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "people"
    path.write_text(PEOPLE, encoding="utf-8")
    assert not is_vaulted(str(path))
    assert people_in(str(path), VaultLib([])) == PEOPLE.lstrip("\ufeff")


def test_what_can_t_be_read(tmp_path: Path) -> None:
    (tmp_path / "utf-16").write_text(PEOPLE, encoding="utf-16")
    assert not is_vaulted(str(tmp_path / "nowhere"))
    for name, says in (("nowhere", "can't be read (errno 2)."), (".", "can't be read (errno 21)."), ("utf-16", "is not UTF-8.")):
        with pytest.raises(BadRequest) as caught:
            people_in(str(tmp_path / name), VaultLib([]))
        assert str(caught.value) == f"Nothing was done: forget_me_subjects_file {says}"
