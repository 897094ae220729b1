# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
import uuid

from ansible import constants

from ansible_collections.genesys.gws.plugins.plugin_utils._censored_action import CensoredAction
from ansible_collections.genesys.gws.plugins.plugin_utils._shown_progress import ShownProgress


class ActionModule(CensoredAction):
    """gws_pii_search, with a censored result, and with its progress shown when it runs on this machine."""

    def run_module(self, args: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        """Run the module."""
        if args.get("progress_file") or self._connection.transport != "local":
            return super().run_module(args, task_vars)
        path = os.path.join(constants.DEFAULT_LOCAL_TMP, f"gws_pii_search-{uuid.uuid4().hex}.progress")  # type: ignore[attr-defined]
        with ShownProgress(path):
            return super().run_module({**args, "progress_file": path}, task_vars)
