# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory that was given and counts for nothing is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader

from ansible_collections.genesys.gws.plugins.plugin_utils._inventories import unread


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        ("[all:vars]\nforget_me_holds=[]\n", True),
        ("", True),
        ("all:\n  hosts:\n    a:\n", True),
        ("all:\n  hosts: [a\n", False),
        ("[gws\na\n", False),
        (None, False),
    ],
    ids=["INI", "empty", "YAML", "broken YAML", "broken INI", "missing"],
)
def test_files(tmp_path: Path, content: str | None, is_read: bool) -> None:
    path = tmp_path / "inventory.yml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert unread([str(path), "host,"], DataLoader()) == (0 if is_read else 1)


def test_a_script_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    script.chmod(0o755)
    assert unread([str(script), str(tmp_path)], DataLoader()) == 0
    assert not (tmp_path / "ran").exists()


def test_an_inventory_that_nobody_has_named() -> None:
    assert unread(constants.config.get_config_value("DEFAULT_HOST_LIST"), DataLoader()) == 0
    assert unread(None, DataLoader()) == 0
    assert unread(["/etc/nowhere/hosts"], DataLoader()) == 1
