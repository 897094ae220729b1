# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules called without Ansible around them: the same code and the same servers, at a tenth of the time of a playbook."""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._erasure import lease
from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete, run_search

Result = dict[str, Any]
KEY = "a site's secret of thirty-two characters"


def called(module: types.ModuleType, *, check: bool = False, **given: Any) -> Result:
    """The result of a module; of one that failed with `failed`, `msg` and `code`, as Ansible has it."""
    params = {name: option.get("default") for name, option in module.argument_spec().items()}
    unknown = given.keys() - params.keys()
    assert not unknown, unknown
    params.update(given)
    try:
        return dict(module._run(types.SimpleNamespace(params=params, check_mode=check)))
    except GwsPiiError as error:
        return {"changed": False, **error.facts, "failed": True, "msg": error.message, "code": error.code}


class Caller:
    """Calls the modules with the options that reach the servers. Values only, so that it can be handed to another process."""

    def __init__(self, cassandra: Result, gws: Result, work_dir: Path) -> None:
        self.cassandra = cassandra
        self.gws = {**gws, "gws_url": [gws["gws_url"]] if isinstance(gws["gws_url"], str) else gws["gws_url"]}
        self.work_dir = work_dir

    def search(self, **given: Any) -> Result:
        """gws_pii_search."""
        return called(run_search, **{**self.cassandra, "key": KEY, **given})

    def delete(self, *, check: bool = False, **given: Any) -> Result:
        """gws_pii_delete."""
        return called(run_delete, check=check, **{**self.cassandra, **self.gws, "key": KEY, "work_dir": str(self.work_dir), **given})

    def erase(self, *, check: bool = False, groups: list[str] | None = None, subjects: Any, **given: Any) -> Result:
        """Both, one after the other, as the role does."""
        common = {"subjects": subjects, "groups": groups or []}
        found = self.search(**common)
        assert not found.get("failed"), found["msg"]
        return self.delete(check=check, findings=found["findings"], **common, **given)

    def backups(self) -> list[str]:
        """Files of the work folder that hold settings or rows."""
        names = os.listdir(self.work_dir) if self.work_dir.exists() else []
        return [name for name in names if name.startswith(("backup-", "lost-", "kept-"))]


def main(path: str) -> None:
    """Search and erase in a process of its own, which may be killed: options in a file of mode 0600, the result beside it."""
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    for name, seconds in given["lease"].items():
        setattr(lease, name, seconds)  # a killed run counts as dead sooner than in real life
    result = Caller(given["cassandra"], given["gws"], Path(given["work_dir"])).erase(**given["options"])
    Path(path + ".result").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
