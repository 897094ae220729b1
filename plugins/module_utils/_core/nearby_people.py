# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Detects other people in the object of a person: a manager with an address, a callee with an extension. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import field_names
from ansible_collections.genesys.gws.plugins.module_utils._core.bystanders import is_extension
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.labels import is_extension as is_extension_field
from ansible_collections.genesys.gws.plugins.module_utils._core.labels import words_of
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Info, Strength, joined
from ansible_collections.genesys.gws.plugins.module_utils._core.text_names import Name, is_full_name, words_of_name

_ORGANISATION = re.compile(r"compan|organi[sz]ation|^org$|account|employer|firm|business", re.IGNORECASE)
_OWN_PART = re.compile(r"field|propert|attribut|custom|detail|info|extra|profile", re.IGNORECASE)
_PARTY = re.compile(
    r"^(from|to|cc|bcc|caller|callee|calling|called|sender|recipient|receiver|requester|assignee|reporter|[ab][_ \-]?party)([_ \-]?name)?$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(full|person|contact)?_?names?", re.IGNORECASE)
_FEW = 2  # people without an address or number: more need not be known


class NearbyPeople:
    """Checks whether members of an object stand for other people."""

    def __init__(self, node: Node, opened: t.Mapping[int, Node], infos: t.Mapping[int, Info], keys: t.Mapping[int, Info]) -> None:
        """All by the index of the member. ``opened`` are those that are not a key of the setting."""
        self._node, self._opened, self._infos, self._keys = node, opened, infos, keys

    def _field(self, index: int) -> str:
        return self._node.children[index].name or ""

    def _texts(self) -> t.Iterator[tuple[int, str, str]]:
        """The members that are texts: index, name, text."""
        for index, node in self._opened.items():
            if node.kind is Kind.STRING and node.text.strip():
                yield index, self._field(index), node.text

    def _containers(self) -> list[int]:
        return [index for index, node in self._opened.items() if node.kind in (Kind.OBJECT, Kind.LIST)]

    def somebody(self) -> tuple[Name, ...]:
        """At most two names of people in the object, which contains no address or number."""
        found = [words_of_name(text) for _index, name, text in self._texts() if _is_name(name) and is_full_name(text)]
        parts = [text for _index, name, text in self._texts() if field_names.FULL_NAME.search(name)]
        if not found and len(parts) > 1:
            found = [words_of_name(" ".join(parts))]
        if not found and self._has_extension():
            words = [text for _index, _name, text in self._texts() if any(map(str.isalpha, text))]
            found = [words_of_name(words[0])] if words else []
        below = [name for index in self._containers() if self._may_be_person(index) for name in self._infos[index].somebody]
        return tuple([*found, *below][:_FEW])

    def name_inside(self) -> int | None:
        """The member that is its name, as an object or a list of one: ``{"name": {"givenName": "Ann", ...}, ...}``; None when there is none."""
        for index in self._containers():
            node = self._opened[index]
            if _NAME.fullmatch(self._field(index)) and not self._infos[index].count:
                element = node.children[0].opened if node.kind is Kind.LIST and len(node.children) == 1 else node
                if element.kind is Kind.OBJECT and any(_is_name(child.name or "") for child in element.children):
                    return index
        return None

    def _has_extension(self) -> bool:
        return any(
            is_extension(node.text)
            and (is_extension_field(words_of(self._field(index))) or field_names.is_contact_point(self._field(index)))
            for index, node in self._opened.items()
            if node.kind in (Kind.STRING, Kind.SCALAR)
        )

    def _may_be_person(self, index: int) -> bool:
        field = self._field(index)
        return not field_names.NO_PERSON.search(field) and not field_names.is_contact_point(field)

    def has_name_twice(self) -> bool:
        """Whether two members have one name and are different: perhaps two people's, one behind the other."""
        first: dict[str, Node] = {}
        for child in self._node.children:
            other = first.setdefault(child.name or "", child)
            if other is not child and (other.kind, other.text, len(other.children)) != (child.kind, child.text, len(child.children)):
                return True
        return False

    def has_other_keys(self) -> bool:
        """Whether it is a map by number or by full name in which somebody has no address or number."""
        numbers = [index for index in self._opened if self._keys[index].count and not self._keys[index].mails]
        if numbers and any(is_extension(self._field(index)) for index in self._opened if not self._keys[index].count):
            return True
        by_name = [index for index in self._containers() if is_full_name(self._field(index)) and self._may_be_person(index)]
        return any(self._infos[index].count for index in by_name) and any(not self._infos[index].count for index in by_name)

    def has_names_apart(self, many: t.Iterable[int]) -> bool:
        """Whether lists of addresses or numbers without names stand beside a list of names: the columns of a table, each cell an object or a list."""
        lists = {
            index: self._opened[index]
            for index in self._containers()
            if self._opened[index].kind is Kind.LIST and self._opened[index].children
        }
        lengths = {
            len(lists[index].children) for index in many if index in lists and self._infos[index].count and not _names_anybody(lists[index])
        }
        return any(
            not self._infos[index].count
            and (len(node.children) in lengths or (lengths and field_names.PEOPLE.search(self._field(index))))
            and len(node.children) > 1
            and (field_names.PEOPLE.search(self._field(index)) or _names_anybody(node))
            for index, node in lists.items()
        )

    def is_beside_somebody(self) -> bool:
        """Whether somebody without an address or number stands beside the one who has one: ``caller`` and ``callee``, two names in a list of people."""
        own = field_names.names_in(self._node)
        people = [(name, text) for _index, name, text in self._texts() if _is_name(name) or field_names.PEOPLE.search(name)]
        if self._lacks_cells() or any(sum(map(is_full_name, field_names.BETWEEN_NAMES.split(text))) > 1 for _name, text in people):
            return True
        parties = [(self._infos[index].count, text) for index, name, text in self._texts() if _PARTY.match(name)]
        if any(count for count, _text in parties) and any(not count and is_full_name(text) for count, text in parties):
            return True
        for index in self._containers():
            is_of_people = field_names.PEOPLE.search(self._field(index)) is not None and not self._infos[index].count
            names = (
                {words_of_name(child.text) for child in self._opened[index].children if is_full_name(child.text)} if is_of_people else set()
            )
            if len(names) > 1 and self._opened[index].kind is Kind.LIST:
                return True
        if own and any(self._infos[index].count for index, node in self._opened.items() if node.kind not in (Kind.OBJECT, Kind.LIST)):
            return False  # it is a record of its own, and what lies in it goes with it
        for index in self._containers():
            if self._infos[index].count:
                own |= field_names.names_in(self._opened[index])
        blank = [index for index in self._containers() if not self._infos[index].count and self._may_be_person(index)]
        return any(not name <= own for index in blank for name in self._infos[index].somebody)

    def has_another_person(self) -> bool:
        """Whether somebody else who can be reached is named in this record of somebody: a spouse, a manager."""
        own = field_names.names_in(self._node)
        for index, node in self._opened.items():
            field, info = self._field(index), self._infos[index]
            if node.kind is Kind.OBJECT and info.count and not field_names.is_contact_point(field) and not self.is_organisation(index):
                names = field_names.names_in(node)
                may_be_other = info.strength is Strength.FULL or info.mails or self._has_full_name(node)
                if names and not names <= own and may_be_other:
                    return True
        return self._has_role_of_another(own) or self._has_others_in_history()

    @staticmethod
    def _has_full_name(node: Node) -> bool:
        return any(child.kind is Kind.STRING and _is_name(child.name or "") and is_full_name(child.text) for child in node.children)

    def is_organisation(self, index: int) -> bool:
        """Whether a member is an object that is called after a company, and names nobody in it."""
        is_one = (
            self._opened[index].kind is Kind.OBJECT and _ORGANISATION.search(self._field(index)) is not None
            if index in self._opened
            else False
        )
        return is_one and self._infos[index].strength is not Strength.FULL

    def _is_object(self, index: int, called: re.Pattern[str]) -> bool:
        return index in self._opened and self._opened[index].kind is Kind.OBJECT and called.search(self._field(index)) is not None

    def is_own_part(self, index: int) -> bool:
        """Whether a member is an object of further fields of the same person: ``user_fields: {"phone2": ...}``, without an address of its own."""
        is_one = (
            self._opened[index].kind is Kind.OBJECT and _OWN_PART.search(self._field(index)) is not None if index in self._opened else False
        )
        return is_one and not self._infos[index].mails and self._infos[index].strength < Strength.SHORT

    def is_of_kinds(self) -> bool:
        """Whether its members are kinds of ways to reach one person: ``{"work": ..., "home": ...}``."""
        fields = [self._field(index) for index in self._opened]
        return all(field_names.KIND_OF_CONTACT_POINT.search(field) for field in fields) and len(set(fields)) == len(fields)

    def _lacks_cells(self) -> bool:
        """Whether a text with delimiters has an address or number for some of those only who are named in another one: ``ann@example.com;``."""
        texts = [(index, text) for index, _name, text in self._texts()]
        for delimiter in ";|\n\t,":
            rows = [(text.split(delimiter), self._infos[index].count) for index, text in texts if delimiter in text]
            named = {len(cells) for cells, count in rows if not count and all(any(map(str.isalpha, cell)) for cell in cells)}
            if any(
                count and len(cells) in named and any(not cell.strip() or is_extension(cell) for cell in cells) for cells, count in rows
            ):
                return True
        return False

    def _has_role_of_another(self, own: t.AbstractSet[str]) -> bool:
        """``managerName`` and ``managerEmail``: a name that is not this one's, and an address or number, of one role."""
        roles = {role for index in self._opened if self._infos[index].count and (role := field_names.role_of(self._field(index)))}
        return bool(roles) and any(
            not self._infos[index].count
            and field_names.role_of(name) in roles
            and not field_names.NO_PERSON.search(name)
            and is_full_name(text)
            and not words_of_name(text) <= own
            for index, name, text in self._texts()
        )

    def _has_others_in_history(self) -> bool:
        """``cc``, ``transcript``: what is called after other people has addresses or numbers that this one's own fields have not."""
        ways = joined([self._infos[index] for index in self._opened if self.is_way_to_reach(index)], self._infos[0].form)
        return any(
            field_names.OTHERS.search(self._field(index)) is not None
            and not {*self._infos[index].mails, *self._infos[index].phones} <= {*ways.mails, *ways.phones}
            for index in self._opened
        )

    def is_way_to_reach(self, index: int) -> bool:
        """Whether a member is called after a way to reach somebody."""
        name = self._field(index)
        is_contact_point = field_names.is_contact_point(name) or field_names.KIND_OF_CONTACT_POINT.search(name) is not None
        return (
            index in self._opened and not self._keys[index].count and (is_contact_point or field_names.SHORT_NAME.search(name) is not None)
        )


def _is_name(field: str) -> bool:
    return field_names.SHORT_NAME.search(field) is not None or field_names.FULL_NAME.search(field) is not None


def _names_anybody(node: Node) -> bool:
    """Whether the elements of a list are full names, or objects with a name."""
    for child in node.children:
        element = child.opened
        texts = element.children if element.kind is Kind.OBJECT else [element]
        if any(text.kind is Kind.STRING and (is_full_name(text.text) or (text.name is not None and _is_name(text.name))) for text in texts):
            return True
    return False
