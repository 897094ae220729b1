# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A finding: a place in Cassandra where a data subject was found, without any personal data. Pure, no I/O.

A finding is passed in Ansible variables, which are printed, masked and stored elsewhere. So it contains names of tables and columns, numbers, and
*opaque names*: keyed hashes of the short texts that name the row (owner, group, key of the setting,
wherever the layout has put them; see ``_core.row_names``). Who has the site's key can compare them; nobody else can read them, or try out a guess.
That goes for the token of a row as well, which is a hash of its key that anybody can compute.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import RowNames, opaque_words, plain, words
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects

_CERTAINTIES = {"exact": "exact", "possible": "possible"}
_TOKEN_BYTES = 17  # of the widest partitioner, signed


class OpaqueNames:
    """Makes opaque names for one set of subjects."""

    def __init__(self, subjects: Subjects) -> None:
        self._key = subjects.key.derive("names")

    def of(self, text: str) -> str:
        """The opaque name of a text; case, Unicode form and the dashes of an id do not matter."""
        return self._key.code("name", plain(text).encode("utf-8", "surrogatepass"))

    def words_of(self, text: str) -> str:
        """The opaque names of the words of a text, with the separators: one text is a part of another if its words are."""
        return "".join(self.of(word) if is_word else word for is_word, word in words(text))

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
            raise InputError("bad_findings", "A finding is damaged, or comes from another release of gws_pii_search: search again.")
        return int.from_bytes(self._key.masked(finding.row.encode(), hidden), "big", signed=True)


@dataclasses.dataclass(frozen=True)
class NamedRow:
    """The opaque names in a row. ``keys``: for each key column, in order, the words of each reading of its value. ``others``: the names in the other
    columns. ``places``: for each occurrence of the person in the row, the names on the JSON path to it. ``ids``: those of these names that are ids.
    ``is_cut``: whether there were more names than are kept here.
    """

    keys: tuple[tuple[str, tuple[str, ...]], ...]
    others: tuple[tuple[str, frozenset[str]], ...]
    places: tuple[frozenset[str], ...]
    ids: frozenset[str]
    is_cut: bool = False

    @classmethod
    def of(cls, row: RowNames, opaque: OpaqueNames) -> NamedRow:
        """The same names, opaque."""
        return cls(
            keys=tuple((column, tuple(map(opaque.words_of, readings))) for column, readings in row.keys),
            others=tuple((column, frozenset(map(opaque.of, names))) for column, names in row.others),
            places=tuple(frozenset(map(opaque.of, names)) for names in row.places),
            ids=frozenset(map(opaque.of, row.ids)),
            is_cut=row.is_cut,
        )

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """All names in the row; of key columns their readings, and each word of them."""
        in_keys = (name for _column, readings in self.keys for reading in readings for name in (reading, *opaque_words(reading)))
        return frozenset().union(in_keys, *(names for _column, names in self.others), *self.places)

    def to_result(self) -> dict[str, t.Any]:
        """The form in the result of the module."""
        return {
            "keys": [{"column": column, "names": list(readings)} for column, readings in self.keys],
            "others": [{"column": column, "names": sorted(names)} for column, names in self.others],
            "places": [sorted(names) for names in self.places],
            "ids": sorted(self.ids),
            "cut": self.is_cut,
        }

    @classmethod
    def from_result(cls, raw: t.Any) -> NamedRow:
        """:raises KeyError, TypeError: when it is not one."""
        return cls(
            keys=tuple((str(entry["column"]), tuple(map(str, entry["names"]))) for entry in raw["keys"]),
            others=tuple((str(entry["column"]), frozenset(map(str, entry["names"]))) for entry in raw["others"]),
            places=tuple(frozenset(map(str, names)) for names in raw["places"]),
            ids=frozenset(map(str, raw["ids"])),
            is_cut=bool(raw["cut"]),
        )


@dataclasses.dataclass(frozen=True)
class Finding:
    """One subject in one row of Cassandra.

    ``row`` is an opaque reference of the row, ``token`` its hidden token as text (it leads back to the partition);
    ``in_group`` is False if a group was requested and the row does not name it. ``named``: the names in the row. ``source`` identifies the cluster
    and the keyspace.
    """

    search_id: str
    subject: str
    certainty: str
    table: str
    column: str
    token: str
    row: str
    in_group: bool
    named: NamedRow
    source: str = ""

    @property
    def names(self) -> frozenset[str]:
        """All names in the row."""
        return self.named.names

    def to_result(self) -> dict[str, t.Any]:
        """The form in the result of the module."""
        return {
            "search_id": self.search_id,
            "subject": self.subject,
            "match": self.certainty,
            "table": self.table,
            "column": self.column,
            "token": "t" + self.token,
            "row": self.row,
            "in_group": self.in_group,
            "names": self.named.to_result(),
            "source": self.source,
        }

    @classmethod
    def from_result(cls, position: int, raw: t.Any) -> Finding:
        """Parse an entry of ``findings``. :raises InputError: if it is not a finding."""
        try:
            return cls(
                search_id=str(raw["search_id"]),
                subject=str(raw["subject"]),
                certainty=_CERTAINTIES[raw["match"]],
                table=str(raw["table"]),
                column=str(raw["column"]),
                token=str(raw["token"])[1:],
                row=str(raw["row"]),
                in_group=bool(raw["in_group"]),
                named=NamedRow.from_result(raw["names"]),
                source=str(raw["source"]),
            )
        except (KeyError, TypeError):
            raise InputError(
                "bad_findings",
                f"findings[{position}] is not a finding of gws_pii_search of this release: search again.",
            ) from None


def parse_findings(raw: t.Any, subjects: Subjects) -> list[Finding]:
    """Parse the option, and check that the findings belong to these subjects. :raises InputError: otherwise."""
    if not isinstance(raw, (list, tuple)):
        raise InputError("bad_findings", "findings is not a list: pass the findings that gws_pii_search returned.")
    findings = [Finding.from_result(position, entry) for position, entry in enumerate(raw, 1)]
    if any(finding.search_id != subjects.search_id for finding in findings):
        raise InputError(
            "other_findings",
            "findings come from a search with other identifiers, or with another match, region or key: search again.",
        )
    return findings
