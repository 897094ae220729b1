# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The release of this collection, for receipts. A test holds it equal to galaxy.yml."""

from __future__ import annotations

RELEASE = "0.3.0"
