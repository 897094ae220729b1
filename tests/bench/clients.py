# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The methods side by side: how each is run, and whether it has read and found all that is there."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import data, process, tools
from tests.lab.cassandra import CassandraNode, LabError, version_tuple

ROOT = Path(__file__).resolve().parents[2]
METHODS = {
    "pycassa": "predecessor's: pycassa get_range, `in`",
    "cqlsh": "cqlsh COPY TO /dev/null",
    "select": "one SELECT, `in`",
    "ranges": "64 token ranges, 4 in flight, `in`",
    "limit": "the limit: read, decode nothing",
    "search:1": "**search, 1 person**",
    "search:10000": "**search, 10,000 people**",
}
_EXPORTED = re.compile(r"(\d+) rows exported to \d+ files in (.*) seconds")
_UNITS = {"day": 86400.0, "hour": 3600.0, "minute": 60.0}


class Dishonest(LabError):
    """A method did not read all rows, or did not find what was planted: its figures mean nothing."""


@dataclass(frozen=True)
class Measured:
    """One run of a method. `seconds` are those of the read, `cpu` is that of the whole process (`read_cpu` that of the read, if known)."""

    rows: int
    seconds: float
    process_seconds: float
    cpu: float
    read_cpu: float | None
    peak_mb: float


class Clients:
    """Runs methods. Files of theirs are in a folder that the caller removes."""

    def __init__(self, methods: list[str], scratch: Path) -> None:
        self._cqlsh = str(tools.environment("cqlsh", "requirements-cqlsh.txt")) if "cqlsh" in methods else ""
        self._python2, self._pycassa = "", Path()
        self.no_pycassa = ""  # why not
        if "pycassa" in methods:
            try:
                self._python2 = tools.python2()
                self._pycassa = tools.pycassa(self._python2)
            except LabError as error:
                self.no_pycassa = str(error)
        # Compiled modules are kept, as where the collection is installed, but not in the checkout.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._environment = {**kept, "HOME": str(scratch), "PYTHONPYCACHEPREFIX": str(scratch / "pycache")}

    def why_not(self, method: str, version: str) -> str:
        """Why a method can't be measured on this version of Cassandra; '' when it can."""
        if method != "pycassa":
            return ""
        return self.no_pycassa if version_tuple(version) < (4,) else f"Cassandra {version} has no Thrift"

    def measure(self, method: str, node: CassandraNode, keyspace: str, rows: int) -> Measured:
        """Run a method once. :raises Dishonest: unless it read `rows` rows and found what is planted in them."""
        name, _colon, people = method.partition(":")
        hits: int | None = data.planted_addresses()
        if name == "pycassa":
            address = [node.address, str(node.rpc_port), keyspace, data.TABLE, data.person(0).email]
            cost = self._run([self._python2, str(ROOT / "tests" / "bench" / "predecessor.py"), *address], str(self._pycassa))
            result = json.loads(cost.output)
        elif name == "cqlsh":
            copy = f"COPY {keyspace}.{data.TABLE} (key, column1, value) TO '/dev/null'"
            command = [self._cqlsh, "-m", "cqlshlib", node.address, str(node.cql_port), "--execute", copy]
            cost = self._run(command, "", watch_memory=True)
            result = _of_cqlsh(cost)
            hits = None
        else:
            address = [node.address, str(node.cql_port), keyspace]
            module, word = (name, people) if name in ("search", "recall") else ("methods", name)
            path = f"{ROOT / 'build' / 'collections'}{os.pathsep}{ROOT}"
            cost = self._run([sys.executable, "-m", f"tests.bench.{module}", word, *address], path)
            result = json.loads(cost.output)
            hits = {"limit": 0, **dict.fromkeys(("search", "recall"), data.planted(int(people or 0)))}.get(name, hits)
        if (result["rows"], result["hits"]) != (rows, hits):
            raise Dishonest(f"{method} read {result['rows']} rows of {rows} in {keyspace}, and found {result['hits']} of {hits}")
        return Measured(rows, result["seconds"], cost.seconds, cost.cpu, result["read_cpu"], result["peak_mb"])

    def _run(self, command: list[str], python_path: str, *, watch_memory: bool = False) -> process.Cost:
        environment = self._environment | ({"PYTHONPATH": python_path} if python_path else {})
        return process.run(command, environment, watch_memory=watch_memory)


def _of_cqlsh(cost: process.Cost) -> dict[str, Any]:
    """What cqlsh says when it is done: '1000000 rows exported to 1 files in 0 day, 0 hour, 0 minute, and 17.123 seconds.'"""
    said = _EXPORTED.search(cost.output)
    if said is None:
        raise LabError(f"cqlsh did not say what it exported:\n{cost.output[-2000:]}")
    *longer, seconds = re.split(r",? and |, ", said.group(2))
    total = float(seconds) + sum(float(count) * _UNITS[unit.rstrip("s")] for count, unit in (part.split() for part in longer))
    return {"rows": int(said.group(1)), "hits": None, "seconds": total, "read_cpu": None, "peak_mb": cost.peak_mb}
