# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches of the disks as the module and the playbook return them, for what is made of them: the page."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._module.residue_result import NOT_COVERED
from ansible_collections.genesys.gws.plugins.module_utils._residue import unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, Place
from ansible_collections.genesys.gws.plugins.module_utils._residue.removal import Trace, removal
from ansible_collections.genesys.gws.plugins.module_utils._residue.whole import whole_residue
from ansible_collections.genesys.gws.plugins.plugin_utils import _residue_page
from ansible_collections.genesys.gws.plugins.plugin_utils._page_template import page_template
from ansible_collections.genesys.gws.plugins.plugin_utils._residue_page import Asked

Data = dict[str, t.Any]

HOSTS = ("cassandra-a.example.com", "cassandra-b.example.com", "cassandra-c.example.com")
REFS = ("TICKET-4711", "TICKET-4712", "TICKET-4713", "4")
ERASED, SEARCHED, MADE = (datetime.datetime(2026, 11, day, 22, 14, tzinfo=datetime.timezone.utc) for day in (24, 26, 26))
GC_GRACE = 864_000


def where(place: Place) -> Data:
    return {
        "place": place.kind.value,
        "keyspace": place.keyspace,
        "table": place.table,
        "index": place.index,
        "snapshot": place.snapshot,
        "folder": place.folder,
    }


def trace(place: Place, *refs: str, keys: bool = False, files: int = 1, exact: int = 1, written: str = "before the erasure") -> Data:
    """One of the traces that gws_pii_residue returns, with the advice of the product."""
    paths = tuple(f"/var/lib/cassandra/data/{place.keyspace}/{place.table}-0a1b2c/backups/nb-{number}-big" for number in range(files))
    advice = removal(Trace(place, keys=keys, has_index=False, garbagecollect=True, files=paths), GC_GRACE, ERASED, SEARCHED)
    return {
        **where(place),
        "files": files + 1,
        "files_with_traces": files,
        "names": [path.rpartition("/")[2] for path in paths],
        "parts": ["data"],
        "subjects": [{"ref": ref, "exact": exact, "possible": 1 - exact} for ref in refs],
        "certainty": "exact" if exact else "possible",
        "newest_write": ""
        if written == "unknown"
        else "2026-11-25T06:00:00Z"
        if written == "after the erasure"
        else "2026-11-24T21:00:00Z",
        "written": written,
        "removal": {"when": advice.when, "earliest": advice.earliest, "commands": list(advice.commands), "why": advice.why},
    }


def unread(place: Place, reason: str, files: int = 1) -> Data:
    return {**where(place), "reason": reason, "files": files, "names": ["nb-7-big"]}


def result(*traces: Data, not_read: t.Sequence[Data] = (), refs: t.Sequence[str] = REFS, **given: t.Any) -> Data:
    """What gws_pii_residue returns."""
    state = "incomplete" if not_read else "residue" if traces else "clean"
    return {
        "changed": False,
        "state": state,
        "traces": list(traces),
        "refs": list(refs),
        "subjects": [],
        "unreadable": list(not_read),
        "covered": [
            {"place": "live", "files": 412, "sstables": 412, "bytes": 48_700_000_000},
            {"place": "snapshot", "files": 206, "sstables": 206, "bytes": 24_100_000_000},
            {"place": "commit_log", "files": 32, "sstables": 0, "bytes": 1_073_741_824},
            {"place": "hints", "files": 1, "sstables": 0, "bytes": 512},
        ],
        "not_covered": list(NOT_COVERED),
        "purge": {},
        "addresses": [],
        "scanned_at": "2026-11-26T22:04:14Z",
        "bytes_read": 49_800_000_000,
        "bytes_searched": 151_000_000_000,
        "seconds": 610.0,
        "cpu_seconds": 580.0,
        **given,
    }


def search(results: t.Mapping[str, Data], *, hosts: t.Sequence[str] = HOSTS, purge: str = "report", failures: t.Sequence[str] = ()) -> Data:
    """What the JSON of the playbook holds, of a cluster that has these hosts as its members."""
    ids = {host: f"0a1b2c3d-0000-0000-0000-{number:012}" for number, host in enumerate(hosts)}
    status = "\n".join(f"UN  10.0.{number // 250}.{number % 250}  1 GB  8  100.0%  {ids[host]}  rack1" for number, host in enumerate(hosts))
    reports = [{"host": host, "result": of, "status": status, "info": f"ID : {ids[host]}\n"} for host, of in results.items()]
    verdict = whole_residue(reports, hosts)
    told = [{"host": report["host"], "result": report["result"]} for report in reports]
    return {"verdict": verdict, "purge": purge, "failures": list(failures), "results": told}


def page_of(report: Data, *, hosts: t.Sequence[str] = HOSTS, **asked: t.Any) -> str:
    """The page of a search."""
    return files_of(report, hosts=hosts, **asked)[".html"]


def files_of(report: Data, *, hosts: t.Sequence[str] = HOSTS, **asked: t.Any) -> dict[str, str]:
    """The files of the report of a search."""
    return _residue_page.files(report, Asked(tuple(hosts), **asked), f"{MADE:%Y-%m-%dT%H:%M:%SZ}", page_template("residue"))


_SETTINGS = Place(Kind.LIVE, "sipfs", "settings")
_SNAPSHOT = Place(Kind.SNAPSHOT, "sipfs", "settings", snapshot="before-upgrade")
_BACKUP = Place(Kind.BACKUP, "sipfs", "settings")
_LOG = Place(Kind.COMMIT_LOG)
_EXTRA = Place(Kind.EXTRA, folder="/mnt/backup/november")
_COMMON = (
    trace(_SETTINGS, *REFS[:2], keys=True, files=4, written="after the erasure"),
    trace(_SNAPSHOT, *REFS[:3], files=12),
    trace(_LOG, REFS[0], files=3, written="unknown"),
)

CLEAN = search({host: result() for host in HOSTS})
TRACES = search(
    {
        HOSTS[0]: result(*_COMMON, trace(_BACKUP, REFS[0], files=3), trace(_EXTRA, REFS[2], files=2, exact=0, written="unknown")),
        HOSTS[1]: result(*_COMMON),
        HOSTS[2]: result(*_COMMON),
    }
)
NOT_COMPLETE = search(
    {
        HOSTS[0]: result(trace(_SNAPSHOT, REFS[0], files=12)),
        HOSTS[1]: result(
            not_read=(
                unread(_SETTINGS, unreadable.DAMAGED_CHUNK),
                unread(Place(Kind.EXTRA, folder="/mnt/backup/november"), unreadable.ARCHIVE, files=7),
                unread(Place(Kind.HINTS), unreadable.NO_FOLDER, files=0),
            )
        ),
        HOSTS[2]: {"unreachable": True, "msg": "somebody@example.com"},
    }
)
RUNS = {"clean": CLEAN, "traces": TRACES, "incomplete": NOT_COMPLETE}

MANY = tuple(f"cassandra-with-quite-a-long-name-of-its-own-{number:03}.rack-7.data-centre-2.example.com" for number in range(120))


def crowded() -> Data:
    """As much as a page can be asked to show: 120 hosts, 3,000 people, 40 tables with long names, everything that can be unreadable."""
    refs = [f"{'long-reference-' * 8}{number}" for number in range(3000)]
    long = "a_name_of_a_table_that_is_as_long_as_they_can_be_" + "x" * 150
    places = [
        Place(kind, "sipfs", f"{long}{number}", snapshot=f"{long}-snapshot") for number in range(10) for kind in (Kind.LIVE, Kind.SNAPSHOT)
    ]
    places += [Place(Kind.BACKUP, "sipfs", f"table_{number}") for number in range(20)] + [_LOG, Place(Kind.HINTS), _EXTRA]
    reasons = [text for name, text in vars(unreadable).items() if name.isupper()]
    results = {
        host: result(
            *(trace(place, *refs[number : number + 100], keys=number % 2 == 0, files=60) for place in places),
            not_read=[unread(Place(Kind.EXTRA, folder=f"/{long}/{reason}"), reason, files=9000) for reason in reasons],
            refs=refs,
        )
        for number, host in enumerate(MANY[:100])
    }
    return search(results, hosts=MANY, purge="compact", failures=[f"{host}: a command of nodetool failed" for host in MANY])


def backups() -> Data:
    """Places that have nothing in common: 40 tables with backups of many files on each of 120 hosts, so that no two rows can be one."""
    results = {}
    for number, host in enumerate(MANY):
        places = [Place(Kind.BACKUP, "sipfs", f"table_{table}_of_host_{number}") for table in range(40)]
        results[host] = result(*(trace(place, REFS[0], files=3 + number) for place in places))
    return search(results, hosts=MANY)


def everywhere() -> Data:
    """A trace in each kind of place and of each system table, and something that was not read in each."""
    places = [Place(kind, "sipfs", "settings", snapshot="before-upgrade", folder="/mnt/backup/november") for kind in Kind]
    places += [Place(Kind.LIVE, "sipfs", "settings", index="settings_by_owner"), Place(Kind.LIVE, "system", "prepared_statements")]
    places += [Place(Kind.LIVE, "system_traces", "events"), Place(Kind.LIVE, "system", "paxos"), Place(Kind.LIVE, "system", "batches")]
    traces = [trace(place, *REFS, keys=True, files=30, written="after the erasure") for place in places]
    one = result(*traces, not_read=[unread(place, unreadable.UNFINISHED, files=3) for place in places])
    return search(dict.fromkeys(HOSTS, one), purge="compact", failures=["a nodetool command failed, so the purge was stopped there"])
