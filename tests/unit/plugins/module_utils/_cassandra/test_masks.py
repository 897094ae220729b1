# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table whose values may be masked is not read as if it were whole. On a server: test_least_privilege."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.masks import with_masks
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Table

TABLES = [Table("people", ()), Table("settings", ()), Table("broken", (), "the driver can't read its schema completely")]


def masked(versions: list[str], *columns: tuple[str, str]) -> dict[str, str]:
    def read(statement: str, _parameters: tuple[t.Any, ...]) -> list[tuple[t.Any, ...]]:
        assert "system_schema.column_masks" in statement
        return list(columns)

    return {table.name: table.problem for table in with_masks(TABLES, "sipfs", versions, read)}


def test_a_masked_column_is_a_problem() -> None:
    found = masked(["5.0.6"], ("people", "phone"), ("people", "mail"), ("broken", "x"))
    assert found == {"people": "masked: mail, phone; drop the mask first", "settings": "", "broken": TABLES[2].problem}
    assert masked(["5.0.6"]) == {"people": "", "settings": "", "broken": TABLES[2].problem}


@pytest.mark.parametrize("versions", [["4.1.10"], ["3.11.19"], ["2.2.19"], ["4.1.10", "5.0.6"], ["4.0.0.6816"], [""], []])
def test_older_versions_have_no_masks(versions: list[str]) -> None:
    """And no such table in their schema: it is not asked for."""

    def read(_statement: str, _parameters: tuple[t.Any, ...]) -> list[tuple[t.Any, ...]]:
        raise AssertionError("asked")

    assert with_masks(TABLES, "sipfs", versions, read) == TABLES
