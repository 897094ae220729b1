# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The receipt: what a run searched, found, erased, kept and left, for each subject by reference. Pure, no I/O.

It is made from the report of the run alone; docs/receipt.schema.json defines its format. It contains only counts, references, names of tables, times
and keyed codes, so it reveals nobody's address or number.
"""

from __future__ import annotations

import datetime
import json
import typing as t

KIND = "genesys.gws.erasure-receipt"
VERSION = 1
INTERRUPTED = "interrupted"

Data = dict[str, t.Any]

_ERASED = ("deleted", "redacted", "orphans_deleted")
_ABSENT = "already_absent"
# Why data of a subject was not erased, by the names of the outcomes of gws_pii_delete.
WHY_KEPT = {
    "held": "a legal hold",
    "corporate": "a setting of the contact centre, which belongs to its administrators",
    "possible": "only a possible match",
    "shared": "also holds other people's contacts, and can't or may not be redacted",
    "system": "a system setting, which can't be deleted",
    "other_group": "not in the requested groups",
    "orphaned": "a row of an owner whom GWS no longer knows",
    "outside": "a row in a table that holds no settings",
    "unresolved": "a row that GWS does not show",
    "changed": "changed since it was planned",
    "failed": "GWS did not erase it",
    "delete": "planned to be deleted",
    "redact": "planned to be redacted",
    "unknown": "being erased when the run ended; the outcome is not known",
}
_COVERAGE = (
    "cluster",
    "keyspace",
    "consistency_level",
    "versions",
    "hosts",
    "rows",
    "ranges",
    "resumed_ranges",
    "not_searchable",
    "partly_read",
    "seconds",
)
_TABLE = ("table", "rows", "ranges", "not_searchable", "gc_grace_seconds")


def receipt_of(report: Data, *, run: str, release: str, signed_by: str) -> Data:
    """The receipt of a run.

    :param report: the report of the role (``forget_me_report_dir``).
    :param run: a random id of the run. :param release: of this collection.
    :param signed_by: fingerprint of the key that signs.
    """
    erases = report["mode"] == "erase"
    search, erasure, proof = report["search"], report["erasure"], report["proof"]
    subjects = _subjects(search.get("subjects", []), erasure.get("subjects", []), proof)
    outcomes: Data = erasure.get("outcomes", {})
    open_ends = report.get("not_covered") or not_covered(search.get("coverage", {}), report["finished"], erases=erases)
    return {
        "receipt": KIND,
        "version": VERSION,
        "run": {
            "id": run,
            "release": release,
            "started": report["started"],
            "finished": report["finished"],
            "mode": report["mode"],
            "result": report["result"],
            "reason": report["reason"],
        },
        "searched": _searched(search),
        "proof": {**_searched(proof), "left": int(proof.get("left", 0)), "left_by_reason": dict(proof.get("left_by_reason", {}))}
        if erases
        else None,
        "plan": {
            name: erasure["plan"][name] for name in ("digest", "settings", "delete", "redact", "rows") if name in erasure.get("plan", {})
        }
        or None,
        "erased": {name: int(outcomes.get(name, 0)) for name in (*_ERASED, _ABSENT)},
        "requests_that_write": int(erasure.get("requests_that_write", 0)),
        "subjects": subjects,
        "why_kept": {state: WHY_KEPT.get(state, state) for state in sorted({state for subject in subjects for state in subject["kept"]})},
        "not_covered": open_ends,
        "search_again": search_again(open_ends),
        "ledger": report.get("ledger"),
        "signed_by": signed_by,
    }


def interrupted_report(started: str, mode: str, events: t.Sequence[Data], found_at: str) -> Data:
    """The report of a run that ended without one, from its record (``_evidence.run_record``)."""
    search: Data = {}
    plan: Data = {}
    refs: list[str] = []
    states: dict[str, dict[str, int]] = {}
    outcomes: dict[str, int] = {}
    open_writes: dict[int, list[str]] = {}
    ledger: Data | None = None
    for event in events:
        what = event.get("event")
        if what == "searched":
            search = event["search"]
        elif what == "planned":
            plan, refs = event["plan"], list(event["subjects"])
        elif what == "writing":
            open_writes[int(event["write"])] = [str(ref) for ref in event["subjects"]]
        elif what == "ledger":
            ledger = event["head"]
        elif what == "wrote":
            outcome = str(event["outcome"])
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            for ref in open_writes.pop(int(event["write"]), []):
                _count(states, ref, outcome)
    for unknown in open_writes.values():
        for ref in unknown:
            _count(states, ref, "unknown")
    return {
        "started": started,
        "finished": found_at,
        "mode": mode,
        "result": INTERRUPTED,
        "reason": "The run ended without a result: it was killed, or its machine stopped. The next run wrote this receipt from the record of the run.",
        "search": search,
        "erasure": {
            "plan": plan,
            "outcomes": outcomes,
            "subjects": [{"ref": ref, "found": sum(states.get(ref, {}).values()), "states": states.get(ref, {})} for ref in refs],
            "requests_that_write": sum(1 for event in events if event.get("event") == "writing"),
        },
        "proof": {"complete": False},
        "ledger": ledger,
    }


def text_of(receipt: Data) -> bytes:
    """The bytes of the receipt, which are signed and saved."""
    return json.dumps(receipt, indent=2, sort_keys=True, ensure_ascii=True).encode("ascii") + b"\n"


def file_name(started: str) -> str:
    """The file name of the receipt of a run, by its start time (ISO 8601, UTC): ``receipt-20261231T235959Z.json``."""
    return f"receipt-{''.join(char for char in started if char in '0123456789TZ')}.json"


def _count(states: dict[str, dict[str, int]], ref: str, state: str) -> None:
    of_ref = states.setdefault(ref, {})
    of_ref[state] = of_ref.get(state, 0) + 1


def _searched(part: Data) -> Data:
    coverage: Data = part.get("coverage") or {}
    complete = bool(part.get("complete"))
    return {
        "complete": complete,
        # A search of Cassandra that has not read each token range of each table once fails; one through the API has read none.
        "whole_ring": complete and bool(coverage.get("tables")),
        **({"api": dict(part["api"])} if part.get("api") else {}),
        **{name: coverage[name] for name in _COVERAGE if name in coverage},
        "tables": [{name: table[name] for name in _TABLE if name in table} for table in coverage.get("tables", [])],
    }


def _subjects(searched: t.Sequence[Data], erased: t.Sequence[Data], proof: Data) -> list[Data]:
    """One entry for each subject, even if it was not found."""
    findings = {str(subject["ref"]): subject for subject in searched}
    done = {str(subject["ref"]): subject for subject in erased}
    after = {str(subject["ref"]): subject for subject in proof.get("subjects", [])}
    reasons = set(proof.get("left_by_reason", {}))
    return [
        {
            "ref": ref,
            "found": {name: int(findings.get(ref, {}).get(name, 0)) for name in ("exact", "possible")},
            "erased": {state: count for state, count in states.items() if state in _ERASED},
            "already_absent": states.get(_ABSENT, 0),
            "kept": {state: count for state, count in states.items() if state not in (*_ERASED, _ABSENT)},
            "left": {state: count for state, count in left.items() if _reason(state) in reasons},
        }
        for ref in dict.fromkeys([*findings, *done])
        for states in [{str(state): int(count) for state, count in done.get(ref, {}).get("states", {}).items()}]
        for left in [{str(state): int(count) for state, count in after.get(ref, {}).get("states", {}).items()}]
    ]


def _reason(state: str) -> str:
    """The reason under which a state counts as left."""
    return {"delete": "still_there", "redact": "still_there", "system": "shared"}.get(state, state)


def search_again(not_covered: t.Sequence[Data]) -> str | None:
    """The time after which another search can confirm that what this one does not cover is gone; None if there is no such time."""
    return max((part["until"] for part in not_covered if part["until"]), default=None)


def not_covered(coverage: Data, finished: str, *, erases: bool, known: t.Sequence[Data] = ()) -> list[Data]:
    """What the run does not cover, who is responsible, and when it can be gone. ``until`` is a time in ISO 8601, or None if unknown. :param known:
    further entries: traces that were found on disks.
    """
    parts: list[Data] = []
    if erases:
        for table in coverage.get("tables", []):
            parts.append(
                {
                    "what": "deleted cells on disk, until Cassandra compacts them; keys of deleted rows not before the time given",
                    "table": table["table"],
                    "by": "Cassandra",
                    "until": _later(finished, int(table.get("gc_grace_seconds", 0))),
                }
            )
    left_out = "a table that was left out of the search (forget_me_tables, forget_me_exclude_tables)"
    parts += [{"what": left_out, "table": table, "by": "operator", "until": None} for table in coverage.get("tables_left_out", ())]
    if not coverage.get("tables"):
        parts.append(
            {
                "what": "data that only Cassandra has: Cassandra was not read, or not completely",
                "table": None,
                "by": "operator",
                "until": None,
            }
        )
    parts += known
    operator = ["snapshots, incremental backups and archived commit logs of Cassandra", "backups of hosts and file systems"]
    parts += [{"what": what, "table": None, "by": "operator", "until": None} for what in operator]
    parts += [{"what": "values that are compressed or encoded", "table": None, "by": "operator", "until": None}] * bool(
        coverage.get("not_searchable")
    )
    parts.append({"what": "Workspace Desktop Edition, which keeps contacts elsewhere", "table": None, "by": "operator", "until": None})
    return parts


def _later(moment: str, seconds: int) -> str:
    parsed = datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return (parsed + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
