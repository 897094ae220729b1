# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Analyses the content of a text: JSON, encoded JSON, a sequence of JSON values, or delimited parts. Pure, no I/O."""

from __future__ import annotations

import html
import json
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import AROUND, Document, Kind, Node, parse, parse_value

_MAX_DEPTH = 24  # of texts in texts, each in a document of its own
_MAX_DECODINGS = 4
_BEGINS_LIKE_JSON = re.compile(
    r"[ \t\r\n\ufeff\x00\x1e]*(?:\{\s*(?:[\"'}{\[]|$|\w+\s*:)|\[\s*(?:[\[{\"'\]]|$|-?\d+(?:\.\d+)?\s*(?:,|\]\s*$)|(?:true|false|null)\b))"
)
_HEAD = 24  # characters at the beginning of a text in which an encoding of JSON shows
SEQUENCE = "json sequence"
VCARDS = "vcards"
_DELIMITERS = ("\n", ";", "|", "\t", ",")
_BETWEEN_VALUES = re.compile(r"[ \t\r\n\x1e\ufeff\x00]*,?[ \t\r\n\x1e\ufeff\x00]*")
_PIECES = {delimiter: re.compile('(?:"[^"]*"|[^"' + re.escape(delimiter) + "])+") for delimiter in _DELIMITERS}
_PIECES["\n"] = re.compile('(?:"[^"]*"|[^"\r\n])+')
_CARD_EDGE = re.compile(r"^[ \t]*(BEGIN|END):VCARD[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class UnreadableError(ValueError):
    """A text begins like JSON and can't be parsed."""


def open_text(node: Node) -> Node | None:
    """The tree of the JSON that the text of a node holds, in any of the encodings; None when it holds none.

    :raises UnreadableError: when it begins like JSON and is none: nobody can say how many people are in it.
    """
    text, origin, decoders = node.text, t.cast("list[int] | None", None), t.cast("tuple[str, ...]", ())
    looked_like_json = False
    for _round in range(_MAX_DECODINGS + 1):
        begins_like_json = _BEGINS_LIKE_JSON.match(text) is not None
        looked_like_json = looked_like_json or begins_like_json
        if begins_like_json or (text.lstrip(AROUND)[:1] == '"' and text.rstrip(AROUND)[-1:] == '"' and len(text) > 2):
            if node.document.depth >= _MAX_DEPTH:
                break
            found = _json_in(Document(text, node, origin, decoders))
            if found is not None:
                return found
        decoder = next((name for name, (mark, _decode) in _DECODERS.items() if mark.search(text[:_HEAD])), None)
        if decoder is None:
            break
        text, steps = _DECODERS[decoder][1](text)
        origin = steps if origin is None else [origin[step] for step in steps]
        decoders += (decoder,)
    if looked_like_json:
        raise UnreadableError("a text begins like JSON and can't be parsed")
    return None


def _json_in(document: Document) -> Node | None:
    try:
        return parse(document)
    except ValueError:
        pass
    try:
        found = sequence(document)
    except ValueError:
        return None
    return found if len(found.children) > 1 and all(child.kind in (Kind.OBJECT, Kind.LIST) for child in found.children) else None


def sequence(document: Document) -> Node:
    """JSON values one after the other: JSON lines, RFC 7464, or simply side by side. :raises ValueError: when it is none."""
    text = document.text
    root = Node(document, Kind.PARTS, 0, len(text), SEQUENCE)
    position = _behind(text, 0)
    while position < len(text):
        child = parse_value(document, position)
        root.children.append(child)
        position = _behind(text, child.end)
    return root


def _behind(text: str, position: int) -> int:
    found = _BETWEEN_VALUES.match(text, position)
    return found.end() if found else position


def reopened(node: Node, like: Node) -> Node:
    """The tree in an edited text, read as the original text was. :raises ValueError: when it can't be read so."""
    text, origin = node.text, t.cast("list[int] | None", None)
    for name in like.document.decoders:
        text, steps = _DECODERS[name][1](text)
        origin = steps if origin is None else [origin[step] for step in steps]
    document = Document(text, node, origin, like.document.decoders)
    if like.kind is not Kind.PARTS:
        return parse(document)
    return sequence(document) if like.text == SEQUENCE else parts(document, like.text)


def delimiters_in(text: str) -> list[str]:
    """By what a text may be divided, the coarsest first."""
    if _CARD_EDGE.search(text):
        return [VCARDS]
    if text.count('"') % 2:
        return []  # an open quotation mark: nobody can say what is inside of it
    stripped = text.strip()
    return [delimiter for delimiter in _DELIMITERS if delimiter in stripped or (delimiter == "\n" and "\r" in stripped)]


def parts(document: Document, delimiter: str) -> Node:
    """The parts between delimiters that are not blank; a delimiter in quotation marks is none. :raises ValueError: when it can't be divided."""
    text = document.text
    root = Node(document, Kind.PARTS, 0, len(text), delimiter)
    for begin, end in _cards(text) if delimiter == VCARDS else (found.span() for found in _PIECES[delimiter].finditer(text)):
        piece = text[begin:end]
        begin += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if piece:
            root.children.append(Node(document, Kind.PART, begin, begin + len(piece), piece))
    return root


def _cards(text: str) -> t.Iterator[tuple[int, int]]:
    begin: int | None = None
    behind = 0
    for edge in _CARD_EDGE.finditer(text):
        is_begin = edge.group(1).upper() == "BEGIN"
        if is_begin is (begin is not None) or (is_begin and text[behind : edge.start()].strip()):
            raise ValueError("not a row of vCards")
        if begin is None:
            begin = edge.start()
        else:
            behind = edge.end()
            yield begin, behind
            begin = None
    if begin is not None or text[behind:].strip():
        raise ValueError("not a row of vCards")


Decoded = t.Tuple[str, t.List[int]]  # noqa: UP006 - ansible-test reads it as Python 3.8


def _decoding(pattern: re.Pattern[str], decode: t.Callable[[str], list[tuple[str, int]]]) -> t.Callable[[str], Decoded]:
    """A decoder of the places that a pattern finds; ``decode`` gives the characters with their lengths in the encoded text."""

    def decoder(text: str) -> Decoded:
        pieces: list[str] = []
        origin: list[int] = []
        position = 0
        for found in pattern.finditer(text):
            pieces.append(text[position : found.start()])
            origin.extend(range(position, found.start()))
            position = found.start()
            for char, length in decode(found.group()):
                pieces.append(char)
                origin.append(position)
                position += length
        pieces.append(text[position:])
        origin.extend(range(position, len(text) + 1))
        return "".join(pieces), origin

    return decoder


def _percent(encoded: str) -> list[tuple[str, int]]:
    try:
        decoded = bytes.fromhex(encoded.replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return [(char, 1) for char in encoded]
    return [(char, 3 * len(char.encode("utf-8"))) for char in decoded]


def _entity(encoded: str) -> list[tuple[str, int]]:
    decoded = html.unescape(encoded)
    return [(decoded, len(encoded))] if len(decoded) == 1 else [(char, 1) for char in encoded]


def _escape(encoded: str) -> list[tuple[str, int]]:
    try:
        return [(json.loads(f'"{encoded}"'), len(encoded))]
    except ValueError:
        return [(char, 1) for char in encoded]


_DECODERS: dict[str, tuple[re.Pattern[str], t.Callable[[str], Decoded]]] = {
    "escapes": (
        re.compile(r"\\+(?:\"|u00(?:22|5[bB]|7[bB]))"),
        _decoding(re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\"\\/bfnrt])"), _escape),
    ),
    "html": (
        re.compile(r"&(?:amp;)*(?:quot|#0*34|#[xX]0*22|lbrace|lcub|lbrack|lsqb|#0*91|#0*123|#[xX]0*[57][bB]);"),
        _decoding(re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"), _entity),
    ),
    "percent": (re.compile(r"%(?:25)*(?:22|5[bB]|7[bB])"), _decoding(re.compile(r"(?:%[0-9a-fA-F]{2})+"), _percent)),
}
