# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.genesys.gws.plugins.plugin_utils._censored_action import CensoredAction


class ActionModule(CensoredAction):
    """gws_pii_residue, with a censored result."""
