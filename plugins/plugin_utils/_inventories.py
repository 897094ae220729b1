# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Inventories that were given and that Ansible could not read: it warns and goes on without the holds, limits and hosts in them."""

from __future__ import annotations

import os
import typing as t

from ansible import constants
from ansible.inventory.manager import InventoryManager


def unread(sources: t.Iterable[t.Any] | None, loader: t.Any) -> int:
    """How many of the sources (of the option ``-i``, or of a configuration) count for nothing.

    A script is not run again to find out, and a folder may hold what is no inventory.
    """
    given = [str(source) for source in sources or ()]
    configured, origin = constants.config.get_config_value_and_origin("DEFAULT_HOST_LIST")
    if origin == "default" and given == [str(source) for source in configured]:
        return 0  # nobody has named it
    return sum(1 for source in given if "," not in source and not _is_read(source, loader))


def _is_read(path: str, loader: t.Any) -> bool:
    if not os.path.isfile(path) or os.access(path, os.X_OK):
        return os.path.exists(path)
    manager = InventoryManager(loader=loader, sources=[], parse=False)
    return bool(manager.parse_source(path))
