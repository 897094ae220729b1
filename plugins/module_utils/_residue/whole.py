# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Combines the results of the hosts into one verdict for the cluster. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._residue.nodetool import members, own_id

CLEAN, RESIDUE, INCOMPLETE = "clean", "residue", "incomplete"

Report = dict[str, t.Any]


def whole_residue(reports: t.Sequence[Report], hosts: t.Sequence[str]) -> dict[str, t.Any]:
    """The verdict, complete only when each host, and each member of the ring, has reported.

    :param reports: for each host ``host`` (its name), ``result`` (of gws_pii_residue), ``status`` and ``info`` (what nodetool printed, '' if it failed).
    :param hosts: names of all hosts that have to report.
    """
    by_host = {str(report["host"]): report for report in reports if report}
    reported = {host: by_host[host]["result"] for host in hosts if _has_reported(by_host.get(host))}
    reasons = _silent([by_host.get(host, {"host": host}) for host in hosts if host not in reported])
    ring, absent = _absent([by_host[host] for host in reported])
    if not ring:
        reasons.append("the members of the cluster are not known: nodetool status did not work on any host that reported")
    elif absent:
        reasons.append(f"{len(absent)} of {counted(len(ring), 'member')} of the cluster did not report: {', '.join(absent)}")
    unfinished = [host for host, result in reported.items() if result["state"] == INCOMPLETE]
    if unfinished:
        reasons.append(f"{counted(len(unfinished), 'host')} could not be searched completely: {', '.join(unfinished)}")
    traces = sum(len(result["traces"]) for result in reported.values())
    due = _due(reported)
    state = INCOMPLETE if reasons else RESIDUE if traces else CLEAN
    verdict = {
        "state": state,
        "reasons": reasons,
        "hosts": [{"host": host, "state": result["state"], "traces": len(result["traces"])} for host, result in reported.items()],
        "members": len(ring),
        "traces": traces,
        "refs": sorted({str(ref) for result in reported.values() for ref in result.get("refs", ())}),
        "due": due,
        "search_again": max((entry["until"] for entry in due if entry["until"]), default=None),
    }
    return {**verdict, "summary": _summary(verdict, reported)}


def _due(reported: dict[str, Report]) -> list[dict[str, t.Any]]:
    """The entries of a receipt about the traces: for each place what it is, who is responsible, when it can be removed (None:
    unknown), and whose data it is.
    """
    found: dict[tuple[str, str], dict[str, t.Any]] = {}
    for result in reported.values():
        for trace in result["traces"]:
            removal = trace["removal"]
            entry = {
                "what": f"traces on disk, searched on {result['scanned_at']}: {place_in_words(trace)}; {removal['when']}",
                "table": trace["table"] or None,
                "by": "Cassandra" if removal["earliest"] else "operator",
                "until": removal["earliest"] or None,
            }
            known = found.setdefault((place_in_words(trace), removal["when"]), {**entry, "refs": []})
            known["until"] = max(known["until"] or "", entry["until"] or "") or None
            known["refs"] = sorted({*known["refs"], *(str(subject["ref"]) for subject in trace["subjects"])})
    return [found[place] for place in sorted(found)]


def _has_reported(report: Report | None) -> bool:
    return bool(report) and (report or {}).get("result", {}).get("state") in (CLEAN, RESIDUE, INCOMPLETE)


def _silent(reports: t.Sequence[Report]) -> list[str]:
    """Why hosts did not report: only messages of the module, which contain no personal data."""
    reasons = []
    for report in reports:
        result = report.get("result") or {}
        why = " (unreachable)" if result.get("unreachable") else f": {result['msg']}" if result.get("code") and result.get("msg") else ""
        reasons.append(f"{report['host']} did not report{why}".rstrip("."))
    return reasons


def _absent(reports: t.Sequence[Report]) -> tuple[dict[str, str], list[str]]:
    """The members of the ring (address by host id), and the addresses of those that did not report."""
    ring: dict[str, str] = {}
    ids: set[str] = set()
    addresses: set[str] = set()
    for report in reports:
        ring.update(members(str(report.get("status") or "")))
        ids.add(own_id(str(report.get("info") or "")))
        addresses.update(str(address) for address in report["result"].get("addresses") or ())
    return ring, sorted(address for host_id, address in ring.items() if host_id not in ids and address not in addresses)


def _summary(verdict: dict[str, t.Any], reported: dict[str, Report]) -> list[str]:
    """The summary for operators: the verdict, each trace with its removal, each file that could not be read."""
    head = {
        CLEAN: f"Clean: no traces on {counted(len(reported), 'host')} ({counted(verdict['members'], 'member')} of the cluster).",
        RESIDUE: f"Residue: {counted(verdict['traces'], 'trace')} on {counted(len(reported), 'host')}.",
        INCOMPLETE: f"Incomplete: {'; '.join(verdict['reasons'])}. {counted(verdict['traces'], 'trace')} found.",
    }
    lines = [head[verdict["state"]]]
    for host, result in reported.items():
        for trace in result["traces"]:
            removal = trace["removal"]
            until = f", {removal['earliest']}" if removal["earliest"] else ""
            how = f": {'; '.join(removal['commands'])}" if removal["commands"] else ""
            files = counted(trace["files_with_traces"], "file")
            lines.append(f"{host}: {place_in_words(trace)}: {files}, {trace['certainty']}. Can be removed {removal['when']}{until}{how}")
        for one in result["unreadable"]:
            files = f" ({counted(one['files'], 'file')})" if one["files"] else ""
            lines.append(f"{host}: {place_in_words(one)}: not searched{files}: {one['reason']}")
    if verdict["search_again"]:
        lines.append(f"Search again after {verdict['search_again']}: until then Cassandra keeps the keys of deleted rows.")
    elif verdict["traces"]:
        lines.append("Search again when the traces have been removed.")
    return lines


def place_in_words(place: dict[str, t.Any]) -> str:
    """A place in words."""
    table = ".".join(name for name in (place["keyspace"], place["table"]) if name)
    of_table = f" of {table}" if table else ""
    of_table += f", index {place['index']}" if place["index"] else ""
    kinds = {
        "live": "live files",
        "snapshot": f"snapshot {place['snapshot']}",
        "backup": "incremental backup",
        "commit_log": "commit log",
        "cdc": "change data capture",
        "hints": "hints",
        "saved_caches": "saved caches",
        "extra": place["folder"] or "extra path",
    }
    return kinds[place["place"]] + of_table
