# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses the output of nodetool about the members of a cluster. Pure."""

from __future__ import annotations

import re

_MEMBER = re.compile(r"^[UD?][NLJM?]\s+(\S+)\s.*\s([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s", re.MULTILINE)
_OWN_ID = re.compile(r"^ID\s*:\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$", re.MULTILINE)


def members(status: str) -> dict[str, str]:
    """Addresses by host id, out of ``nodetool status``: all members of the ring, up or down."""
    return {host_id: address for address, host_id in _MEMBER.findall(status)}


def own_id(info: str) -> str:
    """The host id out of ``nodetool info``, '' when there is none."""
    found = _OWN_ID.search(info)
    return found.group(1) if found else ""
