# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The result of a search as the module returns it, and the merging of shares. Pure, no I/O."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import ring as _ring
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import TokenRange, TokenSpace
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._scan.search import SearchOutcome

Result = dict[str, t.Any]
_FINGERPRINT = ("cluster", "token ring", "schema", "subjects", "options")  # must be the same in all shares


def of_search(
    subjects: Subjects, searched: SearchOutcome, cluster: str, consistency_level: str, keyspace: str, groups_seen: t.Sequence[bool] = ()
) -> Result:
    """The result of a search of the whole ring. ``groups_seen``: for each of the requested groups whether it was found."""
    tables = [
        {
            "table": coverage.table,
            "rows": coverage.rows,
            "ranges": coverage.ranges,
            "resumed_ranges": coverage.resumed,
            "not_searchable": coverage.not_searchable,
            "gc_grace_seconds": coverage.gc_grace_seconds,
        }
        for coverage in searched.tables
    ]
    coverage = {
        "cluster": cluster,
        "versions": list(searched.versions),
        "keyspace": keyspace,
        "consistency_level": consistency_level,
        "columns": searched.columns,
        "columns_without_text": searched.columns_without_text,
        "views_left_out": searched.views_left_out,
        "tables_left_out": list(searched.tables_left_out),
        "partly_read": list(searched.partly_read),
        "throttled": searched.throttled,
        "checkpoint_refused": searched.checkpoint_refused,
        "hosts": 1,
        "groups_seen": list(groups_seen),
        "seconds": round(searched.seconds, 2),
    }
    findings = [finding.to_result() for finding in searched.findings]
    return _result(subjects.search_id, [subject.ref for subject in subjects.subjects], findings, tables, coverage)


def of_share(searched: SearchOutcome, whole: Result, number: int, hosts: int) -> Result:
    """The result of one share: it is not complete, and contains what is needed to merge it."""
    read = {
        coverage.table: [[str(token_range.start), str(token_range.end)] for token_range in _ring.joined(coverage.read)]
        for coverage in searched.tables
    }
    share = {
        "number": number,
        "hosts": hosts,
        "fingerprint": {name: digest for name, digest in searched.fingerprint.items() if name != "place"},
        "ring": [str(searched.space.minimum), str(searched.space.maximum)],
        "read": read,
        "checkpoint": searched.checkpoint,
    }
    return {**whole, "complete": False, "share": share}


def of_shares(results: t.Sequence[Result]) -> Result:
    """Merge the shares of all hosts. :raises InputError: if these are not shares. :raises CassandraError: if they do not cover the whole ring
    exactly once, or come from different searches.
    """
    shares = [result.get("share") for result in results]
    if not shares or not all(isinstance(share, dict) for share in shares):
        raise InputError("bad_shares", "A share of the search is missing: a host did not deliver its part.")
    parts = t.cast("list[dict[str, t.Any]]", shares)
    first = parts[0]
    if sorted(part["number"] for part in parts) != list(range(first["hosts"])):
        raise CassandraError(
            "coverage",
            f"There are {len(parts)} shares of a search by {first['hosts']} hosts, and each host must deliver exactly one: run it again.",
        )
    for part in parts:
        other = [name for name in _FINGERPRINT if part["fingerprint"].get(name) != first["fingerprint"].get(name)]
        if "subjects" in other:
            other = ["set of people or key"]  # the other digests depend on it
        if other:
            raise CassandraError("other_share", f"The hosts did not run the same search: different {' and '.join(other)}. Run it again.")
    space = TokenSpace(*map(int, first["ring"]))
    for table in first["read"]:
        ranges = [TokenRange(int(start), int(end)) for part in parts for start, end in part["read"].get(table, [])]
        _ring.prove_whole_ring(ranges, space, f"table {table} (all hosts)")
    tables = [_summed([result["coverage"]["tables"][place] for result in results]) for place in range(len(first["read"]))]
    coverages = [result["coverage"] for result in results]
    throttled: collections.Counter[str] = collections.Counter()
    for coverage in coverages:
        throttled.update(coverage["throttled"])
    coverage = {
        **{name: value for name, value in coverages[0].items() if name not in ("tables", "rows", "ranges", "not_searchable")},
        "throttled": dict(throttled),
        "checkpoint_refused": next((coverage["checkpoint_refused"] for coverage in coverages if coverage["checkpoint_refused"]), ""),
        "hosts": len(results),
        "seconds": max(coverage["seconds"] for coverage in coverages),
        "groups_seen": [any(of_group) for of_group in zip(*(coverage["groups_seen"] for coverage in coverages), strict=True)],
    }
    findings = sorted(
        (finding for result in results for finding in result["findings"]),
        key=lambda finding: (finding["table"], finding["row"], finding["subject"]),
    )
    refs = [subject["ref"] for subject in results[0]["subjects"]]
    whole = _result(results[0]["search_id"], refs, findings, tables, coverage)
    check_groups(whole)
    return whole


def check_groups(result: Result) -> None:
    """Reject a group that was not found if the people are in others: a misspelled name would seem to prove that there is no data.

    :raises InputError: with counts.
    """
    unseen = result["coverage"]["groups_seen"].count(False)
    others = result["matches_in_other_groups"]
    if unseen and others:
        groups = "1 of the requested settings groups is" if unseen == 1 else f"{unseen} of the requested settings groups are"
        resumed = (
            " This search continued an earlier one, which may have found it: run it again." if result["coverage"]["resumed_ranges"] else ""
        )
        raise InputError(
            "unknown_group",
            f"{groups} not found anywhere in Cassandra, but {others} findings are in other groups: check the spelling of group_name "
            f"(forget_me_group), or remove it to search all groups.{resumed}",
        )


def _summed(tables: t.Sequence[Result]) -> Result:
    counts = {name: sum(table[name] for table in tables) for name in ("rows", "ranges", "resumed_ranges", "not_searchable")}
    return {"table": tables[0]["table"], **counts, "gc_grace_seconds": max(table["gc_grace_seconds"] for table in tables)}


def _result(search_id: str, refs: t.Sequence[str], findings: list[Result], tables: list[Result], coverage: Result) -> Result:
    in_group = [finding for finding in findings if finding["in_group"]]
    by_subject = collections.Counter((finding["subject"], finding["match"]) for finding in in_group)
    by_table = collections.Counter(finding["table"] for finding in in_group)
    return {
        "changed": False,
        "complete": not coverage["partly_read"],
        "search_id": search_id,
        "findings": findings,
        "matches": len(in_group),
        "matches_in_other_groups": len(findings) - len(in_group),
        "subjects": [{"ref": ref, "exact": by_subject[ref, "exact"], "possible": by_subject[ref, "possible"]} for ref in refs],
        "coverage": {
            **coverage,
            "tables": [{**table, "matches": by_table[table["table"]]} for table in tables],
            "rows": sum(table["rows"] for table in tables),
            "ranges": sum(table["ranges"] for table in tables),
            "resumed_ranges": sum(table["resumed_ranges"] for table in tables),
            "not_searchable": sum(table["not_searchable"] for table in tables),
        },
    }
