# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.bench.playbook`: a whole dry run of the playbook, for one person and for many, on the same table in one run.

Environment: BENCH_ROWS (100000), BENCH_ROUNDS (3), BENCH_VERSION (5.0.6). Prints seconds of the whole command (median of the rounds after one to warm up),
what they are of one person's, and how many of the planted rows each run has told of.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench import data
from tests.bench.server import filled
from tests.integration.support import Player, write_private
from tests.lab.cassandra import DEFAULT_VERSION, LabError
from tests.lab.lab import Lab

KEYSPACE = "site"
PEOPLE = (1, 100, data.PEOPLE)


def main() -> None:
    """Fill, run in turns, print."""
    rows, rounds = int(os.environ.get("BENCH_ROWS") or 100_000), int(os.environ.get("BENCH_ROUNDS") or 3)
    version = os.environ.get("BENCH_VERSION") or DEFAULT_VERSION
    seconds: dict[int, list[float]] = {people: [] for people in PEOPLE}
    with (
        tempfile.TemporaryDirectory(prefix="gws-bench-") as scratch,
        filled(version, {KEYSPACE: rows}, Path(scratch)) as node,
        Lab(version, node=node) as lab,
    ):
        for turn in range(rounds + 1):
            for people, measured in seconds.items():
                player = Player(lab, Path(scratch) / f"{turn}-{people}")
                entries = [{"ref": f"ticket-{number}", "identifiers": list(data.person(number))} for number in range(people)]
                subjects = write_private(player.folder / "subjects.json", json.dumps(entries))
                run = player(timeout=600, cass_keyspace=KEYSPACE, forget_me_subjects_file=str(subjects))
                told = f"{data.planted(people)} findings"
                if told not in run.stdout:
                    raise LabError(f"the run for {people} people did not tell of {told}:\n{run.stdout[-3000:]}")
                if turn:
                    measured.append(run.seconds)
    one = statistics.median(seconds[1])
    sys.stdout.write(
        f"\nCassandra {version}, {rows:,} rows, whole playbook, median of {rounds}\n\n| people | seconds | of one person's |\n|---:|---:|---:|\n"
    )
    for people, measured in seconds.items():
        middle = statistics.median(measured)
        sys.stdout.write(f"| {people:,} | {middle:.1f} | {middle / one:.2f} |\n")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"bench: {error}")
