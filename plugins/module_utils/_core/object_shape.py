# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Classifies an object in a setting: a record, a map or a table of records, an object that contains some, or an inseparable mixture of people.

Pure, no I/O.
"""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import bystanders, field_names
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.nearby_people import NearbyPeople
from ansible_collections.genesys.gws.plugins.module_utils._core.people import KnownIdentifiers, identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Form, Info, Strength, joined, of_identifiers
from ansible_collections.genesys.gws.plugins.module_utils._core.text_names import is_full_name

_MANY = 4


@dataclasses.dataclass(frozen=True)
class ObjectContext:
    """The context of an object. ``key`` is the member that names the setting, if the object contains it;
    ``is_history``: the setting is named after recent contacts.
    """

    key: Node | None
    is_root: bool
    is_element: bool
    is_history: bool


class ObjectShape:
    """Classifies one object whose children are already classified."""

    def __init__(self, node: Node, infos: t.Mapping[int, Info], where: ObjectContext, known: KnownIdentifiers) -> None:
        """``infos`` are those of all nodes inside, by ``id()``."""
        self._node = node
        self._all_infos = infos
        self._where = where
        self._payload = [(index, child) for index, child in enumerate(node.children) if child is not where.key]
        self._opened = {index: child.opened for index, child in self._payload}
        self._infos = {index: infos[id(child)] for index, child in enumerate(node.children)}
        self._keys = {index: of_identifiers(identifiers_in(child.name or "", known=known)) for index, child in enumerate(node.children)}
        self._nearby = NearbyPeople(node, self._opened, self._infos, self._keys)
        self._strength = self._own_strength()
        rows: dict[str, list[tuple[str, Info]]] = {}
        for index, name, child in self._texts():
            row = bystanders.series_of(name)
            if row is not None and child.kind is Kind.STRING:
                rows.setdefault(row, []).append((child.text, self._infos[index]))
        for row_of_texts in rows.values():
            bystanders.mark_bystanders(row_of_texts, begins_with_name=True)

    def info(self) -> Info:
        """The decision."""
        info = self._map_of_objects() or self._map_of_identifiers() or self._columns() or self._other()
        every = [*self._infos.values(), *self._keys.values()]
        whole = joined(every, info.form)
        info.mails, info.phones = whole.mails, whole.phones
        info.is_timed = info.is_timed or whole.is_timed or any(field_names.TIME.search(child.name or "") for _index, child in self._payload)
        info.is_named = info.is_named or (info.form is Form.MANY and whole.is_named)
        info.strength = max(info.strength, self._strength)
        info.somebody = () if info.count else self._nearby.somebody()
        return info

    def _texts(self) -> t.Iterator[tuple[int, str, Node]]:
        """The members that are no objects and lists: index, name, node."""
        for index, child in self._payload:
            if child.kind in (Kind.STRING, Kind.SCALAR) and self._opened[index].kind not in (Kind.OBJECT, Kind.LIST):
                yield index, child.name or "", child

    def _own_strength(self) -> Strength:
        strength = Strength.NAMELESS
        if self._nearby.name_inside() is not None:
            return Strength.FULL
        for _index, name, child in self._texts():
            bare = field_names.without_number(name)
            if not child.text.strip() or child.text in ("null", "true", "false"):
                continue
            if field_names.FULL_NAME.search(bare) and child.kind is Kind.STRING:
                return Strength.FULL
            is_title = self._where.is_element and field_names.TITLE.search(bare) is not None and is_full_name(child.text)
            if (field_names.SHORT_NAME.search(bare) or is_title) and child.kind is Kind.STRING:
                strength = Strength.SHORT
            elif field_names.BESIDE_A_PERSON.search(bare) and strength is Strength.NAMELESS:
                strength = Strength.BESIDE
        return strength

    # -- maps

    def _map_of_objects(self) -> Info | None:
        """Two or more objects of one kind, side by side under their ids.

        They share a field name with the first, or all lie under ids. ``contact`` and ``category`` of one favorite may share one as well: so the names
        must look like ids (no plain words), or the objects be many, or each be about a person.
        """
        inner = [index for index, _child in self._payload if self._opened[index].children]
        if len(inner) < 2 or any(self._opened[index].kind is not Kind.OBJECT for index in inner):
            return None
        if any(field_names.BESIDE_A_PERSON.search(name) for _index, name, _child in self._texts()):
            return None
        names = [self._node.children[index].name or "" for index in inner]
        if all(field_names.KIND_OF_CONTACT_POINT.search(name) for name in names):
            return None
        fields = [{child.name or "" for child in self._opened[index].children} for index in inner]
        if not all(fields[0] & other for other in fields[1:]) and not all(map(field_names.is_id, names)):
            return None
        about_people = all(any(field_names.BESIDE_A_PERSON.search(field) for field in one) for one in fields)
        if not (about_people or len(inner) >= _MANY or any(not field_names.PLAIN_WORD.fullmatch(name) for name in names)):
            return None
        return Info(Form.MANY, is_named=about_people, slots=self._units(inner))

    def _units(self, members: t.Iterable[int]) -> tuple[int, ...]:
        """Members that are elements of a map. What has several people in it is looked into; a key and a value of two people are tangled."""
        found = []
        for index in members:
            info, key = self._infos[index], self._keys[index]
            if info.form is Form.POINTS:
                info.form = Form.TANGLED if len({*info.mails, *key.mails}) > 1 else Form.ONE
            if info.form is not Form.MANY:
                found.append(index)
        return tuple(found)

    def _map_of_identifiers(self) -> Info | None:
        """A map whose keys are addresses or numbers, or ids with an address or number under each."""
        if self._strength is Strength.FULL:
            return None
        keyed = [index for index, _child in self._payload if self._keys[index].count == 1]
        if len(keyed) < 2:
            keyed = [
                index
                for index, child in self._payload
                if self._infos[index].count
                and self._infos[index].form in (Form.ONE, Form.POINTS)
                and self._opened[index].kind is not Kind.OBJECT
                and field_names.is_id(child.name or "")
            ]
        if len(keyed) < 2 or self._strength is not Strength.NAMELESS:
            return None
        places = set(keyed)
        others = [index for index, _child in self._payload if index not in places and self._infos[index].form is not Form.BLANK]
        slots = self._units(keyed)
        if others or self._where.is_root or any(self._infos[index].form is Form.MANY for index in keyed):
            return Info(Form.MANY, slots=slots)
        return Info(Form.POINTS, slots=slots)

    # -- columns

    def _columns(self) -> Info | None:
        """Lists of the same length side by side, one with names: the columns of a table."""
        if self._strength is Strength.FULL:
            return None
        lists = {
            index: opened
            for index, opened in self._opened.items()
            if opened.kind is Kind.LIST and not any(cell.opened.kind in (Kind.OBJECT, Kind.LIST) for cell in opened.children)
        }
        with_people = [index for index in lists if self._infos[index].count]
        if not with_people:
            return None
        length = len(lists[with_people[0]].children)
        columns = [index for index, column in lists.items() if len(column.children) == length]
        if length < 2 or len(columns) < 2:
            return None
        is_table = (
            any(self._is_column_of_names(lists[index], self._node.children[index].name or "") for index in columns)
            and all(index in columns for index in with_people)
            and all(self._infos[index].count or field_names.COLUMN.search(self._node.children[index].name or "") for index in columns)
            and all(self._all_infos[id(cell)].count <= 1 for index in columns for cell in lists[index].children)
        )
        if is_table:
            return Info(Form.MANY, is_named=True, columns=tuple(columns))
        lacks_some = any(not self._all_infos[id(cell)].count for index in with_people for cell in lists[index].children)
        return None if self._strength is Strength.SHORT else Info(Form.TANGLED, is_bystander=lacks_some)

    def _is_column_of_names(self, column: Node, field: str) -> bool:
        return re.search(r"name|label|title|who|person|contact", field, re.IGNORECASE) is not None and all(
            cell.kind is Kind.STRING and not self._all_infos[id(cell)].count for cell in column.children
        )

    # -- everything else

    def _other(self) -> Info:
        """A record, an object around one or several others, or a tangle."""
        many: list[int] = []
        is_tangled = False
        own_name = self._nearby.name_inside()
        for index, child in self._payload:
            info = self._infos[index]
            if index == own_name:
                continue
            if info.form is Form.TANGLED:
                is_tangled = True
            elif info.form in (Form.POINTS, Form.MANY):
                decision = self._absorb(child.name or "", info)
                if decision is Form.MANY:
                    info.form = Form.MANY
                    many.append(index)
                elif decision is Form.TANGLED:
                    info.form = Form.TANGLED  # also where other members are containers
                    is_tangled = True
        if self._has_parallel_texts():
            return Info(Form.TANGLED)
        if many and self._nearby.has_names_apart(many):
            return Info(Form.TANGLED, is_bystander=True)
        if many and not self._is_nobody_else(many):
            return Info(Form.MANY)
        if is_tangled:
            return Info(Form.TANGLED)
        return self._one_or_tangled()

    def _absorb(self, field: str, info: Info) -> Form:
        """What a collection in an object is: ONE, a part of its record; MANY, a container; or TANGLED."""
        is_contact_point = field_names.is_contact_point(field)
        strength = self._strength
        if info.form is Form.MANY:
            if info.is_named:
                return Form.MANY
            if strength is Strength.FULL:
                return Form.ONE
            if is_contact_point and strength is not Strength.NAMELESS:
                return Form.ONE
            if info.is_timed or self._where.is_history:
                return Form.MANY
            if is_contact_point:
                return Form.TANGLED if len(info.mails) > 1 else Form.ONE
            if strength is Strength.NAMELESS:
                return self._nested_container(field, info)
            if info.count <= 1:
                return Form.ONE
            return Form.MANY if strength is Strength.SHORT and not self._where.is_element else Form.TANGLED
        if strength is Strength.FULL:
            return Form.TANGLED if field_names.PEOPLE.search(field) else Form.ONE
        if is_contact_point:
            return Form.ONE if strength is Strength.SHORT or (strength is Strength.BESIDE and len(info.mails) < 2) else Form.TANGLED
        is_open = strength is Strength.NAMELESS or (strength is Strength.SHORT and not self._where.is_element)
        return Form.MANY if info.slots and is_open else Form.TANGLED

    def _nested_container(self, field: str, info: Info) -> Form:
        """A list of nobody's name in an element of another list: perhaps several numbers of the one that the element stands for."""
        is_unclear = self._where.is_element and info.count > 1 and not field_names.PEOPLE.search(field)
        return Form.TANGLED if is_unclear else Form.MANY

    def _is_nobody_else(self, many: list[int]) -> bool:
        """Several lists, and no sign of several people in any of them."""
        whole = joined([self._infos[index] for index in many], Form.ONE)
        is_of_people = any(
            not self._infos[index].count
            and field_names.PEOPLE.search(self._node.children[index].name or "")
            and self._opened[index].children
            for index in many
        )
        return len(many) > 1 and whole.count <= 1 and not whole.is_named and not whole.is_timed and not is_of_people

    def _has_parallel_texts(self) -> bool:
        """Whether a text with several people stands beside another one of as many parts: columns, written as texts."""
        strings = [(child.text, self._infos[index].count > 1) for index, _name, child in self._texts() if child.kind is Kind.STRING]
        if not any(is_several for _text, is_several in strings):
            return False
        for delimiter in (";", "|", "\n", "\t", ","):
            counts = [(text.count(delimiter), is_several) for text, is_several in strings]
            as_often = collections.Counter(number for number, _is_several in counts)
            if any(is_several and number and as_often[number] > 1 for number, is_several in counts):
                return True
        return False

    def _one_or_tangled(self) -> Info:
        infos = [*self._infos.values(), *self._keys.values()]
        whole = joined(infos, Form.ONE)
        if not whole.count:
            return Info(Form.BLANK)
        if self._nearby.has_name_twice() or self._nearby.has_other_keys():
            return Info(Form.TANGLED, is_bystander=True)
        if self._strength is not Strength.FULL and self._nearby.is_beside_somebody():
            return Info(Form.TANGLED, is_bystander=True)
        texts = [(name, child.text) for _index, name, child in self._texts() if child.kind is Kind.STRING and child.text.strip()]
        if whole.count == 1:
            roles = {field_names.role_of(self._node.children[index].name or "") for index, info in self._infos.items() if info.count}
            is_bystander = field_names.names_bystander(texts, roles)
            return Info(Form.TANGLED if is_bystander else Form.ONE, is_bystander=is_bystander)
        if field_names.names_several(texts):
            return Info(Form.TANGLED)
        if self._strength is Strength.FULL:
            return Info(Form.TANGLED if self._nearby.has_another_person() else Form.ONE)
        objects = [index for index in self._opened if self._infos[index].count and self._is_object_or_card(index)]
        with_people = [index for index, info in self._infos.items() if info.count or self._keys[index].count]
        if len(objects) == 1 and not self._keys[objects[0]].count:
            strength = self._infos[objects[0]].strength
            if with_people == objects or strength is Strength.FULL:
                return Info(Form.ONE, strength=strength)
        reached = {index: True for index in with_people if self._nearby.is_way_to_reach(index)}
        ways = joined([self._infos[index] for index in reached], Form.ONE)
        others = [
            index
            for index in with_people
            if index not in reached
            and not {*self._infos[index].mails, *self._infos[index].phones} <= {*ways.mails, *ways.phones}
            and not self._nearby.is_organisation(index)
            and not (self._strength is Strength.SHORT and self._nearby.is_own_part(index))
        ]
        if others:
            is_noted = (
                self._strength is Strength.SHORT
                and ways.count
                and all(field_names.NOTE.search(self._node.children[index].name or "") for index in others)
            )
            return Info(Form.ONE if is_noted else Form.TANGLED)
        if self._strength is not Strength.SHORT and (len(whole.mails) > 1 or self._are_numbered(reached)):
            is_of_kinds = not self._where.is_root and self._strength is Strength.NAMELESS and self._nearby.is_of_kinds()
            return Info(Form.POINTS if is_of_kinds else Form.TANGLED)
        return Info(Form.ONE)

    def _is_object_or_card(self, index: int) -> bool:
        return self._opened[index].kind is Kind.OBJECT or self._infos[index].strength is Strength.FULL

    def _are_numbered(self, members: t.Iterable[int]) -> bool:
        """Whether some members have one name with different numbers, or are called after different roles.

        phone1 and phone2, callerPhone and calleePhone may be two people's; homePhone and workPhone are one person's.
        """
        names = [
            self._node.children[index].name or ""
            for index in members
            if self._infos[index].count and self._opened[index].kind not in (Kind.OBJECT, Kind.LIST)
        ]
        roles = {role for name in names if (role := field_names.role_of(name))}
        return len(set(map(field_names.without_number, names))) < len(names) or (bool(roles) and len(names) > 1)
