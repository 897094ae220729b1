# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Which parts of a JSON text stand for one contact each, read off their shape. Pure, no I/O.

A *record* stands for one contact; it is erased whole or not at all. A favorite is one record: the whole setting. Recents are many. The layout
of the payloads is not public, so this is read off their shape, for every object, list and text from the innermost outwards (``_Form``):

* **one**: everything in it is one person's. An object that has a name and ways to reach somebody is one record, with all that lies in it:
  several numbers and addresses, notes, a list of numbers. So is whatever has at most one identifier.
* **many**: a list, a map, lines, or parts of a text, each of which stands for somebody. Those parts are the records, or have records in them.
* **points**: several identifiers, which may be one person's or several people's: ``["+1 …", "+49 …"]``. What lies around it says which: beside
  a name, or called ``phoneNumbers``, it is part of that record; called ``value`` it is a list of contacts.
* **tangled**: several people (or perhaps several) in a way that can't be taken apart safely, and texts that begin like JSON and can't be parsed.

In doubt a part is tangled: then it is left and reported. That is the only wrong answer which harms nobody.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import texts
from ansible_collections.genesys.gws.plugins.module_utils._core.json_edit import Slot
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document, Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.people import identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold

_PERSON = r"(first|last|given|family|middle|full|sur|nick|maiden|contact|person|customer)_?name"
_FULL_NAME_FIELD = re.compile(rf"{_PERSON}$|^(salutation|forename)$", re.IGNORECASE)
_SHORT_NAME_FIELD = re.compile(r"^(display_?|user_?)?name$", re.IGNORECASE)
_BESIDE_A_PERSON = re.compile(
    rf"{_PERSON}$|^(salutation|forename|company|jobtitle)$|(^|_)(e-?mail|phone|mobile|telephone|fax)(_?(number|address))?$", re.IGNORECASE
)
_CONTACT_POINT = re.compile(
    r"phone|mobile|msisdn|whatsapp|(^|[a-z_])(fax|tele?|e-?mail|mail)s?(_?(number|addresse?|contact)s?)?$"
    r"|^(number|numbers|address|addresses|contact_?points|devices|channels|sip|ani|uri)$|(e-?)?mail_?address",
    re.IGNORECASE,
)
_KIND_OF_CONTACT_POINT = re.compile(
    r"^(home|work|office|private|business|mobile|cell|main|primary|secondary|other|fax|billing|default)", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"members|participants|people|persons|contacts|recipients|attendees|colleagues|friends|team|staff|users|agents|customers|favou?rites|recent",
    re.IGNORECASE,
)
_NOTE = re.compile(r"note|comment|remark|description|memo|info|^text$|subject|message", re.IGNORECASE)
_TIME = re.compile(r"(^|_)(ts|at|when)$|time|date|stamp|epoch|duration", re.IGNORECASE)
_HISTORY = re.compile(r"recent|histor|last|frequent|call.?log", re.IGNORECASE)
_COLUMN = re.compile(
    r"name|label|title|who|type|kind|id|time|date|stamp|^ts$|note|comment|categor|compan|count|state|status|media|channel|direction|group|tag",
    re.IGNORECASE,
)
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
_NUMBERED = re.compile(r"[A-Za-z][A-Za-z _\-.]*\d{1,2}[A-Za-z _\-.]*")  # a field of a row of fields: phone1, contact_2_mail
_LOOKS_LIKE_ID = re.compile(r"[0-9]+|(?=.*[0-9])[\w\-:.]{4,}")
_SEVERAL_NAMES = re.compile(r"[;|\n/&+]|\s(?:and|und|et|y|e|og|och|en|ja|or|oder)\s", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z!?][^<>@]*(?:[\"'][^<>]*)?>")
_MANY = 4
_SHORT = 20  # characters; a shorter text that begins like JSON, without an address or number in it, is no list of contacts


class Form(enum.Enum):
    BLANK = "blank"  # nobody's identifier
    ONE = "one"
    POINTS = "points"
    MANY = "many"
    TANGLED = "tangled"


class Strength(enum.IntEnum):
    """How surely an object is about one person."""

    NAMELESS = 0
    BESIDE = 1  # has a way to reach somebody
    SHORT = 2  # has a "name", which may be that of a list, too
    FULL = 3  # has a first name, a last name …


_Pair = t.Tuple[str, ...]  # noqa: UP006 - ansible-test reads it as Python 3.8


def _pair(found: t.Iterable[str]) -> _Pair:
    """At most two different ones: more than one is all that is asked for."""
    seen = dict.fromkeys(found)
    return tuple(seen)[:2]


@dataclasses.dataclass
class Info:
    """What is known of a node. ``slots`` are the children of a container that are its elements."""

    form: Form
    mails: _Pair = ()
    phones: _Pair = ()
    is_named: bool = False
    is_timed: bool = False
    strength: Strength = Strength.NAMELESS
    slots: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many different identifiers: 0, 1, or more."""
        return len(self.mails) + len(self.phones)

    @property
    def kinds(self) -> tuple[int, int]:
        """How many addresses, how many numbers."""
        return len(self.mails), len(self.phones)


class Shapes:
    """What each node of a tree is; JSON and lists in texts are opened on the way."""

    def __init__(self, root: Node, key_attribute: str) -> None:
        self.unreadable = False
        self.infos: dict[int, Info] = {}
        self._root = root
        self._key_attribute = key_attribute
        self._is_history = any(
            _HISTORY.search(child.text) for child in root.children if child.name == key_attribute and child.kind is Kind.STRING
        )
        self._broken: set[int] = set()
        self._parents: dict[int, Node] = {}
        order = [root]
        for node in order:  # grows: every node, each behind the one that it lies in
            if node.kind in (Kind.STRING, Kind.PART):
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
            if len(node.text) >= _SHORT or identifiers_in(node.text):
                self.unreadable = True
                self._broken.add(id(node))

    def records(self) -> t.Iterator[tuple[tuple[Slot, ...], bool]]:
        """Where the records lie, each as the children that are cut out with it, and whether it surely stands for somebody."""
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

    def _info(self, node: Node) -> Info:
        if node.inner is not None:
            return self.infos[id(node.inner)]
        if node.kind is Kind.OBJECT:
            return _Object(self, node).info()
        if node.kind in (Kind.LIST, Kind.PARTS):
            return self._list(node)
        return self._text(node)

    # -- texts

    def _text(self, node: Node) -> Info:
        if node.kind is Kind.SCALAR and not node.text.lstrip("-").isdigit():
            return Info(Form.BLANK)
        parent = self._parents.get(id(node))
        field = node.name if node.name is not None else parent.name if parent is not None else None
        info = _of_identifiers(identifiers_in(node.text, field or ""))
        if id(node) in self._broken:
            info.form = Form.TANGLED
        elif info.count > 1:
            info.form = Form.POINTS
            if node.kind is Kind.STRING:
                self._divide(node, info)
        return info

    def _divide(self, node: Node, info: Info) -> None:
        """Find parts of a text each of which names one person."""
        if _MARKUP.search(node.text):
            return
        for delimiter in texts.delimiters_in(node.text):
            try:
                root = texts.parts(Document(node.text, node), delimiter)
            except ValueError:
                continue
            infos = [_part(part.text, delimiter) for part in root.children]
            first = 1 if delimiter in ("\n",) and _is_header(root.children, infos) else 0
            is_lines = delimiter in ("\n", texts.VCARDS)
            texts_of_parts = [part.text for part in root.children]
            if (
                len(root.children) > 1
                and _are_alike(infos[first:], is_lines=is_lines)
                and _have_one_form(texts_of_parts, is_lines=is_lines)
            ):
                node.inner = root
                self._parents[id(root)] = node
                for part, part_info in zip(root.children, infos):  # noqa: B905
                    self._parents[id(part)] = root
                    self.infos[id(part)] = part_info
                info.slots = tuple(range(first, len(root.children)))
                self.infos[id(root)] = info
                return

    # -- lists

    def _list(self, node: Node) -> Info:
        elements = [child.opened for child in node.children]
        infos = [self.infos[id(element)] for element in elements]
        info = _joined(infos, Form.ONE)
        slots = tuple(range(len(elements)))
        if any(element.kind is Kind.OBJECT for element in elements):
            info.form, info.slots = Form.MANY, slots
            info.is_named = any(
                element.kind is Kind.OBJECT and self.names_person(element, _is_called_contact_point(_name_of(node, self._parents)))
                for element in elements
            )
            return info
        if any(element.kind in (Kind.LIST, Kind.PARTS) and element.children and element.kind is Kind.LIST for element in elements):
            return self._rows(node, elements, infos)
        if self._is_history and elements:
            info.form, info.slots, info.is_timed = Form.MANY, slots, True
            for element_info in infos:
                self._settle(element_info)
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
        elif _are_alike(texts_only, is_lines=False):
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
        return dataclasses.replace(_joined(infos, Form.MANY), slots=tuple(range(len(elements))), form=Form.MANY)

    def _is_row(self, row: Node) -> bool:
        cells = [child.opened for child in row.children]
        if any(cell.kind in (Kind.OBJECT, Kind.LIST) for cell in cells):
            return False
        return _is_row_of_one([(cell.text, self.infos[id(cell)]) for cell in cells])

    # -- what is said about people

    def names_person(self, node: Node, is_contact_point: bool) -> bool:
        """Whether an object names somebody: it has a first name, a last name … A contact point's ``name`` is none."""
        for child in node.children:
            if child.kind is Kind.STRING and child.text.strip() and child.name is not None:
                if _FULL_NAME_FIELD.search(child.name) or child.name.lower() in ("displayname", "display_name", "username", "user_name"):
                    return True
                if child.name == "name" and not is_contact_point and child is not self._key_child(node):
                    return True
        return False

    def names_in(self, node: Node) -> frozenset[str]:
        """The words of the names in an object, folded."""
        fields = (child for child in node.children if child.kind is Kind.STRING and child.name is not None)
        names = (child.text for child in fields if _FULL_NAME_FIELD.search(child.name or "") or _SHORT_NAME_FIELD.search(child.name or ""))
        return frozenset(word for name in names for word in fold(name).split())

    def _key_child(self, node: Node) -> Node | None:
        if node is not self._root:
            return None
        return next((child for child in node.children if child.name == self._key_attribute), None)

    def payload(self, node: Node) -> list[tuple[int, Node]]:
        """The members of an object, without the key of the setting."""
        key = self._key_child(node)
        return [(index, child) for index, child in enumerate(node.children) if child is not key]

    def is_root(self, node: Node) -> bool:
        return node is self._root

    def is_element(self, node: Node) -> bool:
        """Whether an object is an element of a list, as it is or in a string."""
        parent = self._parents.get(id(node))
        while parent is not None and parent.kind in (Kind.STRING, Kind.PART):
            parent = self._parents.get(id(parent))
        return parent is not None and parent.kind in (Kind.LIST, Kind.PARTS)

    @property
    def is_history(self) -> bool:
        """Whether the setting is called after recent contacts or a history."""
        return self._is_history


def _name_of(node: Node, parents: dict[int, Node]) -> str:
    """The name under which a list lies, also when it lies in a string."""
    while node.name is None and id(node) in parents and parents[id(node)].kind in (Kind.STRING, Kind.PART):
        node = parents[id(node)]
    return node.name or ""


def _of_identifiers(found: t.Collection[str]) -> Info:
    mails = _pair(identifier for identifier in found if identifier.startswith("m:"))
    phones = _pair(identifier for identifier in found if identifier.startswith("t:"))
    return Info(Form.ONE if found else Form.BLANK, mails, phones)


def _joined(infos: t.Sequence[Info], form: Form) -> Info:
    """What is said about some nodes together."""
    mails = _pair(mail for info in infos for mail in info.mails)
    phones = _pair(phone for info in infos for phone in info.phones)
    return Info(form, mails, phones, any(info.is_named for info in infos), any(info.is_timed for info in infos))


def _part(text: str, delimiter: str) -> Info:
    """A part of a text: a line may be a row of cells, a vCard is one person's."""
    info = _of_identifiers(identifiers_in(text))
    if info.count > 1 and delimiter != texts.VCARDS:
        cell_delimiters = [found for found in texts.delimiters_in(text) if found != delimiter] if delimiter == "\n" else []
        if not any(_is_row_text(text, found) for found in cell_delimiters):
            info.form = Form.TANGLED
    return info


def _is_row_text(text: str, delimiter: str) -> bool:
    try:
        cells = texts.parts(Document(text), delimiter).children
    except ValueError:
        return False
    return _is_row_of_one([(cell.text, _of_identifiers(identifiers_in(cell.text))) for cell in cells])


def _is_row_of_one(cells: list[tuple[str, Info]]) -> bool:
    """Whether the cells of a row are one person's: at most one address, and names and identifiers do not take turns."""
    joined = _joined([info for _text, info in cells], Form.ONE)
    if joined.count <= 1:
        return True
    if len(joined.mails) > 1 or any(info.count > 1 for _text, info in cells):
        return False
    pattern = "".join("I" if info.count else "T" for text, info in cells if info.count or sum(char.isalpha() for char in text) > 1)
    if re.search(r"IT+I", pattern):
        return False
    return joined.kinds == (1, 1) or "T" in pattern


def _is_header(children: list[Node], infos: list[Info]) -> bool:
    """Whether the first line is that of a table: it has no identifier, but cells like the next one."""
    if len(children) < 2 or infos[0].count:
        return False
    return any(delimiter in children[0].text and delimiter in children[1].text for delimiter in (";", "|", "\t", ","))


def _are_alike(infos: t.Sequence[Info], *, is_lines: bool) -> bool:
    """Whether some parts stand for one contact each, or can be taken apart themselves: each has identifiers, of the same kind as the others."""
    if not infos or not all(info.form is Form.ONE or (info.form is Form.POINTS and info.slots) for info in infos):
        return False
    if is_lines:
        return True
    return len({(bool(info.mails), bool(info.phones)) for info in infos}) == 1 and all(info.count == 1 or info.slots for info in infos)


_LABEL = re.compile(r"\s*[^\s@<\d][^@<\d]*[:=]")
_WORDS_BEFORE = re.compile(r"\s*[^\s@<\d+(][^@<\d+(]*\s")
_BRACKETS = ("()", "[]", "{}", "<>")


def _have_one_form(parts: t.Sequence[str], *, is_lines: bool) -> bool:
    """Whether the parts of a text are written alike, so that a delimiter between them does not stand inside of something else.

    Brackets close in the part in which they open. Apart from lines, either all or none have a label (``To:``) or words before.
    """
    if any(part.count(opening) != part.count(closing) for part in parts for opening, closing in _BRACKETS):
        return False
    return is_lines or all(len({form.match(part) is not None for part in parts}) == 1 for form in (_LABEL, _WORDS_BEFORE))


def _is_called_contact_point(field: str) -> bool:
    return _CONTACT_POINT.search(_without_number(field)) is not None and not _PEOPLE.search(field)


def _is_id(field: str) -> bool:
    return bool(_LOOKS_LIKE_ID.fullmatch(field)) and not _CONTACT_POINT.search(field) and not _NUMBERED.fullmatch(field)


_ROLE = re.compile(
    r"phone|mobile|cell|telephone|tele?|fax|e-?mail|mail|msisdn|whatsapp|sip|uri|ani|number|address|contact|point|customer|person|client|user"
    r"|home|work|office|private|business|main|primary|secondary|other|alternat(iv)?e|alt|direct|default|personal|preferred|voice|sms|e164"
    r"|international|national|display|formatted|normali[sz]ed|raw|value|name|[0-9_\-. s]",
    re.IGNORECASE,
)


def _role(field: str) -> str:
    """What a field's name says besides that it is a way to reach somebody: ``caller`` of ``callerPhone``."""
    return _ROLE.sub("", field).lower()


def _without_number(field: str) -> str:
    return field.rstrip("0123456789").rstrip("_- .")


class _Object:
    """What an object is: the decision about one node of ``Shapes``, whose children are decided."""

    def __init__(self, shapes: Shapes, node: Node) -> None:
        self._shapes = shapes
        self._node = node
        self._payload = shapes.payload(node)
        self._opened = {index: child.opened for index, child in self._payload}
        self._infos = {index: shapes.infos[id(child)] for index, child in enumerate(node.children)}
        self._keys = {index: _of_identifiers(identifiers_in(child.name or "")) for index, child in enumerate(node.children)}
        self._strength = self._own_strength()

    def info(self) -> Info:
        """The decision."""
        info = self._map_of_objects() or self._map_of_identifiers() or self._columns() or self._other()
        every = [*self._infos.values(), *self._keys.values()]
        whole = _joined(every, info.form)
        info.mails, info.phones = whole.mails, whole.phones
        info.is_timed = info.is_timed or whole.is_timed or any(_TIME.search(child.name or "") for _index, child in self._payload)
        info.is_named = info.is_named or (info.form is Form.MANY and whole.is_named)
        info.strength = max(info.strength, self._strength)
        return info

    def _texts(self) -> t.Iterator[tuple[int, str, Node]]:
        """The members that are no objects and lists: index, name, node."""
        for index, child in self._payload:
            if child.kind in (Kind.STRING, Kind.SCALAR) and self._opened[index].kind not in (Kind.OBJECT, Kind.LIST):
                yield index, child.name or "", child

    def _own_strength(self) -> Strength:
        strength = Strength.NAMELESS
        for _index, name, child in self._texts():
            bare = _without_number(name)
            if not child.text.strip() or child.text in ("null", "true", "false"):
                continue
            if _FULL_NAME_FIELD.search(bare) and child.kind is Kind.STRING:
                return Strength.FULL
            if _SHORT_NAME_FIELD.search(bare) and child.kind is Kind.STRING:
                strength = Strength.SHORT
            elif _BESIDE_A_PERSON.search(bare) and strength is Strength.NAMELESS:
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
        if any(_BESIDE_A_PERSON.search(name) for _index, name, _child in self._texts()):
            return None
        names = [self._node.children[index].name or "" for index in inner]
        if all(_KIND_OF_CONTACT_POINT.search(name) for name in names):
            return None
        fields = [{child.name or "" for child in self._opened[index].children} for index in inner]
        if not all(fields[0] & other for other in fields[1:]) and not all(map(_is_id, names)):
            return None
        about_people = all(any(_BESIDE_A_PERSON.search(field) for field in one) for one in fields)
        if not (about_people or len(inner) >= _MANY or any(not _PLAIN_WORD.fullmatch(name) for name in names)):
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
                and _is_id(child.name or "")
            ]
        if len(keyed) < 2 or self._strength is not Strength.NAMELESS:
            return None
        places = set(keyed)
        others = [index for index, _child in self._payload if index not in places and self._infos[index].form is not Form.BLANK]
        slots = self._units(keyed)
        if others or self._shapes.is_root(self._node) or any(self._infos[index].form is Form.MANY for index in keyed):
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
            and all(self._infos[index].count or _COLUMN.search(self._node.children[index].name or "") for index in columns)
            and all(self._shapes.infos[id(cell)].count <= 1 for index in columns for cell in lists[index].children)
        )
        if is_table:
            return Info(Form.MANY, is_named=True, columns=tuple(columns))
        return None if self._strength is Strength.SHORT else Info(Form.TANGLED)

    def _is_column_of_names(self, column: Node, field: str) -> bool:
        return re.search(r"name|label|title|who|person|contact", field, re.IGNORECASE) is not None and all(
            cell.kind is Kind.STRING and not self._shapes.infos[id(cell)].count for cell in column.children
        )

    # -- everything else

    def _other(self) -> Info:
        """A record, an object around one or several others, or a tangle."""
        many: list[int] = []
        is_tangled = False
        for index, child in self._payload:
            info = self._infos[index]
            if info.form is Form.TANGLED:
                is_tangled = True
            elif info.form in (Form.POINTS, Form.MANY):
                decision = self._absorb(child.name or "", info)
                if decision is Form.MANY:
                    info.form = Form.MANY
                    many.append(index)
                elif decision is Form.TANGLED:
                    is_tangled = True
        if self._has_parallel_texts():
            return Info(Form.TANGLED)
        if many and not self._is_nobody_else(many):
            return Info(Form.MANY)
        if is_tangled:
            return Info(Form.TANGLED)
        return self._one_or_tangled()

    def _absorb(self, field: str, info: Info) -> Form:
        """What a collection in an object is: ONE, a part of its record; MANY, a container; or TANGLED."""
        is_contact_point = _is_called_contact_point(field)
        strength = self._strength
        if info.form is Form.MANY:
            if info.is_named:
                return Form.MANY
            if strength is Strength.FULL:
                return Form.ONE
            if is_contact_point and strength is not Strength.NAMELESS:
                return Form.ONE
            if info.is_timed or self._shapes.is_history:
                return Form.MANY
            if is_contact_point:
                return Form.TANGLED if len(info.mails) > 1 else Form.ONE
            if strength is Strength.NAMELESS:
                return self._nested_container(field, info)
            if info.count <= 1:
                return Form.ONE
            return Form.MANY if strength is Strength.SHORT and not self._shapes.is_element(self._node) else Form.TANGLED
        if strength is Strength.FULL:
            return Form.TANGLED if _PEOPLE.search(field) else Form.ONE
        if is_contact_point:
            return Form.ONE if strength is Strength.SHORT or (strength is Strength.BESIDE and len(info.mails) < 2) else Form.TANGLED
        is_open = strength is Strength.NAMELESS or (strength is Strength.SHORT and not self._shapes.is_element(self._node))
        return Form.MANY if info.slots and is_open else Form.TANGLED

    def _nested_container(self, field: str, info: Info) -> Form:
        """A list of nobody's name in an element of another list: perhaps several numbers of the one that the element stands for."""
        is_unclear = self._shapes.is_element(self._node) and info.count > 1 and not _PEOPLE.search(field)
        return Form.TANGLED if is_unclear else Form.MANY

    def _is_nobody_else(self, many: list[int]) -> bool:
        """Several lists, and no sign of several people in any of them."""
        whole = _joined([self._infos[index] for index in many], Form.ONE)
        return len(many) > 1 and whole.count <= 1 and not whole.is_named and not whole.is_timed

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
        whole = _joined(infos, Form.ONE)
        if not whole.count:
            return Info(Form.BLANK)
        if whole.count == 1:
            return Info(Form.ONE)
        if self._names_several():
            return Info(Form.TANGLED)
        if self._strength is Strength.FULL:
            return Info(Form.TANGLED if self._has_another_person() else Form.ONE)
        objects = [index for index, opened in self._opened.items() if opened.kind is Kind.OBJECT and self._infos[index].count]
        with_people = [index for index, info in self._infos.items() if info.count or self._keys[index].count]
        if len(objects) == 1 and not self._keys[objects[0]].count:
            strength = self._infos[objects[0]].strength
            if with_people == objects or strength is Strength.FULL:
                return Info(Form.ONE, strength=strength)
        reached = {index: True for index in with_people if self._is_way_to_reach(index)}
        ways = _joined([self._infos[index] for index in reached], Form.ONE)
        others = [
            index
            for index in with_people
            if index not in reached and not {*self._infos[index].mails, *self._infos[index].phones} <= {*ways.mails, *ways.phones}
        ]
        if others:
            is_noted = (
                self._strength is Strength.SHORT
                and ways.count
                and all(_NOTE.search(self._node.children[index].name or "") for index in others)
            )
            return Info(Form.ONE if is_noted else Form.TANGLED)
        if self._strength is not Strength.SHORT and (len(whole.mails) > 1 or self._are_numbered(reached)):
            return Info(Form.TANGLED)
        return Info(Form.ONE)

    def _has_another_person(self) -> bool:
        """Whether an object in this record of somebody names somebody else who can be reached: a spouse, a manager."""
        own = self._shapes.names_in(self._node)
        for index, opened in self._opened.items():
            field = self._node.children[index].name or ""
            if opened.kind is Kind.OBJECT and self._infos[index].count and not _is_called_contact_point(field):
                names = self._shapes.names_in(opened)
                if names and not names <= own and (self._infos[index].strength is Strength.FULL or self._infos[index].mails):
                    return True
        return False

    def _is_way_to_reach(self, index: int) -> bool:
        name = self._node.children[index].name or ""
        is_contact_point = _is_called_contact_point(name) or _KIND_OF_CONTACT_POINT.search(name) is not None
        return index in self._opened and not self._keys[index].count and (is_contact_point or _SHORT_NAME_FIELD.search(name) is not None)

    def _are_numbered(self, members: t.Iterable[int]) -> bool:
        """Whether some members have one name with different numbers, or are called after different roles.

        phone1 and phone2, callerPhone and calleePhone may be two people's; homePhone and workPhone are one person's.
        """
        names = [
            self._node.children[index].name or ""
            for index in members
            if self._infos[index].count and self._opened[index].kind not in (Kind.OBJECT, Kind.LIST)
        ]
        roles = {role for name in names if (role := _role(name))}
        return len(set(map(_without_number, names))) < len(names) or (bool(roles) and len(names) > 1)

    def _names_several(self) -> bool:
        """Whether the object has the same kind of name more than once: name1 and name2, callerName and calleeName; or several in one text."""
        seen: set[tuple[str, str]] = set()
        kinds: set[str] = set()
        for _index, name, child in self._texts():
            if child.kind is not Kind.STRING or not child.text.strip():
                continue
            found = re.search(r"(first|last|given|family|middle|full|sur|nick|maiden|display|user)?_?name", name, re.IGNORECASE)
            if not found or (found.group(1) or "").lower() in ("user", "nick", "maiden", "middle"):
                continue
            around = (name[: found.start()] + "\x00" + name[found.end() :]).lower()
            if around in ("contact\x00", "person\x00", "customer\x00", "contact_\x00", "person_\x00", "customer_\x00"):
                around = "\x00"
            if re.search(r"company|group|file|switch|event|field|host|domain|type|category|device", around):
                continue
            kind = (found.group(1) or "").lower()
            if kind in kinds and (kind, around) not in seen:
                return True
            kinds.add(kind)
            seen.add((kind, around))
            if _SEVERAL_NAMES.search(child.text):
                return True
        return False
