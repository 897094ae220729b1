# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that the erasure benchmark measures: gws_pii_delete itself, and the bare sequence of the same HTTP calls.

Arguments: `module FILE` (FILE: the options as JSON), or `replay FILE` (FILE: base address, calls, parallel, durable as JSON). Each prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import requests


def _module(options: dict[str, Any]) -> None:
    from ansible.module_utils.testing import patch_module_args

    from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete

    with patch_module_args(options):
        run_delete.main()


Call = tuple[str, str, str]


def _replay(content: dict[str, Any]) -> None:
    """The calls through one connection for each worker, as a script without any care would send them.

    What belongs to one owner is sent in order, several owners at a time; everything else goes before. `durable`: a file that each worker appends a
    line to, and flushes, before each change of somebody's setting: the least that a script must do that knows after a power cut what it was about to do.
    """
    first, owners = _by_owner([(str(method), str(target), str(body)) for method, target, body in content["calls"]])
    answers: dict[int, int] = {}
    _send(content, [first], answers, 0)
    waiting: queue.SimpleQueue[list[Call]] = queue.SimpleQueue()
    for calls in owners:
        waiting.put(calls)
    workers = [threading.Thread(target=_send, args=(content, _taken(waiting), answers, number)) for number in range(content["parallel"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps({"answers": answers}))


def _by_owner(calls: list[Call]) -> tuple[list[Call], list[list[Call]]]:
    """The calls that are of no owner, and those of each owner."""
    first: list[Call] = []
    owners: dict[str, list[Call]] = {}
    for call in calls:
        parts = call[1].split("/users/")
        if len(parts) == 2:
            owners.setdefault(parts[1].partition("/")[0], []).append(call)
        else:
            first.append(call)
    return first, list(owners.values())


def _taken(waiting: queue.SimpleQueue[list[Call]]) -> Iterator[list[Call]]:
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return


def _send(content: dict[str, Any], works: Iterable[list[Call]], answers: dict[int, int], worker: int) -> None:
    journal = os.open(f"{content['durable']}-{worker}", os.O_CREAT | os.O_APPEND | os.O_WRONLY) if content["durable"] else -1
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (content["username"], content["password"])
        for method, target, body in (call for calls in works for call in calls):
            if journal >= 0 and method != "GET" and "/users/" in target:
                os.write(journal, f"{method} {target} {body}\n".encode())
                os.fsync(journal)
            headers = {"Content-Type": "application/json"} if body else {}
            response = session.request(method, content["url"] + target, data=body.encode() if body else None, headers=headers)
            answers[response.status_code] = answers.get(response.status_code, 0) + 1
    if journal >= 0:
        os.close(journal)


if __name__ == "__main__":
    content = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    {"module": _module, "replay": _replay}[sys.argv[1]](content)
