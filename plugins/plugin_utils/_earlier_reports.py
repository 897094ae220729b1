# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads earlier reports in forget_me_report_dir: gc_grace_seconds of tables, times of erasures, due dates.

A report that can't be read, or is not one of ours, is ignored: its dates are a help, never a proof.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import typing as t

import yaml

from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import is_position

Data = dict[str, t.Any]

_ERASURE = re.compile(r"forget_me-\d{8}T\d{6}Z(?:-\d+)?\.json")
_RESIDUE = re.compile(r"residue-\d{8}T\d{6}Z(?:-\d+)?\.json")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_MOST_READ = 500  # reports of a kind, newest first
_LARGEST = 64 << 20  # bytes


def gc_grace_seconds(folder: str) -> dict[str, int]:
    """By ``keyspace.table``, from the newest report of each keyspace."""
    found: dict[str, int] = {}
    for report in _reports(folder, _ERASURE):
        for part in ("proof", "search"):
            coverage = _dict(_dict(report.get(part)).get("coverage"))
            for table in _list(coverage.get("tables")):
                seconds = _dict(table).get("gc_grace_seconds")
                if isinstance(seconds, int) and 0 <= seconds < 1 << 31:
                    found.setdefault(f"{coverage.get('keyspace')}.{table.get('table')}", seconds)
    return found


def erased_at(folder: str, refs: t.Collection[str]) -> str:
    """The time of the last erasure of people with these references; of anybody if there are none. '' if unknown."""
    wanted = _real(refs)
    for report in _reports(folder, _ERASURE):
        subjects = {str(_dict(subject).get("ref")) for subject in _list(_dict(report.get("erasure")).get("subjects"))}
        if report.get("mode") == "erase" and _is_time(report.get("finished")) and (not wanted or wanted & subjects):
            return str(report["finished"])
    return ""


def traces(folder: str, refs: t.Collection[str]) -> list[Data]:
    """What is left of these people on disk according to the newest search, as ``not_covered`` entries of a receipt."""
    open_refs = _real(refs)
    found: list[Data] = []
    for report in _reports(folder, _RESIDUE):
        verdict = _dict(report.get("verdict"))
        here = open_refs & {str(ref) for ref in _list(verdict.get("refs"))}
        for entry in map(_dict, _list(verdict.get("due")) if here else ()):
            if here & {str(ref) for ref in _list(entry.get("refs"))}:
                found.append(_entry(entry))
        open_refs -= here
        if not open_refs:
            break
    return _each_once(found)


def still_kept(folder: str, now: str) -> list[Data]:
    """What Cassandra keeps beyond ``now`` according to earlier erasures: the latest time for each table."""
    latest: dict[str, Data] = {}
    for report in _reports(folder, _ERASURE):
        for entry in _list(report.get("not_covered")) if report.get("mode") == "erase" else ():
            one = _entry(entry)
            known = latest.get(one["table"])
            if one["by"] == "Cassandra" and one["until"] and one["until"] > (known["until"] if known else now):
                latest[one["table"]] = one
    return [latest[table] for table in sorted(latest, key=str)]


def refs_of(subjects: t.Any) -> list[str]:
    """The references in subjects as they are given: a list, or the text of a file with one in JSON or YAML."""
    if isinstance(subjects, str):
        try:
            subjects = yaml.safe_load(subjects)
        except yaml.YAMLError:
            subjects = None
    entries = subjects if isinstance(subjects, list) else []
    return [str(entry["ref"]) for entry in entries if isinstance(entry, dict) and entry.get("ref") is not None]


def _entry(entry: t.Any) -> Data:
    raw = _dict(entry)
    until = raw.get("until")
    return {
        "what": str(raw.get("what", ""))[:300],
        "table": None if raw.get("table") is None else str(raw["table"])[:100],
        "by": "Cassandra" if raw.get("by") == "Cassandra" else "operator",
        "until": until if _is_time(until) else None,
    }


def _reports(folder: str, name: re.Pattern[str]) -> t.Iterator[Data]:
    """The reports of a kind, newest first: their names hold the time."""
    names: list[str] = []
    with contextlib.suppress(OSError):
        names = sorted((one for one in os.listdir(folder or ".") if folder and name.fullmatch(one)), reverse=True)[:_MOST_READ]
    for one in names:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            with open(os.path.join(folder, one), encoding="utf-8") as stream:
                report = json.loads(stream.read(_LARGEST))
            if isinstance(report, dict):
                yield report


def _real(refs: t.Iterable[str]) -> set[str]:
    return {ref for ref in map(str, refs) if not is_position(ref)}


def _is_time(value: t.Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _dict(value: t.Any) -> Data:
    return value if isinstance(value, dict) else {}


def _list(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else []


def _each_once(entries: t.Iterable[Data]) -> list[Data]:
    return list({json.dumps(entry, sort_keys=True): entry for entry in entries}.values())
