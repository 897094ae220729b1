# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The tables on the page of a search of the disks: people, hosts, traces, what was not read. Pure, no I/O.

Names of hosts, tables, snapshots and folders are shown as the results have them, in which those that hold an identifier are withheld. Each row has
``lines``: how many lines of paper it takes, about.
"""

from __future__ import annotations

import collections
import math
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._residue.whole import place_in_words
from ansible_collections.genesys.gws.plugins.plugin_utils._page_words import clipped, day, shown, size
from ansible_collections.genesys.gws.plugins.plugin_utils._residue_words import HOSTS, KINDS

Data = dict[str, t.Any]
Results = t.Mapping[str, Data]
"""What gws_pii_residue returned, by the names of the hosts that reported."""

AFTER = "after the erasure"

_MOST_NAMES, _MOST_COMMANDS = 3, 4
_LONGEST_COMMAND, _LONGEST_NAME, _LONGEST_PLACE, _LONGEST_SENTENCE = 160, 50, 100, 200


def people(refs: t.Sequence[str], results: Results, *, complete: bool) -> list[Data]:
    """Each person who was searched for; those with traces first."""
    traces: dict[str, list[tuple[str, Data, int]]] = {}
    for host, result in results.items():
        for trace in result["traces"]:
            for who in trace["subjects"]:
                traces.setdefault(str(who["ref"]), []).append((host, trace, who["exact"]))
    order = dict.fromkeys([*(ref for ref in refs if ref in traces), *refs])
    return [_person(ref, traces.get(ref, []), complete=complete) for ref in order]


def _person(ref: str, traces: t.Sequence[tuple[str, Data, int]], *, complete: bool) -> Data:
    places = collections.Counter(kind for kind, _place in {(trace["place"], place_in_words(trace)) for _host, trace, _exact in traces})
    where = ", ".join(KINDS[kind][places[kind] != 1].format(places[kind]) for kind in KINDS if places[kind]) or "–"
    hosts = {host for host, _trace, _exact in traces}
    until = max((trace["removal"]["earliest"] for _host, trace, _exact in traces), default="")
    if traces:
        verdict, mood = ("Traces", "kept") if any(exact for _host, _trace, exact in traces) else ("Possible traces", "open")
    else:
        verdict, mood = ("No traces", "good") if complete else ("None so far", "none")
    name = clipped(ref, _LONGEST_NAME)
    return {
        "ref": name,
        "traces": f"{len(traces):,} on {shown(len(hosts), 'host')}" if traces else "none",
        "where": where,
        "until": f"not before {day(until)}" if until else "when they are removed" if traces else "–",
        "verdict": verdict,
        "mood": mood,
        "lines": max(_lines(name, 20), _lines(where, 36)),
    }


def hosts(names: t.Sequence[str], results: Results) -> list[Data]:
    """Each host; those that need somebody first."""
    order = list(HOSTS)
    return [_host(name, results.get(name)) for name in sorted(names, key=lambda name: order.index(_state(results.get(name))))]


def _state(result: Data | None) -> str:
    return str(result["state"]) if result else ""


def _host(name: str, result: Data | None) -> Data:
    shown_name = clipped(name, _LONGEST_NAME)
    verdict, mood = HOSTS[_state(result)]
    row = {"host": shown_name, "read": "nothing", "traces": "–", "unread": "everything"}
    if result:
        files, on_disk = (sum(one[what] for one in result["covered"]) for what in ("files", "bytes"))
        row |= {
            "read": f"{shown(files, 'file')}, {size(on_disk)}",
            "traces": f"{len(result['traces']):,}",
            "unread": shown(len(result["unreadable"]), "place") if result["unreadable"] else "–",
        }
    return {**row, "verdict": verdict, "mood": mood, "lines": _lines(shown_name, 30)}


def traces(results: Results) -> list[Data]:
    """Each place with traces, with what removes them. The same place on several hosts is one row."""
    places: dict[tuple[t.Any, ...], list[tuple[str, Data]]] = {}
    for host, result in results.items():
        for trace in result["traces"]:
            removal = trace["removal"]
            same = (list(KINDS).index(trace["place"]), place_in_words(trace), removal["when"], tuple(removal["commands"]), removal["why"])
            places.setdefault(same, []).append((host, trace))
    return [_trace(places[place], len(results)) for place in sorted(places)]


def _trace(found: t.Sequence[tuple[str, Data]], of_hosts: int) -> Data:
    removal = found[0][1]["removal"]
    earliest = max(trace["removal"]["earliest"] for _host, trace in found)
    commands = [command for command in removal["commands"][:_MOST_COMMANDS] if len(command) <= _LONGEST_COMMAND]
    hidden = len(removal["commands"]) - len(commands)
    more = f"{shown(hidden, 'more command' if commands else 'command')}: see the JSON report" if hidden else ""
    place, details = clipped(place_in_words(found[0][1]), _LONGEST_PLACE), [parts for parts in _details(found, of_hosts) if parts]
    left = _lines(place, 34) + sum(_lines(", ".join(parts), 42) for parts in details)
    right = sum(_lines(line, 52) for line in (*commands, more, removal["why"]))
    return {
        "place": place,
        "details": details,
        "when": f"from {day(earliest)} on" if earliest else removal["when"],
        "commands": commands,
        "more_commands": more,
        "why": removal["why"],
        "lines": max(left, right),
    }


def _details(found: t.Sequence[tuple[str, Data]], of_hosts: int) -> list[list[str]]:
    """On which hosts, whose, how many files, since when."""
    refs = dict.fromkeys(str(who["ref"]) for _host, trace in found for who in trace["subjects"])
    newest = max(trace["newest_write"] for _host, trace in found)
    written = {trace["written"] for _host, trace in found}
    when = AFTER if AFTER in written else min(written)  # as known as that of all hosts
    files = shown(sum(trace["files_with_traces"] for _host, trace in found), "file")
    return [
        _on([host for host, _trace in found], of_hosts),
        _named(list(refs), "people"),
        [files] if any(trace["certainty"] == "exact" for _host, trace in found) else [files, "possible matches only"],
        [f"newest write {day(newest)}", *([when] if when != "unknown" else [])] if newest else [],
    ]


def unread(results: Results) -> list[Data]:
    """What was not read, and why. The same on several hosts is one row."""
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for host, result in results.items():
        for one in result["unreadable"]:
            places.setdefault((place_in_words(one), one["reason"]), []).append((host, one["files"]))
    return [_unread(place, reason, found, len(results)) for (place, reason), found in sorted(places.items())]


def _unread(place: str, reason: str, found: t.Sequence[tuple[str, int]], of_hosts: int) -> Data:
    files = sum(files for _host, files in found)
    name, on = clipped(place, _LONGEST_PLACE), ", ".join(_on([host for host, _files in found], of_hosts))
    return {
        "place": name,
        "hosts": on,
        "files": shown(files, "file") if files else "all of it",
        "why": reason,
        "lines": max(_lines(name, 27), _lines(on, 24), _lines(reason, 26)),
    }


def reasons(found: t.Sequence[str]) -> list[Data]:
    """Why the search is not complete."""
    return [{"text": sentence(reason), "lines": _lines(sentence(reason), 95)} for reason in found]


def covered(results: Results) -> list[Data]:
    """How much was read of each kind of place, on all hosts together."""
    sums: dict[str, collections.Counter[str]] = {}
    for result in results.values():
        for one in result["covered"]:
            sums.setdefault(one["place"], collections.Counter()).update(files=one["files"], bytes=one["bytes"])
    return [
        {"what": title, "files": f"{sums[kind]['files']:,}", "size": size(sums[kind]["bytes"])}
        for kind, (_one, _several, title) in KINDS.items()
        if kind in sums
    ]


def sentence(text: t.Any) -> str:
    """What somebody else has said, not longer than the page can show."""
    return clipped(str(text), _LONGEST_SENTENCE)


def _on(hosts: t.Sequence[str], of_hosts: int) -> list[str]:
    return [f"all {of_hosts:,} hosts"] if len(hosts) == of_hosts > _MOST_NAMES else _named(hosts, "hosts")


def _named(names: t.Sequence[str], several: str) -> list[str]:
    """The names, or how many they are."""
    return [clipped(name, _LONGEST_NAME) for name in names] if len(names) <= _MOST_NAMES else [f"{len(names):,} {several}"]


def _lines(text: str, width: int) -> int:
    """How many lines of paper a text takes in a column of so many characters."""
    return math.ceil(len(text) / width)
