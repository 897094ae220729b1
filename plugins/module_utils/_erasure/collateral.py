# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Which parts of a setting or a row belong to a person, and who else is in it. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document, parse, text_of, value_of
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.people import count_other_people
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.records import Record, RecordAnalysis, analyse_records


@dataclasses.dataclass(frozen=True)
class Contacts:
    """The contacts in a value.

    ``is_one_record``: it stands for one contact. Otherwise ``records`` are those that can be removed from it, ``going`` those of the person, and
    ``is_outside_records`` whether data of the person lies in none of them. ``others`` is the number of other people: each record of
    somebody else counts as one, each identifier outside of the records, too. ``is_readable`` is False when nobody can say who is in a part of it.
    """

    analysis: RecordAnalysis = dataclasses.field(repr=False)
    is_persons: t.Callable[[t.Any], bool] = dataclasses.field(repr=False)
    is_one_record: bool
    is_readable: bool
    records: tuple[Record, ...]
    going: tuple[Record, ...]
    is_outside_records: bool
    others: int

    @property
    def is_one_person(self) -> bool:
        """Whether nobody else is in it."""
        return self.is_readable and (self.is_one_record or self.others == 0)

    def without(self, records: t.Collection[Record]) -> str:
        """The JSON text of the value without some of the person's records, everything else byte for byte.

        :raises ValueError: when the result is not exactly that, or something of the person is left in it beside the records that stay.
        """
        edited = self.analysis.without(records)
        left = value_of(parse(Document(edited)))
        if len(records) == len(self.going) and self.is_persons(left):
            raise ValueError("something of the person is left")
        return edited


def contacts_in(
    value: t.Mapping[str, t.Any], key_attribute: str, matcher: Matcher, floor: Certainty, owner: t.Iterable[str] = ()
) -> Contacts:
    """The contacts in a setting or a row. ``floor`` is how sure it must be that something is the person's.

    :param value: the object; its own JSON text is used when it has one (``text``).
    :param owner: names and addresses of whom the setting belongs to: beside the records they are nobody else's.
    :raises ValueError: when its text is no JSON object.
    """
    text = getattr(value, "text", None)
    analysis = analyse_records(text if isinstance(text, str) else text_of(value), key_attribute, matcher)

    def is_persons(part: t.Any) -> bool:
        return any(hit.certainty >= floor for hit in matcher.in_value(part))

    if analysis.is_one_record:
        return Contacts(analysis, is_persons, True, True, (), (), False, 0)
    going = tuple(record for record in analysis.records if is_persons(record.value))
    gone = set(going)
    nameless = {record.container for record in going if not record.is_somebody}  # found by another text: its neighbours are people as well
    own = {fold(name) for name in owner}
    strangers = count_other_people(analysis.rest, lambda spelled: spelled in own or bool(matcher.in_value(spelled)), matcher)
    return Contacts(
        analysis=analysis,
        is_persons=is_persons,
        is_one_record=False,
        is_readable=analysis.is_readable,
        records=analysis.records,
        going=going,
        is_outside_records=not going or is_persons(analysis.rest),
        others=sum(1 for record in analysis.records if record not in gone and (record.is_somebody or record.container in nameless))
        + strangers
        + analysis.bystanders,
    )
