# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Cassandra's own keyspaces, in the versions 2.2 to 5.0. By name: a site may call one of its own keyspaces system_something."""

from __future__ import annotations

SYSTEM_KEYSPACES = frozenset(
    (
        "system",
        "system_schema",
        "system_auth",
        "system_distributed",
        "system_traces",
        "system_virtual_schema",
        "system_views",
        "system_cluster_metadata",
    )
)
