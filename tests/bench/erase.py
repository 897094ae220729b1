# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that the erasure benchmark measures: gws_pii_delete itself, and the bare sequence of the same HTTP calls.

Arguments: `module FILE` (FILE: the options as JSON), or `replay FILE` (FILE: the base address, and the calls as JSON). Each prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests


def _module(options: dict[str, Any]) -> None:
    from ansible.module_utils.testing import patch_module_args

    from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete

    with patch_module_args(options):
        run_delete.main()


def _replay(content: dict[str, Any]) -> None:
    """One call after the other through one connection, as a script without any care would send them."""
    answers: dict[int, int] = {}
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (content["username"], content["password"])
        for method, target, body in content["calls"]:
            headers = {"Content-Type": "application/json"} if body else {}
            response = session.request(method, content["url"] + target, data=body.encode() if body else None, headers=headers)
            answers[response.status_code] = answers.get(response.status_code, 0) + 1
    print(json.dumps({"answers": answers}))


if __name__ == "__main__":
    content = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    {"module": _module, "replay": _replay}[sys.argv[1]](content)
