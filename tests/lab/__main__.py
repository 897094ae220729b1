# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.lab up`: a lab in the foreground, for trying things by hand and for tests in other processes."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.lab.cassandra import DEFAULT_VERSION, CassandraNode, LabError
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.layouts import LAYOUTS
from tests.lab.population import population


def main() -> int:
    """Print one line of JSON when everything is up, stay until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab")
    up = parser.add_subparsers(dest="command", required=True).add_parser("up", help="start Cassandra and the stand-in")
    up.add_argument("--cassandra", default=DEFAULT_VERSION, metavar="VERSION")
    up.add_argument("--cassandra-port", type=int, metavar="PORT")
    up.add_argument("--gws-port", type=int, default=0, metavar="PORT")
    up.add_argument("--layout", default="wide", choices=sorted(LAYOUTS))
    up.add_argument("--agents", type=int, default=200)
    up.add_argument("--settings", type=int, default=20_000)
    up.add_argument("--seed", type=int, default=1)
    up.add_argument("--orphans", action="store_true", help="rows of an agent who is gone")
    up.add_argument("--outside", action="store_true", help="a table without settings that holds subjects")
    up.add_argument("--csrf", action="store_true")
    up.add_argument("--delete-form", default="body", choices=("body", "path", "both"))
    up.add_argument("--work-dir", type=Path)
    up.add_argument("--record-file", type=Path, help="write each request to this file, as lines of JSON")
    options = parser.parse_args()

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    try:
        people = population(options.agents, options.settings, seed=options.seed, orphans=options.orphans, outside=options.outside)
        lab = Lab(
            node=CassandraNode(options.cassandra, port=options.cassandra_port, work_dir=options.work_dir),
            layout=options.layout,
            people=people,
            config=GwsConfig(csrf=options.csrf, delete_form=options.delete_form),
            gws_port=options.gws_port,
            record_file=options.record_file,
        )
        with lab:
            described = {
                "cassandra": {"host": lab.node.address, "port": lab.node.cql_port, "version": lab.node.version},
                "keyspace": lab.keyspace,
                "layout": lab.layout.name,
                "gws": {"url": lab.gws.url, **lab.credentials},
                "settings": len(people.entries),
                "subjects": [{"ref": one.ref, "identifiers": one.identifiers, "region": one.region} for one in people.truth.subjects],
                "pid": lab.node.pid,
            }
            print(json.dumps(described), flush=True)
            signal.pause()
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
