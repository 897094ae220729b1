# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The words of the page of a report: reasons, advice, titles, dates and numbers. Pure, no I/O."""

from __future__ import annotations

import datetime
import itertools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted

_MOST_TICKS = 90  # parts in which a ring is drawn; more of them would look like a line anyhow

# Why data of a person was kept, by the names of the receipt: singular, plural.
KEPT = {
    "held": ("under a legal hold",) * 2,
    "corporate": ("corporate favorite, left to its administrators", "corporate favorites, left to their administrators"),
    "possible": ("only a possible match", "only possible matches"),
    "shared": ("that also holds other people's contacts", "that also hold other people's contacts"),
    "system": ("system setting, which can't be deleted", "system settings, which can't be deleted"),
    "other_group": ("in a group that was not requested", "in groups that were not requested"),
    "orphaned": ("row of a former agent", "rows of former agents"),
    "outside": ("row in a table that holds no settings", "rows in tables that hold no settings"),
    "unresolved": ("row that GWS does not show", "rows that GWS does not show"),
    "changed": ("that changed after it was planned", "that changed after they were planned"),
    "failed": ("that GWS did not erase",) * 2,
    "delete": ("to be deleted",) * 2,
    "redact": ("to be removed from a list",) * 2,
    "unknown": ("that was being erased when the run ended", "that were being erased when the run ended"),
}
PLANNED = ("delete", "redact")

# What is left but should not be: its name (singular, plural), and what to do about it.
LEFT = {
    "still_there": (
        ("place that should be empty is not", "places that should be empty are not"),
        "Run the request again. If the data comes back, an agent's open browser writes it: run the request while agents are logged out.",
    ),
    "failed": (
        ("setting was not erased by GWS", "settings were not erased by GWS"),
        "Run the request again; the GWS log shows the reason.",
    ),
    "changed": (
        ("setting changed during the run", "settings changed during the run"),
        "Run the request again, preferably while agents are logged out.",
    ),
    "shared": (
        (
            "setting also holds other people's contacts and can't be redacted",
            "settings also hold other people's contacts and can't be redacted",
        ),
        "Ask a GWS administrator to check them, or decide with forget_me_shared_settings.",
    ),
    "unresolved": (
        ("row is in Cassandra but not shown by GWS", "rows are in Cassandra but not shown by GWS"),
        "Ask the Cassandra administrators to check the tables: a stale copy can be dropped or left out (forget_me_exclude_tables).",
    ),
    "possible": (
        ("place is only a possible match", "places are only possible matches"),
        "Set the country of national phone numbers (forget_me_region), or decide with forget_me_possible: erase or report.",
    ),
    "orphaned": (
        ("row belongs to an agent whom GWS no longer knows", "rows belong to agents whom GWS no longer knows"),
        "Decide with forget_me_orphans: delete them, or report them and keep them.",
    ),
    "outside": (
        ("row is in a table that holds no settings", "rows are in tables that hold no settings"),
        "Tell the owner of that table, then leave the table out (forget_me_exclude_tables) or set forget_me_outside: report.",
    ),
}

TITLES = {
    "proven": "Erased and proven",
    "left": "Not finished: something is left",
    "failed": "Failed: nothing is proven",
    "dry": "Dry run: nothing was changed",
    "search": "Search only: nothing was changed",
    "recall": "Everybody in the ledger was searched for",
}
MOODS = {"proven": "good", "left": "kept", "failed": "bad", "dry": "open", "search": "open", "recall": "open"}


def shown(number: int, singular: str, plural: str = "") -> str:
    """As ``counted``, with separators: 209,993 rows."""
    return counted(number, singular, plural).replace(str(number), f"{number:,}", 1)


def clipped(text: str, most: int) -> str:
    """The text, or the beginning of one that is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def parts_of_ring(number: int) -> dict[str, t.Any]:
    """How a ring of so many parts is drawn: in as many ``ticks``, or ``solid`` where it has one part, or so many that they look like a line."""
    return {"ticks": min(max(number, 1), _MOST_TICKS), "solid": number == 1 or number > _MOST_TICKS}


def fitting(lines: t.Sequence[int], room: int) -> int:
    """How many of the first rows of a table are shown at once, by the lines that they take: one at least, if there is one."""
    return min(len(lines), max(1, sum(1 for taken in itertools.accumulate(lines) if taken <= room)))


def size(number: int) -> str:
    """A number of bytes: 3.4 GB."""
    value, unit = float(number), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return shown(number, "byte") if unit == "bytes" else f"{value:,.1f} {unit}"


def period(started: str, finished: str) -> str:
    begin, end = parsed(started), parsed(finished)
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{day(finished)}, {end:%H:%M}"
    return f"{day(started)}, {begin:%H:%M} to {until} UTC"


def day(moment: str) -> str:
    date = parsed(moment)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"  # strftime would ask the locale


def parsed(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
