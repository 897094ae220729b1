# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds the parts of a JSON text that stand for one contact each, by their shape. Pure, no I/O.

A *record* stands for one contact; it is erased whole or not at all. A favorite is one record: the whole setting. Recents are many. The layout
of the payloads is not public, so this is read off their shape, for every object, list and text from the innermost outwards (``Form``):

* **one**: everything in it is one person's. An object that has a name and ways to reach somebody is one record, with all that lies in it:
  several numbers and addresses, notes, a list of numbers. So is whatever has at most one identifier.
* **many**: a list, a map, lines, or parts of a text, each of which stands for somebody. Those parts are the records, or have records in them.
* **points**: several identifiers, which may be one person's or several people's: ``["+1 …", "+49 …"]``. What lies around it says which: beside
  a name, or called ``phoneNumbers``, it is part of that record; called ``value`` it is a list of contacts.
* **tangled**: several people (or perhaps several) in a way that can't be taken apart safely, and texts that begin like JSON and can't be parsed.

In doubt a part is tangled: then it is left and reported. That is the only wrong answer which harms nobody.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import attribute_lists, bystanders, field_names, texts
from ansible_collections.genesys.gws.plugins.module_utils._core.json_edit import Slot
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.object_shape import ObjectContext, ObjectShape
from ansible_collections.genesys.gws.plugins.module_utils._core.people import KnownIdentifiers, begins_with_known, identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Form, Info, Strength, joined, of_identifiers
from ansible_collections.genesys.gws.plugins.module_utils._core.text_parts import are_alike, divided, is_card_of_one, is_row_of_one

_TEXTS = (Kind.STRING, Kind.PART)
_FEW_IDENTIFIERS = 8  # with more of them in one text, some are other people's
_SHORT = 20  # characters; a shorter text that begins like JSON, without an address or number in it, is no list of contacts


class Shapes:
    """What each node of a tree is; JSON and lists in texts are opened on the way."""

    def __init__(self, root: Node, key_attribute: str, known: KnownIdentifiers) -> None:
        self.unreadable = False
        self.infos: dict[int, Info] = {}
        self._root = root
        self._key_attribute = key_attribute
        self._known = known
        self._is_history = any(
            field_names.HISTORY.search(child.text) for child in root.children if child.name == key_attribute and child.kind is Kind.STRING
        )
        self._broken: set[int] = set()
        self._parents: dict[int, Node] = {}
        order = [root]
        for node in order:  # grows: every node, each behind the one that it lies in
            if node.kind in _TEXTS:
                self._open(node)
            below = [*node.children, *([node.inner] if node.inner is not None else [])]
            self._parents.update((id(child), node) for child in below)
            order.extend(below)
        for node in reversed(order):
            self.infos[id(node)] = self._info(node)

    def _open(self, node: Node) -> None:
        try:
            node.inner = texts.open_text(node)
        except texts.UnreadableError:
            if (len(node.text) >= _SHORT or identifiers_in(node.text, known=self._known)) and not begins_with_known(node.text, self._known):
                self.unreadable = True
                self._broken.add(id(node))

    def records(self) -> t.Iterator[tuple[tuple[Slot, ...], bool]]:
        """The records, each as the children to remove, and whether it certainly stands for somebody."""
        stack = [self._root]
        while stack:
            node = stack.pop().opened
            info = self.infos[id(node)]
            if info.form is not Form.MANY:
                continue
            lists = [node.children[column].opened for column in info.columns]
            if lists:
                yield from ((tuple((column, row) for column in lists), True) for row in range(len(lists[0].children)))
            for index in info.slots:
                child = node.children[index]
                self._settle(self.infos[id(child)])
                if self.infos[id(child)].form in (Form.BLANK, Form.ONE):
                    yield ((node, index),), self.infos[id(child)].form is Form.ONE or self.names_person(child.opened, False)
            stack.extend(child for child in reversed(node.children) if self.infos[id(child)].form is Form.MANY)

    def bystanders(self, leave_out: t.Collection[int]) -> int:
        """How many people without an address or number are in no record; ``leave_out`` has the ``id()`` of the nodes that are cut out."""
        found = 0
        stack = [self._root]
        while stack:
            node = stack.pop()
            if id(node) in leave_out:
                continue
            node = node.opened
            info = self.infos[id(node)]
            found += info.is_bystander and info.form is not Form.MANY
            if info.form is not Form.ONE:
                stack.extend(node.children)
        return found

    def _info(self, node: Node) -> Info:
        if node.inner is not None:
            return self.infos[id(node.inner)]
        if node.kind is Kind.OBJECT:
            where = ObjectContext(self._key_child(node), node is self._root, self._is_element(node), self._is_history)
            return ObjectShape(node, self.infos, where, self._known).info()
        if node.kind in (Kind.LIST, Kind.PARTS):
            return self._list(node)
        return self._text(node)

    # -- texts

    def _text(self, node: Node) -> Info:
        if node.kind is Kind.SCALAR and not node.text.lstrip("-").isdigit():
            return Info(Form.BLANK)
        parent = self._parents.get(id(node))
        field = node.name if node.name is not None else parent.name if parent is not None else None
        found_here = identifiers_in(node.text, field or "", self._known)
        info = of_identifiers(found_here)
        if id(node) in self._broken:
            info.form = Form.TANGLED
            return info
        info.is_bystander = 0 < len(found_here) <= _FEW_IDENTIFIERS and bystanders.shows_bystanders(
            node.text, lambda part: bool(identifiers_in(part, known=self._known)), are_several=info.count > 1
        )
        if info.count > 1 and not info.is_bystander and is_card_of_one(node.text, self._known):
            info.strength = Strength.FULL
            return info
        if info.count > 1 or info.is_bystander:
            info.form = Form.POINTS
            found = divided(node, self._known) if node.kind is Kind.STRING else None
            if found:
                root, infos, header = found
                node.inner = root
                self._parents[id(root)] = node
                self.infos.update((id(part), part_info) for part, part_info in zip(root.children, infos))  # noqa: B905
                info.slots = tuple(range(header, len(infos)))
                self.infos[id(root)] = info
        return info

    # -- lists

    def _list(self, node: Node) -> Info:
        elements = [child.opened for child in node.children]
        infos = [self.infos[id(element)] for element in elements]
        places = zip(elements, infos)  # noqa: B905
        bystanders.mark_bystanders(
            [(element.text, element_info) for element, element_info in places if element.kind in (*_TEXTS, Kind.SCALAR)]
        )
        info = joined(infos, Form.ONE)
        slots = tuple(range(len(elements)))
        if attribute_lists.is_attribute_list(elements, infos):
            info.form = Form.ONE if attribute_lists.describes_one_person(elements, infos) else Form.TANGLED
            info.strength = Strength.FULL
            return info
        if attribute_lists.has_names_apart_from_contacts(elements, infos):
            info.form, info.is_bystander = Form.TANGLED, True
            return info
        if any(element.kind is Kind.OBJECT for element in elements):
            info.form, info.slots = Form.MANY, slots
            info.is_named = any(
                element.kind is Kind.OBJECT and self.names_person(element, field_names.is_contact_point(_name_of(node, self._parents)))
                for element in elements
            )
            return info
        held = [element_info for element_info in infos if element_info.count]
        if len(held) == 1 and held[0].form is Form.ONE and held[0].strength is Strength.FULL:
            info.strength = Strength.FULL  # a record with its kind before it: ["vcard", [...]]
            return info
        if any(element.kind is Kind.LIST and element.children for element in elements):
            return self._rows(node, elements, infos)
        if self._is_history and elements:
            info.form, info.slots, info.is_timed = Form.MANY, slots, True
            for element_info in infos:
                self._settle(element_info)
            return info
        if info.count <= 1 and any(element_info.is_bystander for element_info in infos):
            info.form = Form.POINTS
            return info
        if info.count <= 1:
            if any(element_info.form is Form.TANGLED for element_info in infos):
                info.form = Form.TANGLED
            elif not info.count:
                info.form = Form.BLANK
            return info
        texts_only = [
            element_info
            for element, element_info in zip(elements, infos)  # noqa: B905
            if element.kind is not Kind.SCALAR or element.text not in ("null",)
        ]
        info.form = Form.POINTS
        if any(element_info.form is Form.TANGLED for element_info in infos):
            info.form = Form.TANGLED
        elif are_alike(texts_only, is_lines=False):
            info.slots = slots
        return info

    def _settle(self, info: Info) -> None:
        """An element that stands by itself: several identifiers in it may be several people's."""
        if info.form is Form.POINTS:
            info.form = Form.MANY if info.slots else Form.TANGLED

    def _rows(self, node: Node, elements: list[Node], infos: list[Info]) -> Info:
        """A list of lists: each inner list is a row of a table, if it can be one person's."""
        for element, info in zip(elements, infos):  # noqa: B905
            if element.kind is Kind.LIST and info.form is Form.POINTS:
                info.form = Form.ONE if self._is_row(element) else Form.TANGLED
            else:
                self._settle(info)
        return dataclasses.replace(joined(infos, Form.MANY), slots=tuple(range(len(elements))), form=Form.MANY)

    def _is_row(self, row: Node) -> bool:
        cells = [child.opened for child in row.children]
        if any(cell.kind in (Kind.OBJECT, Kind.LIST) for cell in cells):
            return False
        return is_row_of_one([(cell.text, self.infos[id(cell)]) for cell in cells])

    # -- what is said about people

    def names_person(self, node: Node, is_contact_point: bool) -> bool:
        """Whether an object names somebody: it has a first name, a last name … The ``name`` of a contact point does not count."""
        for child in node.children:
            if child.kind is Kind.STRING and child.text.strip() and child.name is not None:
                if field_names.FULL_NAME.search(child.name) or child.name.lower() in (
                    "displayname",
                    "display_name",
                    "username",
                    "user_name",
                ):
                    return True
                if child.name == "name" and not is_contact_point and child is not self._key_child(node):
                    return True
        return False

    def _key_child(self, node: Node) -> Node | None:
        if node is not self._root:
            return None
        return next((child for child in node.children if child.name == self._key_attribute), None)

    def _is_element(self, node: Node) -> bool:
        """Whether an object is an element of a list or lies under an id, as it is or in a string."""
        parent = self._parents.get(id(node))
        while parent is not None and parent.kind in _TEXTS:
            node, parent = parent, self._parents.get(id(parent))
        return parent is not None and (parent.kind in (Kind.LIST, Kind.PARTS) or (node.name is not None and field_names.is_id(node.name)))


def _name_of(node: Node, parents: dict[int, Node]) -> str:
    """The name under which a list lies, also when it lies in a string."""
    while node.name is None and id(node) in parents and parents[id(node)].kind in _TEXTS:
        node = parents[id(node)]
    return node.name or ""
