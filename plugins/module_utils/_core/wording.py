# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Wording shared by messages, summaries and reports. Pure, no I/O."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str = "") -> str:
    """The number with its noun: ``1 table``, ``2 tables``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
