# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.plugin_utils import _export_files
from ansible_collections.genesys.gws.plugins.plugin_utils._censored_action import CensoredAction


class ActionModule(CensoredAction):
    """gws_pii_delete, with a censored result. It writes the ledger, and so needs the site's key itself.

    What it exports comes back sealed with a key of this one task, and is written here: in no result, and in no file but the one asked for.
    """

    _needs_site_key = True

    def run_module(self, args: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        """Run the module; what is exported is on disk before anything is erased."""
        if not args.get("export"):
            return super().run_module(args, task_vars)
        exported = self._exported(args, task_vars)
        if exported.get("failed") or self._task.check_mode:
            return exported
        digest = args.get("expect_plan") or exported["plan"]["digest"]
        result = super().run_module({**args, "export": "", "expect_plan": digest}, task_vars)
        return {**result, "export": exported["export"]}

    def _exported(self, args: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        """Run the module in check mode, and write what it exports."""
        path, key = str(args["export"]), secrets.token_bytes(32)
        is_check, self._task.check_mode = self._task.check_mode, True
        try:
            result = super().run_module({**args, "export_key": key.hex()}, task_vars)
        finally:
            self._task.check_mode = is_check
        sealed = result.pop("export_sealed", None)
        if result.get("failed"):
            return result
        try:
            content = Key(key).open(str(sealed))
            if content is None:
                raise InputError("bad_export", "The export was damaged on its way to the control node.")
            encrypted = _export_files.write(path, content, getattr(getattr(self._loader, "_vault", None), "secrets", None))
        except GwsPiiError as error:
            return {**result, "failed": True, "msg": error.message, "code": error.code}
        return {**result, "export": {"files": list(_export_files.names_of(path)), "encrypted": encrypted}}
