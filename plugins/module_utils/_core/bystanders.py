# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Bystanders: people beside a searched person of whom only a name or an extension is known. Pure, no I/O.

``4711`` may be anything: it counts only if its position beside an address or a number shows what it is: as an element of the same list, under the
next id of a map, as the next part of a text. Under a field name (``extension``) it belongs to the person of that record.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import field_names
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import readings
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Form, Info
from ansible_collections.genesys.gws.plugins.module_utils._core.text_names import (
    are_in_fields,
    is_another,
    is_full_name,
    leading_name,
    name_others,
    names_at_beginning,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.texts import VCARDS, delimiters_in, parts

_EXTENSION = re.compile(r"(?:(?:ext|extension|x|tel)\.?:?\s*)?[0-9]{3,6}", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"[^\W\d_][^\n:=@0-9]*[\s<(][^\n:=]*$")
_WORDS_AND_A_NUMBER = re.compile(r"[^\W\d_][^\n@0-9]*[\s:,;|]\(?[0-9]{3,6}\)?\s*")
_CONTAINER = re.compile(r"<([A-Za-z][\w:.\-]*)(?:\s+[^<>\s/][^<>]*>|>\s*(?=<[A-Za-z]))")
_OF_A_SENTENCE = frozenset(["a", "b", "i", "u", "em", "strong", "span", "font", "img", "br", "small", "sub", "sup", "code", "mark"])
_YAML_ITEM = re.compile(r"^([ \t]*)-[ \t]+[\"']?\w[\w ]*[\"']?:(?:[ \t]|$)", re.MULTILINE)
_NEXT_OBJECT = re.compile(r"\}\s{0,9},\s{0,9}\{|\)\s{0,9},\s{0,9}\(\s{0,9}[\"']|\}\s{0,9}i:[0-9]{1,6};[aO]:[0-9]")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_TIMED_LINE = re.compile(r"^\W{0,3}\d[\d.,:/T\- ]{7,}")
_OTHER_PARTY = re.compile(r"(?:->|<-|=>|\u2192|\u2190|\b(?:in|out|from|to|von|an))[ \t:]{0,3}[0-9]{3,6}\b(?![\d:.])", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_TAKES_TURNS = re.compile(r"[IE]T+[IE]")
_CELLS_APART = {";": 1, "|": 1, "\t": 1, ",": 2}
"""How many delimiters a line must contain to count as a row of cells, because sentences contain commas, too."""


def is_extension(text: str) -> bool:
    """Whether a text is nothing but a short number: ``4711``, ``ext. 4711``."""
    return _EXTENSION.fullmatch(text.strip()) is not None


def series_of(field: str) -> str | None:
    """The series to which a member of an object belongs, by its name: ids, names, ``dial1`` and ``dial2``; None for an ordinary field."""
    if field_names.is_id(field):
        return "id"
    if is_full_name(field) and not field_names.CONTACT_POINT.search(field):
        return "name"
    stem = field_names.without_number(field)
    return stem.lower() if stem != field and field_names.NUMBERED.fullmatch(field) else None


def mark_bystanders(places: t.Sequence[tuple[str, Info]], *, begins_with_name: bool = False) -> None:
    """Marks the bystanders among texts side by side, if somebody's address or number is one of them.

    An extension counts as a separate number, unless all texts belong to one person. A single name may belong to the address beside it; with several
    names that is unknown. Where the person's text begins with a name, the others stand for somebody each, too, if they do so.

    :param begins_with_name: whether a row of one person's must begin with a name: fields that are numbered are more often places of several people.
    """
    if not any(info.count for _text, info in places):
        return
    own = names_at_beginning(text for text, info in places if info.count)
    for text, info in places if own else []:
        found = None if info.count else leading_name(text)
        if found is not None and is_another(found[0], own):
            info.is_bystander = True
    is_row = _is_row_of_one([(text, info.count > 0) for text, info in places])
    is_row = is_row and not (begins_with_name and (places[0][1].count or is_extension(places[0][0])))
    names = [info for text, info in places if not info.count and is_full_name(text)]
    for info in names if len(names) > 1 else []:
        info.is_bystander = True
    for text, info in places:
        if not is_row and not info.count and is_extension(text):
            info.form, info.phones, info.is_bystander = Form.ONE, ("t:" + text.strip(),), True


def _is_row_of_one(places: t.Sequence[tuple[str, bool]]) -> bool:
    """Whether texts, each with or without an identifier, are a name, ways to reach whom it names, and one extension: ``Ann``, the address, ``4711``."""
    signs = "".join(
        "I" if has_identifier else "E" if is_extension(text) else "T" if any(map(str.isalpha, text)) else ""
        for text, has_identifier in places
    )
    return signs.count("E") == 1 and "T" in signs and not _TAKES_TURNS.search(signs)


def shows_bystanders(text: str, has_identifier: t.Callable[[str], bool], *, are_several: bool = False) -> bool:
    """Whether the layout of a text with an identifier shows further people. ``are_several``: there are several of them.

    Rows of a table, vCards, names with extensions in lines, elements of XML or HTML side by side, items of YAML, JSON that does not begin the text.
    """
    decoded = readings(text).addresses
    if any(
        _NEXT_OBJECT.search(one) or _has_like_elements(one) or _has_like_items(one) or are_in_fields(one)
        for one in dict.fromkeys((text, decoded))
    ):
        return True
    if _are_elements_alike(decoded, has_identifier):
        return True
    for delimiter in delimiters_in(text):
        try:
            pieces = [part.text for part in parts(Document(text), delimiter).children]
        except ValueError:
            continue
        if delimiter == VCARDS:
            return len(pieces) > 1
        persons = [piece for piece in pieces if has_identifier(piece)]
        others = [piece for piece in pieces if not has_identifier(piece)]
        if not persons:
            continue
        if delimiter == "\n":
            lines = [line for line in text.splitlines() if line.strip()]  # with the empty cells at their ends
            if _are_rows(persons, others, lines, is_first_a_header=pieces[0] in others) or _are_lines_alike(persons, others):
                return True
        elif "\n" not in text.strip():
            has_extension = any(map(is_extension, others)) and not _is_row_of_one([(piece, piece in persons) for piece in pieces])
            are_names = not are_several and sum(map(is_full_name, others)) > 1
            if has_extension or are_names or name_others(persons, others, is_bare_enough=True):
                return True
    return False


def _are_rows(persons: t.Sequence[str], others: t.Sequence[str], lines: t.Sequence[str], *, is_first_a_header: bool) -> bool:
    """Whether other lines have as many cells as the person's; one before it is the header of the table."""
    bare = set(others)
    for delimiter, least in _CELLS_APART.items():
        widths = {width for line in persons if (width := _cells(line, delimiter)) > least}
        rows = sum(1 for line in lines if line.strip() in bare and _cells(line, delimiter) in widths)
        if rows > (1 if is_first_a_header else 0):
            return True
    return False


def _cells(line: str, delimiter: str) -> int:
    """How many cells a line has, empty ones too; a delimiter in quotation marks is none."""
    return _QUOTED.sub("", line).count(delimiter) + 1


def _are_lines_alike(persons: t.Sequence[str], others: t.Sequence[str]) -> bool:
    """``Ann Lee ann@example.com`` and ``Bob Smith 4711``: words and a way to reach somebody in each line."""
    if any(_NAME_BEFORE.match(line) for line in persons) and any(map(_WORDS_AND_A_NUMBER.fullmatch, others)):
        return True
    if all(map(_TIMED_LINE.match, persons)) and any(_TIMED_LINE.match(line) and _OTHER_PARTY.search(line) for line in others):
        return True
    return name_others(persons, others, is_bare_enough=False)


def _are_elements_alike(text: str, has_identifier: t.Callable[[str], bool]) -> bool:
    """The same for what stands between the tags of HTML."""
    pieces = [piece.strip() for piece in _TAG.split(text) if piece.strip()]
    if len(pieces) < 2 or not _TAG.search(text):
        return False
    persons = [piece for piece in pieces if has_identifier(piece)]
    own = set(persons)
    others = [piece for piece in pieces if piece not in own]
    if name_others(persons, others, is_bare_enough=True):
        return True
    return any(map(is_extension, others)) and not _is_row_of_one([(piece, piece in own) for piece in pieces])


def _has_like_elements(text: str) -> bool:
    """Whether XML or HTML has two elements of one name that have attributes or begin with an element: rows and cards, not cells or words."""
    names = [name for found in _CONTAINER.finditer(text) if (name := found.group(1).lower()) not in _OF_A_SENTENCE]
    return len(names) > len(set(names))


def _has_like_items(text: str) -> bool:
    """Whether YAML has two items with fields in one list."""
    indents = [item.group(1) for item in _YAML_ITEM.finditer(text)]
    return len(indents) > len(set(indents))
