# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The export of a person's data, for the person to read (subject access, Art. 15 GDPR). Pure, no I/O.

It *is* personal data, but only that of the person. For a setting with many contacts only the person's records are shown; for data that can't be
split only the texts that certainly belong to the person alone, or otherwise the person's identifiers as they are spelled there. Agents are numbered,
because who has stored a contact is the agent's own data.
"""

from __future__ import annotations

import html
import json
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.people import count_other_people, identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.records import analyse_records

KIND = "genesys.gws.subject-access"
VERSION = 1

Data = dict[str, t.Any]

_GROUPS = {
    "interaction-workspace-personal-favorites": "personal favorites of Workspace Web Edition",
    "interaction-workspace": "preferences of Workspace Web Edition, recent contacts among them",
}


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Personal data in Genesys Web Services</title>
<style>
body {{ font: 14px/1.5 sans-serif; margin: 2em; max-width: 75em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top; }}
th {{ background: #f3f3f3; font-weight: normal; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class Part(t.NamedTuple):
    """Data of the person: ``content`` is a record, or a text. ``whole``: whether it is the complete setting or value."""

    content: t.Any
    whole: bool


def parts_of(value: t.Any, text: str, key_attribute: str, is_persons: t.Callable[[t.Any], bool]) -> list[Part]:
    """The parts of a setting, or of a column value, that belong to the person. :param text: its JSON text, '' if it is not an object. :param
    is_persons: whether a value contains data of the person.
    """
    if not is_persons(value):
        return []
    if not text:
        return _texts_of(value, is_persons)
    analysis = analyse_records(text, key_attribute)
    if analysis.is_one_record:
        return [Part(value, True)]
    records = [Part(record.value, False) for record in analysis.records if is_persons(record.value)]
    beside = _texts_of(analysis.rest, is_persons) if is_persons(analysis.rest) else []
    return records + beside


def _texts_of(value: t.Any, is_persons: t.Callable[[t.Any], bool]) -> list[Part]:
    """The texts and numbers in a value that belong to the person, or only the identifiers in them if they also name others."""
    found: list[Part] = []
    stack: list[tuple[t.Any, str]] = [(value, "")]
    while stack:
        item, field = stack.pop()
        if isinstance(item, dict):
            for name, member in item.items():
                stack.append((str(name), ""))
                stack.append((member, str(name)))
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack.extend((element, field) for element in item)
        elif item is not None and not isinstance(item, bool) and is_persons(item):
            alone = count_other_people(item, is_persons) == 0 and "{" not in str(item) and "[" not in str(item)
            contents = [item] if alone else [spelled for spelled in identifiers_in(str(item), field).values() if is_persons(spelled)]
            found.extend(Part({field: content} if field else content, False) for content in contents)
    return found


class Export:
    """Collects the data of each subject."""

    def __init__(self, refs: t.Sequence[str], matcher: Matcher, made_at: str) -> None:
        self._matcher = matcher
        self._made_at = made_at
        self._places: dict[int, list[Data]] = {number: [] for number in range(len(refs))}
        self._refs = list(refs)
        self._agents: dict[str, int] = {}

    def add_setting(self, owner: str, group: str, display_name: str, key_attribute: str, value: t.Any, text: str) -> None:
        """A setting of GWS. ``owner`` is '' for the contact centre."""
        who = f"agent {self._agents.setdefault(owner, len(self._agents) + 1)}" if owner else "the contact centre"
        called = _GROUPS.get(group, display_name if display_name != group else "settings")
        self._add(f"{who}: {called} (settings group {group})", value, text, key_attribute)

    def add_value(self, table: str, column: str, value: t.Any, text: str) -> None:
        """A value in Cassandra that no setting of GWS explains."""
        self._add(f"the database of GWS: column {column} of table {table}, which GWS itself does not show", value, text, "")

    def _add(self, where: str, value: t.Any, text: str, key_attribute: str) -> None:
        for number in sorted({hit.subject for hit in self._matcher.in_value(value)}):
            parts = parts_of(value, text, key_attribute, lambda part, number=number: self._is_of(number, part))  # type: ignore[misc]
            for part in parts:
                place = {
                    "where": where,
                    "what": "a whole entry" if part.whole else "part of an entry that contains more",
                    "content": part.content,
                }
                if place not in self._places[number]:
                    self._places[number].append(place)

    def _is_of(self, number: int, value: t.Any) -> bool:
        return any(hit.subject == number for hit in self._matcher.in_value(value))

    def result(self) -> Data:
        """The export as data."""
        people = [
            {"ref": ref, "entries": len(self._places[number]), "places": self._places[number]} for number, ref in enumerate(self._refs)
        ]
        return {"export": KIND, "version": VERSION, "made": self._made_at, "people": people}


def json_of(export: Data) -> str:
    """The export for programs."""
    return json.dumps(export, indent=2, ensure_ascii=False) + "\n"


def page_of(export: Data) -> str:
    """The export as a self-contained HTML page."""
    body = [
        "<h1>Personal data in Genesys Web Services</h1>",
        f"<p>State of {html.escape(export['made'])}. Agents are numbered in the order in which they appear.</p>",
    ]
    for person in export["people"]:
        count = person["entries"]
        body.append(f"<h2>{html.escape(person['ref'])}: {count} {'entry' if count == 1 else 'entries'}</h2>")
        for place in person["places"]:
            body.append(f"<h3>{html.escape(place['where'])}</h3>\n<p>{html.escape(place['what'])}</p>\n{_shown(place['content'])}")
    return _PAGE.format(body="\n".join(body))


def _shown(value: t.Any) -> str:
    if isinstance(value, dict):
        rows = "".join(f"<tr><th>{html.escape(str(name))}</th><td>{_shown(item)}</td></tr>" for name, item in value.items())
        return f"<table>{rows}</table>"
    if isinstance(value, (list, tuple)):
        return "<table>" + "".join(f"<tr><td>{_shown(item)}</td></tr>" for item in value) + "</table>"
    return html.escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
