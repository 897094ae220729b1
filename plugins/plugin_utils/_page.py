# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The content of the report page, in the order of a data-protection officer's questions. Pure, no I/O.

People are identified by their references, never by an identifier. The numbers are those of the receipt, so that the two agree.
"""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.release import RELEASE
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import receipt_of
from ansible_collections.genesys.gws.plugins.plugin_utils._page_words import (
    KEPT,
    LEFT,
    MOODS,
    PLANNED,
    TITLES,
    clipped,
    day,
    fitting,
    parts_of_ring,
    period,
    shown,
)

Data = dict[str, t.Any]

_MOST_PEOPLE, _MOST_LINES, _MOST_TABLES, _MOST_GAPS = 10, 14, 5, 6  # so that the page prints on two sheets
_MOST_FOLDED = 1000  # people who are unfolded on the screen; a page of 10,000 opens on no phone
_LONGEST_REF = 60


def view(report: Data) -> Data:
    """The parts of the page, out of the report of a run."""
    receipt = receipt_of(report, run="", release=RELEASE, signed_by="")
    kind = _kind(report)
    people = [_person(subject, kind) for subject in receipt["subjects"]]
    people.sort(key=lambda person: person["mood"] != "bad")  # people who need action first, otherwise in the order of the request
    shown_first = _how_many(people)
    return {
        "kind": kind,
        "about": "Erasure of personal data",
        "title": TITLES[kind],
        "mood": MOODS[kind],
        "sentences": _sentences(report, receipt, kind),
        "when": period(report["started"], report["finished"]),
        "people": people[:shown_first],
        "more_people": people[shown_first : shown_first + _MOST_FOLDED],
        "more": _more(people[shown_first:]),
        "erased_header": "To be erased" if kind == "dry" else "Erased",
        "searches": _searches(report),
        "tables": _tables(report),
        "covered": _covered(report),
        "gaps": _gaps(receipt["not_covered"]),
        "steps": _steps(report, receipt, kind),
        "facts": _facts(report, receipt),
    }


def _kind(report: Data) -> str:
    if report["result"] == "failed":
        return "left" if report["proof"].get("complete") and report["proof"].get("left") else "failed"
    if report["result"] == "proven":
        return "proven"
    return "recall" if report["mode"] == "recall" else "dry" if report["erasure"]["plan"] else "search"


# ----------------------------------------------------------------------------------------------------------------------
# The verdict


def _sentences(report: Data, receipt: Data, kind: str) -> list[str]:
    people = receipt["subjects"]
    found = sum(1 for subject in people if any(subject["found"].values()))
    erased = sum(receipt["erased"][name] for name in ("deleted", "redacted", "orphans_deleted"))
    whom = f"{shown(len(people), 'person', 'people')} {'was' if len(people) == 1 else 'were'} searched for, {found:,} found"
    if kind == "recall":
        shown_found = f"{found:,}" if found else "nobody"
        again = f"{shown_found} of them {'is' if found < 2 else 'are'} in the data again"
        return [
            f"{shown(len(people), 'person', 'people')} {'was' if len(people) == 1 else 'were'} searched for: {again}. Nothing was changed."
        ]
    if kind == "proven":
        kept = sum(sum(subject["kept"].values()) for subject in people)
        but = f" {shown(kept, 'place is', 'places are')} kept on purpose; the reasons are below." if kept else ""
        nothing = "A second, complete search found nothing else of them" if kept else "A second, complete search found nothing of them"
        return [f"{whom}. {shown(erased, 'place was', 'places were')} erased. {nothing}.{but}"]
    if kind == "left":
        done = f"{whom}. {shown(erased, 'place was', 'places were')} erased, and the second search was complete, but this is left:"
        return [done, "; ".join(_left_in_words(report["proof"]["left_by_reason"])) + "."]
    if kind == "failed":
        lines = [report["reason"]]
        if report["mode"] != "erase" or not report["search"]["complete"]:
            lines.append("Nothing was changed.")
        elif erased:
            lines.append(f"{shown(erased, 'place', 'places')} had been erased before. Run it again: what is gone already counts as done.")
        return lines
    if kind == "dry":
        plan = report["erasure"]["plan"]
        would = f"{shown(plan['delete'], 'setting')} would be deleted, and {plan['redact']} would lose only the entries of these people"
        return [f"{whom}. {would}."]
    return [f"{whom}. No GWS login was set, so no erasure was planned."]


def _left_in_words(left: t.Mapping[str, int]) -> list[str]:
    return [f"{shown(count, *LEFT[reason][0])}" for reason, count in left.items() if reason in LEFT]


# ----------------------------------------------------------------------------------------------------------------------
# People


def _person(subject: Data, kind: str) -> Data:
    kept = {state: count for state, count in subject["kept"].items() if kind != "dry" or state not in PLANNED}
    planned = sum(subject["kept"].get(state, 0) for state in PLANNED) if kind == "dry" else 0
    erased, absent, left = sum(subject["erased"].values()), subject["already_absent"], sum(subject["left"].values())
    states = erased + absent + sum(subject["kept"].values())
    found = states or sum(subject["found"].values())
    mood, verdict = _verdict_of(kind, found, erased + absent, sum(kept.values()), left)
    return {
        "ref": clipped(subject["ref"], _LONGEST_REF),
        "found": found,
        "erased": planned if kind == "dry" else erased,
        "absent": absent,
        "kept": [f"{count} {KEPT[state][count != 1] if state in KEPT else state}" for state, count in kept.items()],
        "mood": mood,
        "verdict": verdict,
    }


def _verdict_of(kind: str, found: int, gone: int, kept: int, left: int) -> tuple[str, str]:
    """The colour class and the verdict of a person's row."""
    if kind == "failed":
        return ("bad", "Not proven")
    if not found:
        return ("none", "Not found")
    if left:
        return ("bad", f"{left} left")
    if kind in ("dry", "search", "recall"):
        return ("open", "Found again" if kind == "recall" else "Found")
    if not kept:
        return ("good", "Erased")
    return ("kept", f"Erased, {kept} kept" if gone else "Kept")


def _how_many(people: t.Sequence[Data]) -> int:
    """How many people are shown at once, by the lines that they take; the others are folded."""
    return fitting([max(1, len(person["kept"])) for person in people[:_MOST_PEOPLE]], _MOST_LINES)


def _more(people: t.Sequence[Data]) -> str:
    """How many more people there are, by verdict."""
    if not people:
        return ""
    verdicts = collections.Counter(_MOODS[person["mood"]] for person in people)
    parts = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())
    return f"{shown(len(people), 'more person', 'more people')} ({parts}); the JSON report lists everybody."


_MOODS = {"bad": "not done", "open": "found", "kept": "erased, with some places kept", "good": "erased", "none": "not found"}


# ----------------------------------------------------------------------------------------------------------------------
# What the proof covers


def _searches(report: Data) -> list[Data]:
    """The rings: one for each search."""
    parts = [("First search", report["search"])]
    if report["mode"] == "erase" and report["search"]["complete"]:
        parts.append(("The proof: second search", report["proof"]))
    return [_ring(title, part) for title, part in parts]


def _ring(title: str, part: Data) -> Data:
    coverage = part.get("coverage") or {}
    complete = bool(part.get("complete"))
    users = part.get("api") or {}
    ranges = coverage.get("ranges", 0)
    if users:
        number, unit, caption = users["users"], "user" if users["users"] == 1 else "users", "all of them, through the API of GWS"
    elif coverage:
        number, unit = ranges, "token range" if ranges == 1 else "token ranges"
        rows, tables = shown(coverage["rows"], "row"), shown(len(coverage["tables"]), "table")
        caption = f"{rows} in {tables}, at {coverage['consistency_level']}"
    else:
        number, unit, caption = 0, "not finished", "it did not read everything, or did not start"
    return {
        "title": title,
        "complete": complete,
        "number": f"{number:,}" if complete else "–",
        "unit": unit,
        "caption": caption,
        **parts_of_ring(number),
    }


def _tables(report: Data) -> Data:
    """Each table that was read: those with findings first."""
    before = {table["table"]: table for table in (report["search"].get("coverage") or {}).get("tables", [])}
    proof = report["proof"].get("coverage") or {}
    after = {table["table"]: table["matches"] for table in proof.get("tables", [])}
    most = max((table["rows"] for table in before.values()), default=0)
    rows = [
        {
            "table": name,
            "rows": f"{table['rows']:,}",
            "share": round(100 * table["rows"] / most) if most else 0,
            "found": f"{table['matches']:,}",
            "after": f"{after[name]:,}" if name in after else "–",
            "matches": table["matches"],
        }
        for name, table in before.items()
    ]
    rows.sort(key=lambda row: (-row["matches"], row["table"]))
    hidden = rows[_MOST_TABLES:]
    more = f"{counted(len(hidden), 'more table')} also read completely: see the JSON report." if hidden else ""
    return {"rows": rows[:_MOST_TABLES], "more": more, "with_proof": report["mode"] == "erase"}


def _covered(report: Data) -> list[str]:
    """What the searches cover, in sentences."""
    search, coverage = report["search"], report["search"].get("coverage") or {}
    if not search["complete"] and not coverage:
        return ["Nothing: the search was not complete."]
    lines = []
    if coverage:
        keyspace = f"keyspace {coverage['keyspace']} of cluster {coverage['cluster']}"
        if search["complete"]:
            lines.append(
                f"Every row of every table listed here ({keyspace}): the token ranges that were read cover the whole ring exactly once."
            )
        else:
            lines.append(
                f"The tables listed here ({keyspace}), apart from what Cassandra does not show of {', '.join(coverage['partly_read'])}."
            )
    elif search.get("api"):
        lines.append("All settings of all users, as GWS shows them. Cassandra itself was not read.")
    of_whom = "of everybody in the ledger, except free texts" if report["mode"] == "recall" else "of the request"
    lines.append(f"All identifiers {of_whom}, in every spelling that the matching rules know.")
    limited = len(coverage.get("groups_seen", []))
    if limited:
        others = counted(search["matches_in_other_groups"], "finding")
        lines.append(f"Only {counted(limited, 'settings group')}, as requested: {others} in other groups were left unchanged.")
    if coverage.get("not_searchable"):
        lines.append(f"Except {counted(coverage['not_searchable'], 'value')}: compressed or encoded in a way that can't be read.")
    if coverage.get("consistency_level") in ("LOCAL_QUORUM", "LOCAL_ONE"):
        lines.append(f"Except data that only another data centre has ({coverage['consistency_level']}).")
    return lines


# ----------------------------------------------------------------------------------------------------------------------
# What it does not cover, and what to do next


def _gaps(not_covered: t.Sequence[Data]) -> list[Data]:
    """What is not covered, one entry for each kind and date, with its tables."""
    tables: dict[tuple[str, str | None], list[str]] = {}
    for gap in not_covered:
        names = tables.setdefault((gap["what"], gap["until"]), [])
        names += [gap["table"]] if gap["table"] else []
    gaps = [
        {
            "what": what[:1].upper() + what[1:] + (f" ({_names(names)})" if names else ""),
            "until": f"from {day(until)} on" if until else "when its administrators have removed it (no date is known)",
        }
        for (what, until), names in tables.items()
    ]
    hidden = len(gaps) - _MOST_GAPS
    more = {"what": f"{shown(hidden, 'more entry', 'more entries')}: see the JSON report", "until": ""}
    return [*gaps[: _MOST_GAPS - 1], more, gaps[-1]] if hidden > 0 else gaps


def _names(tables: t.Sequence[str]) -> str:
    return f"tables {', '.join(tables)}" if 1 < len(tables) <= 3 else f"table {tables[0]}" if len(tables) == 1 else f"{len(tables)} tables"


def _steps(report: Data, receipt: Data, kind: str) -> list[str]:
    """What to do next, first things first."""
    if kind == "failed":
        return [
            "Resolve the error shown at the top, then run the request again. Running it again is always safe.",
            "Until a run ends with \u201cErased and proven\u201d, count this request as open.",
        ]
    if kind == "recall":
        return _steps_of_recall(report, receipt)
    if kind == "search":
        return ["To see what an erasure would do, run it again with the address and the login of GWS."]
    if kind == "dry":
        return [
            *_decisions(report["erasure"].get("would_be_left", {}), "An erasure would end as not finished: "),
            "Let a second person look at the numbers on this page.",
            (
                f"Then erase exactly this plan, with the same command and `-e cleanup=true -e forget_me_expect_plan={report['erasure']['plan']['digest']}`. "
                "If the plan has changed by then, nothing is erased."
            ),
        ]
    steps = _decisions(report["proof"]["left_by_reason"], "")
    if kind == "left":
        steps.append("Run the request again afterwards. Until then it is open.")
    kept: collections.Counter[str] = collections.Counter()
    for subject in receipt["subjects"]:
        kept.update(subject["kept"])
    if kept["held"]:
        steps.append(f"{shown(kept['held'], 'place is', 'places are')} under a legal hold: run the request again when the hold ends.")
    if kept["corporate"]:
        steps.append("Hand the request to the administrators of the contact centre: corporate favorites are theirs to change.")
    due = [gap["until"] for gap in receipt["not_covered"] if gap["until"]]
    if due:
        steps.append(
            f"After {day(max(due))}, have the disks searched: `ansible-playbook genesys.gws.residue`. Until then Cassandra needs its "
            "regular `nodetool repair`, or deleted data can come back."
        )
    steps.append("An agent who was logged in may have written Recents back: search once more after all agents have logged in again.")
    signed = " and the signed receipt" if report.get("receipt") else ""
    steps.append(
        f"Keep this page{signed} with the request." if kind == "proven" else f"Keep this page{signed}: it shows what was done so far."
    )
    return steps


def _steps_of_recall(report: Data, receipt: Data) -> list[str]:
    recall = report["recall"]
    steps = []
    if recall["recalled"]:
        steps.append(
            "Forget them again: `ansible-playbook genesys.gws.forget_again -e cleanup=true`, with the same options as this run. If this run had "
            "`cleanup`, it has already done so, and the report of the erasure is next to this one."
        )
    if recall["texts"]:
        requests = "the request" if len(recall["refs_with_texts"]) == 1 else f"{len(recall['refs_with_texts'])} requests"
        steps.append(f"Run forget_me with {requests} that had free texts, which the ledger can't find: the summary below lists them.")
    due = receipt["search_again"]
    when = f"after {day(due)}, " if due else ""
    steps.append(f"Run forget_again once more {when}after each restore of a backup, and every month.")
    return steps


def _decisions(left: t.Mapping[str, int], before: str) -> list[str]:
    return [f"{before}{shown(count, *LEFT[reason][0])}. {LEFT[reason][1]}" for reason, count in left.items() if reason in LEFT]


# ----------------------------------------------------------------------------------------------------------------------
# The small print


def _facts(report: Data, receipt: Data) -> list[tuple[str, str]]:
    coverage = report["search"].get("coverage") or {}
    signed = report.get("receipt") or {}
    facts = [
        ("Run", f"{report['mode']}, {report['started']} to {report['finished']}"),
        ("Cluster, keyspace", f"{coverage['cluster']}, {coverage['keyspace']}" if coverage else ""),
        ("Cassandra", ", ".join(coverage.get("versions", []))),
        ("Write requests to GWS", f"{report['erasure']['requests_that_write']:,}"),
        ("Plan (digest)", report["erasure"]["plan"].get("digest", "")),
        ("Receipt", f"{signed['file']}, signed by {signed['signed_by']}" if signed else "none: forget_me_receipt_key was not set"),
        ("Made by", f"genesys.gws {receipt['run']['release']}"),
    ]
    return [(name, value) for name, value in facts if value]
