# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads lists that GWS may return in pages: completely, or with an error.

Nothing is documented about pages of users or settings, so nothing is assumed: a list is one answer, unless the answer itself says that there is more (a
total above what it holds, a next page, an offset or a limit). Then the rest is requested with the parameter names of the answer, and a list is
complete if it has as many entries as GWS reports, or, without a total, if a page contains nothing new.
"""

from __future__ import annotations

import dataclasses
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import Answer
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import canonical

_ENVELOPES = frozenset(("paging", "page", "pagination", "pageinfo", "meta", "metadata", "links", "_links"))
_TOTALS = frozenset(("total", "totalcount", "totalsize", "totalresults", "totalelements", "totalitems", "totalrecords", "totalusers"))
_NEXT = frozenset(("next", "nexturi", "nexturl", "nextlink", "nextpage", "nextpageuri", "nextpageurl"))
_MORE = frozenset(("more", "hasmore", "hasnext", "hasnextpage", "moreavailable", "incomplete", "truncated"))
_OFFSETS = frozenset(("offset", "start", "startindex", "skip"))
_PAGES = frozenset(("pagenumber", "currentpage", "pageindex", "pageno"))
_LIMITS = frozenset(("limit", "pagesize", "perpage", "maxresults"))
_TOTAL_PAGES = frozenset(("totalpages", "pagecount", "pages"))


class Reader(t.Protocol):
    """An object that can send a GET."""

    def get(self, path: str, query: t.Mapping[str, str] | None = None) -> Answer:
        """The answer, whatever its status."""


@dataclasses.dataclass(frozen=True)
class Listing:
    """``answer`` is the first one, or the first that was not ok; ``entries`` are None if none of the requested members exists.

    ``single_object`` is an object in place of the expected list.
    """

    answer: Answer
    entries: list[t.Any] | None
    single_object: dict[str, t.Any] | None = None


@dataclasses.dataclass
class _Paging:
    """The paging information of an answer. Each pair is the parameter name and its value."""

    total: int | None = None
    next_query: dict[str, str] | None = None
    more: bool = False
    offset: tuple[str, int] | None = None
    page: tuple[str, int] | None = None
    limit: tuple[str, int] | None = None
    pages: int | None = None

    @property
    def is_paged(self) -> bool:
        """Whether anything but a total indicates that this is one of several pages."""
        return self.more or any(hint is not None for hint in (self.next_query, self.offset, self.page, self.limit, self.pages))

    def query_behind(self, seen: int) -> dict[str, str]:
        """The query for the page after this number of entries."""
        if self.next_query:
            return self.next_query
        limit = {self.limit[0]: str(self.limit[1])} if self.limit else {}
        if self.page and not self.offset:
            return {self.page[0]: str(self.page[1] + 1), **limit}
        return {self.offset[0] if self.offset else "offset": str(seen), **limit}


def read_list(
    reader: Reader, path: str, query: t.Mapping[str, str] | None, members: t.Sequence[str], what: str, *, thorough: bool = False
) -> Listing:
    """All entries of the first of these members that an answer contains; ``what`` names them in messages. :param thorough: request more even if
    nothing indicates that there is more. :raises GwsError: if GWS reports more than it lists.
    """
    answer = reader.get(path, query)
    member = next((name for name in members if name in answer.body), None) if answer.ok else None
    if member is None:
        return Listing(answer, None)
    found = answer.body[member]
    if isinstance(found, dict):
        return Listing(answer, None, found)
    if found is not None and not isinstance(found, list):
        return Listing(answer, None)
    entries: list[t.Any] = list(found or ())
    paging = _paging_of(answer.body)
    total = paging.total
    if len(entries) >= total if total is not None else not (paging.is_paged or thorough):
        return Listing(answer, entries)
    known = set(map(canonical, entries))
    while len(known) < total if total is not None else paging.is_paged or thorough:
        page = reader.get(path, {**(query or {}), **paging.query_behind(len(entries))})
        found = page.body.get(member) if page.ok else None
        new = [entry for entry in found if canonical(entry) not in known] if isinstance(found, list) else []
        if not new:
            if total is None and _is_end(page, paging):
                break
            raise _incomplete(what, len(known), total, page)
        entries.extend(new)
        known.update(map(canonical, new))
        paging = _paging_of(page.body)
        total = max(total or 0, paging.total) if paging.total is not None else total
    return Listing(answer, entries)


def _is_end(page: Answer, paging: _Paging) -> bool:
    """Whether an answer without new entries means that there is nothing more, or that GWS has no pages."""
    if page.ok:
        return not paging.more and not _paging_of(page.body).more
    return not paging.is_paged and page.gws_status is not None and not page.transient and not page.unauthenticated


def _incomplete(what: str, shown: int, total: int | None, page: Answer) -> GwsError:
    said = "more" if total is None else str(total)
    return GwsError(
        "gws_incomplete",
        f"GWS reports {said} {what} but shows only {shown} (next page: {page.label}), so not all could be read: see the GWS log, "
        "then run it again.",
    )


def _paging_of(body: t.Mapping[str, t.Any]) -> _Paging:
    found = _Paging()
    _look(body, found)
    for name, value in body.items():
        if _plain(name) in _ENVELOPES and isinstance(value, dict):
            _look(value, found)
    return found


def _look(members: t.Mapping[str, t.Any], found: _Paging) -> None:
    for name, value in members.items():
        plain, number = _plain(name), _count(value)
        if plain in _TOTALS and number is not None:
            found.total = max(number, found.total or 0)
        elif plain in _NEXT:
            found.next_query = _query_of(value) or found.next_query
        elif plain in _MORE:
            found.more = found.more or value is True
        elif number is None:
            continue
        elif plain in _OFFSETS:
            found.offset = (name, number)
        elif plain in _PAGES:
            found.page = (name, number)
        elif plain in _LIMITS and number:
            found.limit = (name, number)
        elif plain in _TOTAL_PAGES:
            found.pages = number


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _count(value: t.Any) -> int | None:
    """A count, also as a string; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _query_of(link: t.Any) -> dict[str, str] | None:
    """The query of a link to the next page; its host and path are not followed."""
    if isinstance(link, dict):
        link = link.get("href") or link.get("uri")
    if not isinstance(link, str):
        return None
    try:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query)) or None
    except ValueError:
        return None
