# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The outcome of a run of the role, in words and as data. Pure, no I/O; counts, references and names of tables only."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import jinja2

from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import not_covered, search_again
from ansible_collections.genesys.gws.plugins.plugin_utils import _page

Result = dict[str, t.Any]

_MOST_REFS = 20


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The results of the steps, as the modules return them; {} for a skipped step.

    ``known``: findings of earlier runs that this one does not cover.

    ``checked``: gws_pii_check. ``found``: the first search. ``done``: what was planned and erased. ``proof``: the second search. ``left``: what it
    still found.
    """

    request: Result
    checked: Result
    found: Result
    done: Result
    proof: Result
    left: Result
    finished: str
    known: tuple[Result, ...] = ()

    @property
    def failure(self) -> str:
        """Why a step failed; '' when none did."""
        for step in (self.checked, self.found, self.done, self.proof, self.left):
            if step.get("failed"):
                return str(step.get("msg") or "The run failed without a message.")
        return ""

    @property
    def reason(self) -> str:
        """Why the run does not fulfil the request; '' if it does."""
        if self.failure or not self.request["erases"]:
            return self.failure
        if "matches" not in self.proof or "left_message" not in self.left:
            return "The second search did not take place, so nothing is proven. Run it again."
        return str(self.left["left_message"])

    @property
    def verdict(self) -> str:
        """failed, proven or searched."""
        return "failed" if self.reason else "proven" if self.request["erases"] else "searched"


def file_name(outcome: Outcome, kind: str = "forget_me") -> str:
    """The name of the report's files, without their ending."""
    return f"{kind}-{compact_time(outcome.request['started'])}"


def compact_time(moment: str) -> str:
    """A UTC time as names of files have it."""
    return "".join(char for char in moment if char in "0123456789TZ")


def where(folder: str, stem: str, contents: t.Collection[str]) -> str:
    """Where the files of a report are, by the endings of their names."""
    return f"Report: {folder}/{stem}.html (for people) and .json." if ".html" in contents else f"Report: {folder}/{stem}.json."


# ----------------------------------------------------------------------------------------------------------------------
# In words


def summary(outcome: Outcome) -> list[str]:
    """The lines of the summary."""
    lines = _search_lines(outcome.found)
    done = outcome.done if "outcomes" in outcome.done else {}
    if done:
        lines += _erasure_lines(outcome, done)
    elif not outcome.failure:
        given = "No GWS login was given" if outcome.request["has_gws"] else "No GWS address was given"
        lines.append(f"{given}: only Cassandra was searched. Nothing was changed.")
    lines += _evidence_lines(outcome)
    if outcome.failure:
        lines.append(f"Failed: {outcome.failure}")
    elif outcome.reason:
        lines.append(f"NOT proven: {outcome.reason}")
    elif outcome.request["erases"]:
        but = ", apart from what is listed above" if outcome.proof.get("matches") else ""
        unseen = outcome.proof.get("coverage", {}).get("not_searchable", 0)
        if unseen:
            but += f"; {counted(unseen, 'value')} could not be searched"
        unseen_tables = _unseen(outcome.proof.get("coverage") or {})
        lines.append(
            f"Proven: the second search was complete{unseen_tables}, and no data of these people is left in what was searched{but}."
        )
    if done and not outcome.request["erases"] and done.get("plan"):
        lines.append(f"Plan: {done['plan']['digest']}")
    return lines


def _evidence_lines(outcome: Outcome) -> list[str]:
    """Lines about the site's key, and about killed runs."""
    lines = []
    settled = outcome.request.get("evidence", {}).get("settled", 0)
    if settled:
        lines.append(
            f"{counted(settled, 'earlier run')} ended without a receipt, which {'has' if settled == 1 else 'have'} been written now."
        )
    source = outcome.found.get("key_source") or outcome.checked.get("key_source", "")
    if source in ("made", "file"):
        lines.append(
            f"The key of this site {'was generated and ' if source == 'made' else ''}is kept in {outcome.request['key_file']}: copy it to Ansible Vault "
            "as forget_me_key. Without it, findings, checkpoints and the ledger can't be used."
        )
    return lines


def recall_summary(outcome: Outcome, *, erases: bool) -> list[str]:
    """The lines of the summary of a search for everybody in a ledger."""
    recalled = outcome.found
    if outcome.failure:
        return [f"Failed: {outcome.failure}", *_evidence_lines(outcome)]
    coverage = recalled["coverage"]
    tables, rows = counted(len(coverage["tables"]), "table"), counted(coverage["rows"], "row")
    number = recalled["recalled"]
    lines = [
        f"The search for everybody in the ledger was complete{_unseen(coverage)}: {tables}, {rows}, {coverage['seconds']} s.",
        f"The ledger holds {counted(recalled['people'], 'person', 'people')}; {number or 'nobody'} of them {'is' if number < 2 else 'are'} in the data again.",
        *_limit_lines(coverage),
    ]
    if recalled["texts"]:
        lines.append(_free_text_line(recalled))
    if recalled["expired"]:
        entries = counted(recalled["expired"], "entry has", "entries have")
        gone = "removed; the head of the ledger is unchanged" if erases else "not searched for"
        lines.append(f"{entries} expired and {'was' if recalled['expired'] == 1 else 'were'} {gone}.")
    return [*lines, *_due(list(outcome.known)), *_evidence_lines(outcome)]


def _free_text_line(recalled: Result) -> str:
    refs = recalled.get("refs_with_texts", [])
    more = " and others" if len(refs) > _MOST_REFS else ""
    texts = counted(recalled.get("texts", 0), "text has", "texts have")
    requests = "request" if len(refs) == 1 else "requests"
    return f"{texts} no code and can't be searched for from the ledger: run forget_me with the {requests} of {', '.join(refs[:_MOST_REFS])}{more}."


def place_of_report(lines: t.Sequence[str]) -> int:
    """Where a line about the report goes: before the plan's digest, which is the last line of a dry run."""
    return len(lines) - 1 if lines and lines[-1].startswith("Plan: ") else len(lines)


def search_of_api(done: Result) -> Result:
    """A search as gws_pii_search returns it, out of what gws_pii_delete found among the settings of all users."""
    if "outcomes" not in done:
        return {}
    possible = {subject["ref"]: subject["states"].get("possible", 0) for subject in done["subjects"]}
    subjects = [
        {"ref": subject["ref"], "exact": subject["found"] - possible[subject["ref"]], "possible": possible[subject["ref"]]}
        for subject in done["subjects"]
    ]
    matches = sum(subject["found"] for subject in done["subjects"])
    users = {"users": done.get("users", 0), "users_read": done.get("users_read", 0)}
    return {"complete": not done.get("failed", False), "matches": matches, "matches_in_other_groups": 0, "subjects": subjects, "api": users}


def _search_lines(found: Result) -> list[str]:
    if "api" in found:
        users = "the only user" if found["api"]["users"] == 1 else f"all {found['api']['users']} users"
        return [f"The search was complete: the settings of {users}, read through the API of GWS.", _findings_line(found)]
    coverage = found.get("coverage")
    if not coverage:
        return ["The search is not complete." if found else "Nothing was searched."]
    hosts = f", on {coverage['hosts']} hosts" if coverage["hosts"] > 1 else ""
    tables, rows = counted(len(coverage["tables"]), "table"), counted(coverage["rows"], "row")
    ranges = "the only token range" if coverage["ranges"] == 1 else f"all {coverage['ranges']} token ranges"
    lines = [
        f"The search was complete{_unseen(coverage)}: {tables}, {rows}, {ranges} at {coverage['consistency_level']}, {coverage['seconds']} s{hosts}."
    ]
    if not coverage["rows"]:
        lines.append("No rows were read: unless GWS has no settings at all, this is not the keyspace of GWS (check cass_keyspace).")
    if coverage["resumed_ranges"]:
        ranges = counted(coverage["resumed_ranges"], "token range")
        lines.append(f"{ranges} of these had been read by an earlier search that was killed or stopped (within a day).")
    if coverage["checkpoint_refused"]:
        lines.append(f"The checkpoint of an earlier search was not used: {coverage['checkpoint_refused']}.")
    if coverage["throttled"]:
        lines.append("Throttled: " + ", ".join(f"{seconds} s by {reason}" for reason, seconds in coverage["throttled"].items()) + ".")
    return [*lines, *_limit_lines(coverage), _findings_line(found)]


def _unseen(coverage: Result) -> str:
    partly_read = coverage.get("partly_read")
    return f", apart from what Cassandra does not show of {', '.join(partly_read)}" if partly_read else ""


def _limit_lines(coverage: Result) -> list[str]:
    """The limits of a complete search."""
    left_out = coverage.get("tables_left_out", [])
    lines = [f"Not searched, as requested: {'table' if len(left_out) == 1 else 'tables'} {', '.join(left_out)}."] if left_out else []
    if coverage["not_searchable"]:
        values = counted(coverage["not_searchable"], "value is", "values are")
        lines.append(f"Not searchable: {values} compressed, encoded or binary, so they may still contain data of these people.")
    if coverage["consistency_level"] in ("LOCAL_QUORUM", "LOCAL_ONE"):
        lines.append(f"Data that only another data centre has was not read ({coverage['consistency_level']}).")
    return lines


def _findings_line(found: Result) -> str:
    subjects = found["subjects"]
    exact = sum(1 for subject in subjects if subject["exact"])
    possible = sum(subject["possible"] for subject in subjects)
    line = f"Found: {counted(found['matches'], 'finding')} for {exact} of {counted(len(subjects), 'person', 'people')}"
    if possible:
        line += f", {possible} of them only possible matches"
    others = found["matches_in_other_groups"]
    if others:
        line += f"; {counted(others, 'more is', 'more are')} not in the requested groups"
    return line + "."


# What is counted in the result of gws_pii_delete and was not erased, in the order in which it is shown.
_REPORTED = {
    "held": ("setting under a legal hold", "settings under a legal hold"),
    "corporate": (
        "corporate favorite, which the contact centre's administrators have to change (forget_me_corporate)",
        "corporate favorites, which the contact centre's administrators have to change (forget_me_corporate)",
    ),
    "possible": ("setting that is only a possible match", "settings that are only possible matches"),
    "shared": ("setting that also holds other people's contacts", "settings that also hold other people's contacts"),
    "other_group": ("setting in another group", "settings in other groups"),
    "orphaned": ("row of a former agent, whom GWS no longer knows", "rows of former agents, whom GWS no longer knows"),
    "outside": ("row in a table that holds no settings", "rows in tables that hold no settings"),
    "unresolved": ("row that GWS does not show", "rows that GWS does not show"),
    "changed": ("setting that changed after it was planned", "settings that changed after they were planned"),
}
_ERASED = ("deleted", "redacted", "orphans_deleted")


def _erasure_lines(outcome: Outcome, done: Result) -> list[str]:
    outcomes: dict[str, int] = done["outcomes"]
    if outcome.request["erases"]:
        parts = [f"{counted(outcomes['deleted'], 'setting')} deleted", f"{outcomes['redacted']} redacted"]
        if outcomes["orphans_deleted"]:
            parts.append(f"{counted(outcomes['orphans_deleted'], 'row')} of former agents deleted")
        lines = [f"Erased: {', '.join(parts)}; already absent: {outcomes['already_absent']}."]
        if any(outcomes[name] for name in _ERASED):
            lines += _due(_not_covered(outcome))
        if not outcome.failure and not outcomes["already_absent"] and not any(outcomes[name] for name in _ERASED):
            lines.append("There was nothing to erase, so nothing was changed.")
    elif done.get("plan"):
        lines = [
            f"Dry run: {counted(done['plan']['delete'], 'setting')} would be deleted, {done['plan']['redact']} redacted. Nothing was changed."
        ]
    else:
        lines = []
    lines += [f"Left unchanged: {counted(outcomes[name], *nouns)}." for name, nouns in _REPORTED.items() if outcomes.get(name)]
    if outcome.request.get("source") == "both":
        in_api, in_cassandra = counted(done.get("only_in_api", 0), "setting"), counted(done.get("only_in_cassandra", 0), "row")
        lines.append(f"Compared: {in_api} only in the API of GWS, {in_cassandra} only in Cassandra.")
    lines += _hold_lines(done)
    if done.get("export"):
        encrypted = done["export"]["encrypted"]
        lines.append(
            "Export: written to forget_me_export, encrypted with the vault password."
            if encrypted
            else "Export: written to forget_me_export, not encrypted (mode 0600)."
        )
    if done.get("changed_meanwhile"):
        changed = counted(done["changed_meanwhile"], "other setting")
        lines.append(f"{changed} changed during the run: agents are working. Run it again while they are logged out.")
    return lines


def _hold_lines(done: Result) -> list[str]:
    """How many legal holds applied; one that matched nothing may be misspelled."""
    effective, unmet = done.get("holds_effective", 0), done.get("holds_unmet_positions", [])
    if not effective and not unmet:
        return []
    line = f"Legal holds: {effective} of {effective + len(unmet)} applied to something here"
    if unmet:
        positions = ", ".join(str(position) for position in unmet[:10]) + (" and more" if len(unmet) > 10 else "")
        number, spelled = ("number", "it is") if len(unmet) == 1 else ("numbers", "they are")
        line += f"; {number} {positions} of the list matched nothing: check how {spelled} spelled"
    return [line + "."]


# ----------------------------------------------------------------------------------------------------------------------
# As data


def report(outcome: Outcome) -> Result:
    """The report, for programs."""
    erases = outcome.request["erases"]
    found, done = outcome.found, outcome.done
    proof, left = (outcome.proof, outcome.left) if erases else ({}, {})
    return {
        "report": "genesys.gws.forget_me",
        "version": 1,
        "started": outcome.request["started"],
        "finished": outcome.finished,
        "mode": "erase" if erases else "dry run",
        "result": outcome.verdict,
        "reason": outcome.reason,
        "search": {
            "complete": found.get("complete", False),
            "search_id": found.get("search_id", ""),
            "matches": found.get("matches", 0),
            "matches_in_other_groups": found.get("matches_in_other_groups", 0),
            "subjects": found.get("subjects", []),
            "coverage": found.get("coverage", {}),
            "api": found.get("api", {}),
        },
        "erasure": {
            "plan": done.get("plan", {}),
            "outcomes": done.get("outcomes", {}),
            "subjects": done.get("subjects", []),
            "requests_that_write": done.get("writes", 0),
            "would_be_left": {}
            if erases
            else {name: count for name, count in done.get("left_by_reason", {}).items() if name != "still_there"},
        },
        "proof": {
            "complete": bool(erases and not outcome.failure and proof.get("complete", False)),
            "matches": proof.get("matches", 0),
            "left": left.get("left", 0),
            "left_by_reason": left.get("left_by_reason", {}),
            "coverage": proof.get("coverage", {}),
            "api": proof.get("api", {}),
            "subjects": left.get("subjects", []),
        },
        "ledger": done.get("ledger"),
        "not_covered": _not_covered(outcome),
    }


def recall_report(outcome: Outcome) -> Result:
    """The report of a search for everybody in a ledger: ``found`` is what gws_pii_recall returned."""
    recalled = outcome.found
    whole = report(outcome)
    texts = {"what": _free_text_line(recalled).rstrip("."), "table": None, "by": "operator", "until": None}
    return {
        **whole,
        "report": "genesys.gws.forget_again",
        "mode": "recall",
        "ledger": recalled.get("ledger"),
        "recall": {name: recalled[name] for name in ("people", "recalled", "texts", "refs_with_texts", "expired") if name in recalled},
        "not_covered": [*whole["not_covered"], *([texts] if recalled.get("texts") else [])],
    }


def _not_covered(outcome: Outcome) -> list[Result]:
    coverage = outcome.found.get("coverage", {})
    return not_covered(coverage, outcome.finished, erases=outcome.request["erases"], known=outcome.known)


def _due(open_ends: list[Result]) -> list[str]:
    """The line with the date of the next search."""
    date = search_again(open_ends)
    line = (
        f"Search again after {date} (playbooks residue and forget_again): until then Cassandra keeps traces of what was deleted on "
        "disk; after that, a restored backup brings the data back."
    )
    return [line] if date else []


def files(lines: t.Sequence[str], data: Result, template: jinja2.Template | None) -> dict[str, str]:
    """The files of the report by the ending of their names: for programs, and for people by the template of a page, if there is one."""
    found = {".json": json.dumps(data, indent=4, sort_keys=True) + "\n"}
    if template:
        found[".html"] = template.render(page=_page.view(data), report=data, summary=[line for line in lines if line])
    return found
