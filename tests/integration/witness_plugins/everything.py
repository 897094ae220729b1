# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that prints whatever it is given, as callbacks outside of ansible-core do (ansible.posix.json, those that send results to a server)."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: everything
type: aggregate
short_description: Writes down all that it is given
description: A test device.
"""


class CallbackModule(CallbackBase):
    """JSON and YAML, one line for each event."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "everything"
    CALLBACK_NEEDS_ENABLED = True

    def _keep(self, event: str, what: Any) -> None:
        with open(os.environ["LEAK_EVERYTHING"], "a", encoding="utf-8") as stream:
            stream.write(f"{event} {json.dumps(what, default=str, ensure_ascii=False)}\n")

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """The start."""
        self._keep("start", playbook._file_name)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Names and, unless no_log is set, arguments."""
        self._keep("task", [task.get_name(), None if task.no_log else dict(task.args)])

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The end."""
        self._keep("stats", [stats.processed, getattr(stats, "custom", {})])

    def _result(self, result: Any) -> None:
        self._keep("result", [str(result._host), dict(result._result)])

    def v2_runner_on_ok(self, result: Any) -> None:
        """And so on: all of them alike."""
        self._result(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A failure."""
        self._result(result)

    v2_runner_on_skipped = v2_runner_on_unreachable = v2_runner_item_on_ok = v2_runner_on_ok
    v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_runner_retry = v2_runner_on_ok
