# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A finding: where a data subject was seen in Cassandra, without any of the person's data. Pure, no I/O.

A finding travels through Ansible's variables, which are printed, masked and stored by others. So it holds names of tables and
columns, numbers, and *opaque names*: keyed hashes of the short texts that name the row (owner, group, key of the setting,
wherever the layout has put them). Who has the site's key can compare them; nobody else can read them, or try out a guess. That goes for the token
of a row as well, which is a hash of its key that anybody can compute.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects

_HEX_ID = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])")
_PART = re.compile(r"[^:/|;,#\s\x00-\x1f\ufffd]+")
_MAX_NAME = 400
_MAX_PARTS = 8
_MAX_NAMES = 64
_TOKEN_BYTES = 17  # of the widest partitioner, signed


class OpaqueNames:
    """Makes opaque names for one set of subjects."""

    def __init__(self, subjects: Subjects) -> None:
        self._key = subjects.key.derive("names")

    def of(self, text: str) -> str:
        """The opaque name of a text; case and Unicode form do not matter."""
        return self._key.code("name", fold(text).encode("utf-8", "surrogatepass"))

    def of_row(self, table: str, key: t.Sequence[bytes | None]) -> str:
        """The opaque reference of a row; ``key``: its key columns as Cassandra sent them."""
        cells = (b"\x00" if cell is None else b"\x01" + cell for cell in key)
        return self._key.code("row", table.encode(), *cells)

    def hide_token(self, token: int, row: str) -> str:
        """The token of a row, whose opaque reference is ``row``, as a text that only ``token_of`` reads."""
        return self._key.masked(row.encode(), token.to_bytes(_TOKEN_BYTES, "big", signed=True)).hex()

    def token_of(self, finding: Finding) -> int:
        """The token of the row of a finding. :raises InputError: when there is none."""
        try:
            hidden = bytes.fromhex(finding.token)
        except ValueError:
            hidden = b""
        if len(hidden) != _TOKEN_BYTES:
            raise InputError("bad_findings", "A finding has no token of gws_pii_search of this release: search again.")
        return int.from_bytes(self._key.masked(finding.row.encode(), hidden), "big", signed=True)


@dataclasses.dataclass(frozen=True)
class Names:
    """Texts that name something (plain: to be made opaque before they leave): ``names`` of any kind, ``ids`` among them."""

    names: tuple[str, ...]
    ids: frozenset[str]

    def mention(self, group: str) -> bool:
        """Whether a settings group is named."""
        whole = re.compile(r"(?<![\w\-])" + re.escape(fold(group)) + r"(?![\w\-])")
        return any(whole.search(name) for name in self.names)


def names_in(texts: t.Iterable[str], *, parts: bool = False) -> Names:
    """Names out of short texts: each text, the ids in it and, with ``parts``, all contiguous runs of its separated parts.

    Keys of rows are often put together (``owner:group:name``), and so have parts; other texts are names as a whole or not at all.
    """
    names: dict[str, None] = {}
    ids: set[str] = set()
    for text in texts:
        folded = fold(text).strip("\x00 ")
        if not folded or len(folded) > _MAX_NAME:
            continue
        names[folded] = None
        for found in _HEX_ID.findall(folded):
            bare = found.replace("-", "")
            names[bare] = None
            ids.add(bare)
        if parts:
            bounds = [(found.start(), found.end()) for found in _PART.finditer(folded)][:_MAX_PARTS]
            for first, (begin, _end) in enumerate(bounds):
                names.update(dict.fromkeys(folded[begin:end] for _begin, end in bounds[first:]))
                names[folded[begin:]] = None
    return Names(tuple(list(names)[:_MAX_NAMES]), frozenset(ids))


@dataclasses.dataclass(frozen=True)
class OpaqueTier:
    """Opaque names from one kind of place in a row, and those of them that are ids."""

    names: frozenset[str]
    ids: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One subject in one row of Cassandra.

    ``row`` is an opaque reference of the row, ``token`` its hidden token (it leads back to the partition);
    ``in_group`` is False when a group was asked for and the row does not name it. ``tiers`` are the names in the key columns, in the
    other columns, and on the way to the hit inside a document, in this order: the first that names an owner is right, since a record
    may name other users as well.
    """

    search_id: str
    subject: str
    certainty: str
    table: str
    column: str
    token: str
    row: str
    in_group: bool
    tiers: tuple[OpaqueTier, ...]

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """All names in the row."""
        return frozenset().union(*(tier.names for tier in self.tiers))

    def to_result(self) -> dict[str, t.Any]:
        """The form in which it leaves the module."""
        return {
            "search_id": self.search_id,
            "subject": self.subject,
            "match": self.certainty,
            "table": self.table,
            "column": self.column,
            "token": "t" + self.token,
            "row": self.row,
            "in_group": self.in_group,
            "names": [{"names": sorted(tier.names), "ids": sorted(tier.ids)} for tier in self.tiers],
        }

    @classmethod
    def from_result(cls, position: int, raw: t.Any) -> Finding:
        """The finding out of an entry of ``findings``. :raises InputError: when it is not one."""
        try:
            return cls(
                search_id=str(raw["search_id"]),
                subject=str(raw["subject"]),
                certainty=str(raw["match"]),
                table=str(raw["table"]),
                column=str(raw["column"]),
                token=str(raw["token"])[1:],
                row=str(raw["row"]),
                in_group=bool(raw["in_group"]),
                tiers=tuple(OpaqueTier(frozenset(map(str, tier["names"])), frozenset(map(str, tier["ids"]))) for tier in raw["names"]),
            )
        except (KeyError, TypeError):
            raise InputError(
                "bad_findings",
                f"findings[{position}] is not a finding of gws_pii_search of this release: search again.",
            ) from None


def parse_findings(raw: t.Any, subjects: Subjects) -> list[Finding]:
    """Findings out of the option, checked to belong to these subjects. :raises InputError: otherwise."""
    if not isinstance(raw, (list, tuple)):
        raise InputError("bad_findings", "findings is not a list: give the findings that gws_pii_search returned.")
    findings = [Finding.from_result(position, entry) for position, entry in enumerate(raw, 1)]
    if any(finding.search_id != subjects.search_id for finding in findings):
        raise InputError(
            "other_findings",
            "findings come from a search for other identifiers (or another match, region or key): search again with the same ones.",
        )
    return findings
