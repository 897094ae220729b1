# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Divides a text into parts each of which names one person: between delimiters, lines, rows of cells, vCards. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import bystanders
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.labels import Label, label_of, words_of
from ansible_collections.genesys.gws.plugins.module_utils._core.people import KnownIdentifiers, identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Form, Info, joined, of_identifiers
from ansible_collections.genesys.gws.plugins.module_utils._core.texts import VCARDS, delimiters_in, parts

_DIALLED_BEHIND = re.compile(r"[0-9]\s?,{1,5}[0-9]{3,15}#")  # the code of a conference: the comma is a pause of the number before
_MARKUP = re.compile(r"</?[A-Za-z!?][^<>@]*(?:[\"'][^<>]*)?>")


def divided(node: Node, known: KnownIdentifiers) -> tuple[Node, list[Info], int] | None:
    """The parts of the text of a node, what is known of each, and how many of them are a header; None when it can't be divided."""
    if _MARKUP.search(node.text):
        return None
    for delimiter in delimiters_in(node.text):
        if delimiter == "," and _DIALLED_BEHIND.search(node.text):
            continue
        try:
            root = parts(Document(node.text, node), delimiter)
        except ValueError:
            continue
        infos = [_part(part.text, delimiter, known) for part in root.children]
        if delimiter != "\n":
            bystanders.mark_bystanders([(part.text, info) for part, info in zip(root.children, infos)])  # noqa: B905
        header = 1 if delimiter == "\n" and _is_header(root.children, infos) else 0
        is_lines = delimiter in ("\n", VCARDS)
        if delimiter == "\n" and _goes_on_in_next_row(node.text):
            return None
        if len(infos) > 1 and are_alike(infos[header:], is_lines=is_lines) and _have_one_form(root.children, is_lines=is_lines):
            return root, infos, header
    return None


def _goes_on_in_next_row(text: str) -> bool:
    """Whether some rows of a table, but not all, begin with two empty cells: they go on with what the row before is about."""
    lines = [line for line in text.splitlines() if line.strip()][1:]
    return any(0 < sum(line.startswith(2 * delimiter) for line in lines) < len(lines) for delimiter in (";", "|", "\t", ","))


def _part(text: str, delimiter: str, known: KnownIdentifiers) -> Info:
    """A part of a text: a line may be a row of cells, a vCard is one person's."""
    info = of_identifiers(identifiers_in(text, known=known))
    if delimiter == VCARDS:
        info.form = Form.ONE
    elif info.count > 1:
        cell_delimiters = [found for found in delimiters_in(text) if found != delimiter] if delimiter == "\n" else []
        if not any(_is_row_text(text, found, known) for found in cell_delimiters):
            info.form = Form.TANGLED
    return info


def _is_row_text(text: str, delimiter: str, known: KnownIdentifiers) -> bool:
    try:
        cells = parts(Document(text), delimiter).children
    except ValueError:
        return False
    return is_row_of_one([(cell.text, of_identifiers(identifiers_in(cell.text, known=known))) for cell in cells])


def is_row_of_one(cells: list[tuple[str, Info]]) -> bool:
    """Whether the cells of a row are one person's: at most one address, and names and identifiers do not take turns."""
    whole = joined([info for _text, info in cells], Form.ONE)
    if whole.count <= 1:
        return True
    if len(whole.mails) > 1 or any(info.count > 1 for _text, info in cells):
        return False
    pattern = "".join("I" if info.count else "T" for text, info in cells if info.count or sum(char.isalpha() for char in text) > 1)
    if re.search(r"IT+I", pattern):
        return False
    return whole.kinds == (1, 1) or "T" in pattern


def _is_header(children: list[Node], infos: list[Info]) -> bool:
    """Whether the first line is that of a table: it has no identifier, but cells like the next one."""
    if len(children) < 2 or infos[0].count:
        return False
    return any(delimiter in children[0].text and delimiter in children[1].text for delimiter in (";", "|", "\t", ","))


def are_alike(infos: t.Sequence[Info], *, is_lines: bool) -> bool:
    """Whether some parts stand for one contact each, or can be taken apart themselves: each has identifiers, of the same kind as the others."""
    if not infos or not all(info.form is Form.ONE or (info.form is Form.POINTS and info.slots) for info in infos):
        return False
    if is_lines:
        return True
    return len({(bool(info.mails), bool(info.phones)) for info in infos}) == 1 and all(info.count == 1 or info.slots for info in infos)


def is_card_of_one(text: str, known: KnownIdentifiers) -> bool:
    """Whether a text is a single vCard, or a name with labelled numbers and one address at most, a line each: the end of a letter."""
    if len(text) > _LONGEST_CARD:
        return False
    if delimiters_in(text) == [VCARDS]:
        if _OTHERS_IN_CARD.search(text):
            return False
        try:
            return len(parts(Document(text), VCARDS).children) == 1
        except ValueError:
            return False
    lines = [line for line in text.splitlines() if line.strip()]
    infos = [of_identifiers(identifiers_in(line, known=known)) for line in lines]
    if len(lines) < 2 or any(info.count > 1 for info in infos) or len(joined(infos, Form.ONE).mails) > 1:
        return False
    labels = [_LABELLED_NUMBER.match(line) for line, info in zip(lines, infos) if info.phones]  # noqa: B905
    named = [label.group(1).lower().strip(". ") for label in labels if label is not None]
    return len(named) == len(labels) == len(set(named)) and all(_is_contact_label(label) for label in named)


def _is_contact_label(label: str) -> bool:
    return len(label) == 1 or (label_of(words_of(label), sentence=True) is Label.PHONE and len(words_of(label)) == 1)


_LONGEST_CARD = 2000
_OTHERS_IN_CARD = re.compile(
    r"^\s*(?:[\w\-]+\.)?(?:MEMBER|RELATED|AGENT|X-[\w\-]*(?:ASSISTANT|MANAGER|SPOUSE))\b", re.IGNORECASE | re.MULTILINE
)
_LABELLED_NUMBER = re.compile(r"\s*([^\W\d_][^\W\d_.\-]{0,12}\.?)\s*[:#]?\s*[+(\d]")
_LABEL = re.compile(r"\s*[^\s@<\d][^@<\d]*[:=]")
_WORDS_BEFORE = re.compile(r"\s*[^\s@<\d+(][^@<\d+(]*\s")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"))


def _have_one_form(children: t.Sequence[Node], *, is_lines: bool) -> bool:
    """Whether the parts of a text are written alike, so that a delimiter between them does not stand inside of something else.

    Brackets close in the part in which they open. Apart from lines, either all or none have a label (``To:``) or words before.
    """
    written = [child.text for child in children]
    if any(part.count(opening) != part.count(closing) for part in written for opening, closing in _BRACKETS):
        return False
    return is_lines or all(len({form.match(part) is not None for part in written}) == 1 for form in (_LABEL, _WORDS_BEFORE))
