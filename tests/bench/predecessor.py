# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# ruff: noqa: I002, UP - Python 2.7 runs this file
"""The predecessor's way to read: pycassa's get_range over Thrift, and `in` on each value, in Python 2.7.

A page of a wide table holds whole partitions. 50 of them are some 2 MB here, as a page of the other methods is, and read faster than
pycassa's default of 1024 (which also takes longer than its default time-out). The rest is as a short script has it.
"""

import json
import resource
import sys
import time

import pycassa  # type: ignore[import-not-found]

BUFFER_SIZE = 50
TIMEOUT = 60  # seconds


def cpu_seconds():
    """Of this process, so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    """Arguments: host, Thrift port, keyspace, table, text."""
    host, port, keyspace, table, text = sys.argv[1:]
    pool = pycassa.ConnectionPool(keyspace, [host + ":" + port], timeout=TIMEOUT)
    family = pycassa.ColumnFamily(pool, table)
    rows = hits = 0
    started, cpu = time.time(), cpu_seconds()
    for _key, columns in family.get_range(buffer_size=BUFFER_SIZE):
        for value in columns.values():
            rows += 1
            if text in value:
                hits += 1
    seconds, cpu = time.time() - started, cpu_seconds() - cpu
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(json.dumps({"rows": rows, "hits": hits, "seconds": seconds, "read_cpu": cpu, "peak_mb": peak / 1024.0}))


if __name__ == "__main__":
    main()
