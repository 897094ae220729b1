# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The report of a search of the disks, and what its page shows: whose traces are where, until when, and what removes them. Pure, no I/O.

People are known by their references, never by an identifier.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t

import jinja2

from ansible_collections.genesys.gws.plugins.module_utils._core.release import RELEASE
from ansible_collections.genesys.gws.plugins.module_utils._residue.whole import CLEAN, INCOMPLETE, RESIDUE
from ansible_collections.genesys.gws.plugins.plugin_utils import _residue_tables as tables
from ansible_collections.genesys.gws.plugins.plugin_utils._page_words import day, fitting, parts_of_ring, period, shown, size
from ansible_collections.genesys.gws.plugins.plugin_utils._residue_words import ADVICE, LIVE_AFTER_A_PURGE, MOODS, TITLES

Data = dict[str, t.Any]
Results = tables.Results

_MOST_LINES = 42  # on paper, of all tables together, so that the page prints on two sheets
_LINES_OF_PEOPLE, _LINES_OF_HOSTS, _LINES_OF_UNREAD, _LINES_OF_REASONS = 10, 8, 8, 4  # at most; what they leave is for the traces
_MOST_FOLDED = 500  # rows of a table that are unfolded on the screen


@dataclasses.dataclass(frozen=True)
class Asked:
    """What was asked for. ``hosts``: all that had to report; ``purged``: whether a purge came first; ``limited``: whether keyspaces were chosen."""

    hosts: tuple[str, ...]
    purged: bool = False
    limited: bool = False


def files(report: Data, asked: Asked, made: str, template: jinja2.Template | None) -> dict[str, str]:
    """The files of the report by the ending of their names: for programs, and for people by the template of a page, if there is one.

    :param report: ``verdict``, ``purge``, ``failures``, and ``results`` (``host`` and ``result`` of each host that was searched).
    :param made: UTC time.
    """
    found = {".json": json.dumps(report, indent=4, sort_keys=True) + "\n"}
    if template:
        found[".html"] = template.render(page=view(report, asked, made))
    return found


def view(report: Data, asked: Asked, made: str) -> Data:
    """The parts of the page."""
    verdict = report["verdict"]
    told = {entry["host"] for entry in verdict["hosts"]}
    results: Results = {one["host"]: one["result"] for one in report["results"] if one["host"] in told}
    complete = verdict["state"] != INCOMPLETE
    people = _folded(tables.people(verdict["refs"], results, complete=complete), _LINES_OF_PEOPLE, "more person", "more people")
    hosts = _folded(tables.hosts(asked.hosts, results), _LINES_OF_HOSTS, "more host")
    reasons = _folded(tables.reasons(verdict["reasons"]), _LINES_OF_REASONS, "more reason")
    unread = _folded(tables.unread(results), _LINES_OF_UNREAD, "more place that was not read", "more places that were not read")
    room = _MOST_LINES - sum(row["lines"] for part in (people, hosts, reasons, unread) for row in part["rows"])
    return {
        "about": "Traces of personal data on disk",
        "title": TITLES[verdict["state"]],
        "mood": MOODS[verdict["state"]],
        "sentences": _sentences(report, results, asked),
        "when": period(min((result["scanned_at"] for result in results.values()), default=made), made),
        "people": people,
        "hosts": hosts,
        "reasons": reasons,
        "unread": unread,
        "traces": _folded(tables.traces(results), room, "more place with traces", "more places with traces"),
        "search": _ring(verdict, len(results), len(asked.hosts)),
        "covered": tables.covered(results),
        "gaps": _gaps(results, asked),
        "steps": _steps(verdict, results, asked),
        "facts": _facts(report, results, len(asked.hosts), made),
    }


def _folded(rows: list[Data], room: int, singular: str, plural: str = "") -> Data:
    """A table: the rows for which there is room on paper, those that are folded, and in words how many these are."""
    most = fitting([row["lines"] for row in rows], room)
    hidden = len(rows) - most
    more = f"{shown(hidden, singular, plural)}; everything is in the JSON report." if hidden > 0 else ""
    return {"rows": rows[:most], "more_rows": rows[most : most + _MOST_FOLDED], "more": more}


# ----------------------------------------------------------------------------------------------------------------------
# The verdict


def _sentences(report: Data, results: Results, asked: Asked) -> list[str]:
    verdict = report["verdict"]
    if verdict["state"] == CLEAN:
        where = "the host" if len(asked.hosts) == 1 else f"all {len(asked.hosts):,} hosts"
        lines = [f"The search was complete: {_nobody(len(verdict['refs']))} in the files of {where}."]
    elif verdict["state"] == RESIDUE:
        lines = [
            f"The search was complete: {_found(verdict, results)}. GWS may no longer show this data, but anybody who can read these disks can."
        ]
    else:
        found = _found(verdict, results) if verdict["traces"] else "there are no traces"
        lines = [f"The search is not complete: {_first(verdict['reasons'])}. Nothing is proven about what was not read."]
        lines.append(f"In what was read, {found}." if results else "Nothing was read.")
    if report["failures"]:
        lines.append(f"The purge was stopped: {_first(report['failures'])}.")
    elif asked.purged and results:
        lines.append("This is what was found after the purge.")
    return lines


def _first(reasons: t.Sequence[str]) -> str:
    others = len(reasons) - 1
    return tables.sentence(reasons[0]) + (f", and {shown(others, 'more reason')}" if others else "")


def _nobody(people: int) -> str:
    if people == 1:
        return "the person who was searched for has left no trace"
    return f"none of the {people:,} people who were searched for has left a trace"


def _found(verdict: Data, results: Results) -> str:
    found = {str(who["ref"]) for result in results.values() for trace in result["traces"] for who in trace["subjects"]}
    people = len(verdict["refs"])
    who = "the person who was searched for" if people == 1 else f"{len(found):,} of the {people:,} people who were searched for"
    verb = "has" if len(found) == 1 else "have"
    where = shown(sum(bool(result["traces"]) for result in results.values()), "host")
    return f"{who} {verb} left {shown(verdict['traces'], 'trace')} on {where}"


# ----------------------------------------------------------------------------------------------------------------------
# What it covers, what it does not, what to do next


def _ring(verdict: Data, reported: int, hosts: int) -> Data:
    complete = verdict["state"] != INCOMPLETE
    members = f"{shown(verdict['members'], 'member')} of the cluster" if verdict["members"] else "the members of the cluster are not known"
    return {
        "title": "Hosts that reported",
        "complete": complete,
        "number": f"{reported:,}",
        "unit": f"of {shown(hosts, 'host')}",
        "caption": members,
        **parts_of_ring(reported),
    }


def _gaps(results: Results, asked: Asked) -> list[str]:
    chosen = ["SSTables of keyspaces that forget_me_residue_keyspaces does not list"] if asked.limited else []
    gaps = [*chosen, *(gap for result in results.values() for gap in result["not_covered"])]
    return list(dict.fromkeys(gap[:1].upper() + gap[1:] for gap in gaps)) or ["Everything: no host was searched"]


def _steps(verdict: Data, results: Results, asked: Asked) -> list[str]:
    """What to do next, first things first."""
    if verdict["state"] == CLEAN:
        return [
            "Keep this page with the request: it shows what was searched, and when.",
            (
                "After each restore of a snapshot or a backup, search again: a restore can bring people back. "
                "`ansible-playbook genesys.gws.forget_again` searches for everybody in the ledger."
            ),
        ]
    traces = [trace for result in results.values() for trace in result["traces"]]
    steps = []
    if verdict["state"] == INCOMPLETE:
        steps.append("Resolve what is listed under \u201cWhat could not be searched, and why\u201d, then run this search again.")
    if any(trace["written"] == tables.AFTER for trace in traces):
        steps.append(
            "Some of these files were written after the erasure: search GWS again, in case an agent's browser has written the person back."
        )
    kinds = {trace["place"] for trace in traces}
    for of, advice in ADVICE.items():
        if kinds.intersection(of):
            steps.append(LIVE_AFTER_A_PURGE if asked.purged and of == ("live",) else advice)
    if verdict["search_again"]:
        steps.append(
            f"After {day(verdict['search_again'])}, run this search again: until then Cassandra keeps the keys of deleted rows, and needs its "
            "regular `nodetool repair`, or deleted data can come back."
        )
    elif traces:
        steps.append("After that, run this search again.")
    steps.append("Keep this page with the request, which stays open until a search ends with \u201cClean\u201d.")
    return steps


def _facts(report: Data, results: Results, hosts: int, made: str) -> list[tuple[str, str]]:
    began = min((result["scanned_at"] for result in results.values()), default="")
    read, searched = (sum(result[what] for result in results.values()) for what in ("bytes_read", "bytes_searched"))
    facts = [
        ("Search", f"{began} to {made}" if began else made),
        ("Hosts", f"{len(results):,} of {hosts:,} reported; {shown(report['verdict']['members'], 'member')} of the cluster"),
        ("Read", f"{size(read)} on disk, {size(searched)} after decompression" if results else ""),
        ("Purge", str(report["purge"])),
        ("Made by", f"genesys.gws {RELEASE}"),
    ]
    return [(name, value) for name, value in facts if value]
