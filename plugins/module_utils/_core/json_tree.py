# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses JSON text to a tree with the position of each part. Pure, no I/O.

``json.loads`` gives values and forgets their text: ``1.10`` and ``1.1`` are one number, of two members of one name only the last is seen,
1e400 is infinite, and a document that is nested deeper than Python's stack can't be read at all. Here a node keeps its span in the text, an object
all its members, a number its digits, and nothing is recursive.

A string may hold another text (JSON in a string, a list with semicolons): then its node has an ``inner`` tree over a ``Document`` of its own,
which knows where each of its characters stands in the text outside. So a part at any depth can be cut out of the outermost text by ranges.
"""

from __future__ import annotations

import enum
import json
import json.decoder
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import object_of


class Kind(enum.Enum):
    """The kind of a node."""

    OBJECT = "object"
    LIST = "list"
    STRING = "string"
    SCALAR = "scalar"  # a number, true, false, null
    PARTS = "parts"  # a plain text, read as a list of parts
    PART = "part"  # one of them: a piece of text without quotes


class Document:
    """A text, and where it stands: ``source`` is the node of the outer document that holds it, None for the outermost text.

    ``origin[i]`` is where character i stands in the text of ``source``, with one entry more for the end; None when the two texts are the same.
    ``decoders`` are the names of the encodings that were undone on the way from there.
    """

    __slots__ = ("decoders", "depth", "origin", "source", "text")

    def __init__(self, text: str, source: Node | None = None, origin: list[int] | None = None, decoders: tuple[str, ...] = ()) -> None:
        self.text = text
        self.source = source
        self.origin = origin
        self.decoders = decoders
        self.depth: int = source.document.depth + 1 if source is not None else 0


class Node:
    """A part of a document, from ``begin`` to ``end``. A member of an object has a ``name``, and its span begins there: at ``member_begin``.

    ``text`` is the decoded text of a string, the spelling of a scalar, the text of a part.
    """

    __slots__ = ("begin", "children", "document", "end", "inner", "kind", "member_begin", "name", "text")

    def __init__(self, document: Document, kind: Kind, begin: int, end: int = 0, text: str = "") -> None:
        self.document = document
        self.kind = kind
        self.begin = begin
        self.end = end
        self.text = text
        self.name: str | None = None
        self.member_begin = begin
        self.children: list[Node] = []
        self.inner: Node | None = None

    @property
    def opened(self) -> Node:
        """The node itself, or what its text holds."""
        node = self
        while node.inner is not None:
            node = node.inner
        return node

    def origin(self) -> t.Callable[[int], int]:
        """Where in the document a character of ``text`` stands, by its index."""
        begin = self.begin
        if self.kind is not Kind.STRING:
            return lambda index: begin + index
        if self.end - begin - 2 == len(self.text):
            return lambda index: begin + 1 + index
        return _origin_of_string(self.document.text, begin + 1, self.end - 1).__getitem__


AROUND = " \t\r\n\ufeff\x00"
_CLOSERS = {Kind.OBJECT: "}", Kind.LIST: "]"}
_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)


def parse(document: Document) -> Node:
    """The tree of a JSON text. :raises ValueError: when it is not JSON."""
    text = document.text
    root = parse_value(document, len(text) - len(text.lstrip(AROUND)))
    if root.end < len(text.rstrip(AROUND)):
        raise ValueError("there is more behind the JSON value")
    return root


def parse_value(document: Document, position: int) -> Node:
    """The tree of the JSON value that begins at a position. :raises ValueError: when none does."""
    text = document.text
    open_nodes: list[Node] = []
    name: tuple[str, int] | None = None  # of the member whose value comes next
    while True:
        node = _value(document, _skip(text, position))
        if name is not None:
            node.name, node.member_begin = name
            name = None
        if open_nodes:
            open_nodes[-1].children.append(node)
        if node.end:
            position = node.end
        else:
            open_nodes.append(node)
            position = _skip(text, node.begin + 1)
            if text[position : position + 1] != _CLOSERS[node.kind]:
                if node.kind is Kind.OBJECT:
                    name, position = _name(text, position)
                continue
        while open_nodes:
            innermost = open_nodes[-1]
            position = _skip(text, position)
            char = text[position : position + 1]
            position += 1
            if char == _CLOSERS[innermost.kind]:
                innermost.end = position
                node = open_nodes.pop()
            elif char == "," and innermost.children:
                if innermost.kind is Kind.OBJECT:
                    name, position = _name(text, _skip(text, position))
                break
            else:
                raise ValueError("not JSON")
        else:
            return node


def _value(document: Document, position: int) -> Node:
    """A string or scalar, or an object or list that has just begun: that one has no end yet."""
    text = document.text
    char = text[position : position + 1]
    if char == "{":
        return Node(document, Kind.OBJECT, position)
    if char == "[":
        return Node(document, Kind.LIST, position)
    if char == '"':
        decoded, end = json.decoder.scanstring(text, position + 1, False)  # type: ignore[attr-defined]
        return Node(document, Kind.STRING, position, end, decoded)
    found = _SCALAR.match(text, position)
    if found is None:
        raise ValueError("not JSON")
    return Node(document, Kind.SCALAR, position, found.end(), found.group())


def _name(text: str, position: int) -> tuple[tuple[str, int], int]:
    """A member's name with its place, and the position behind the colon."""
    if text[position : position + 1] != '"':
        raise ValueError("not JSON")
    name, end = json.decoder.scanstring(text, position + 1, False)  # type: ignore[attr-defined]
    colon = _skip(text, end)
    if text[colon : colon + 1] != ":":
        raise ValueError("not JSON")
    return (name, position), colon + 1


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _origin_of_string(text: str, begin: int, end: int) -> list[int]:
    """Where each character of a JSON string's text stands, and its end."""
    origin: list[int] = []
    position = begin
    for escape in _ESCAPE.finditer(text, begin, end):
        origin.extend(range(position, escape.start()))
        origin.append(escape.start())
        position = escape.end()
    origin.extend(range(position, end + 1))
    return origin


def value_of(root: Node, leave_out: t.Collection[int] = ()) -> t.Any:
    """The plain value of a tree, as ``json.loads`` would give it, without the nodes whose ``id()`` is to be left out.

    What can't be told by a plain value is told in another way that shows all of its texts: an object with two members of one name is a list
    of objects, a number that Python can't hold is a text, and a string that something is left out of is the value of what it holds.
    """
    results: dict[int, t.Any] = {}
    stack: list[tuple[Node, bool]] = [(root, False)]
    inside = _ancestors(root, leave_out) if leave_out else set()
    while stack:
        node, is_done = stack.pop()
        if node.inner is not None and id(node) in inside:
            if is_done:
                results[id(node)] = results.pop(id(node.inner))
            else:
                stack += [(node, True), (node.inner, False)]
            continue
        if node.kind not in (Kind.OBJECT, Kind.LIST, Kind.PARTS):
            results[id(node)] = scalar_of(node.text) if node.kind is Kind.SCALAR else node.text
            continue
        children = [child for child in node.children if id(child) not in leave_out]
        if not is_done:
            stack.append((node, True))
            stack.extend((child, False) for child in children)
            continue
        values = [results.pop(id(child)) for child in children]
        if node.kind is not Kind.OBJECT:
            results[id(node)] = values
            continue
        members = [(child.name or "", value) for child, value in zip(children, values, strict=True)]
        results[id(node)] = object_of(members)
    return results[id(root)]


def _ancestors(root: Node, places: t.Collection[int]) -> set[int]:
    """The ids of the nodes that have one of the places somewhere below."""
    order = list(walk(root))
    inside: set[int] = set()
    for node in reversed(order):
        below = [*node.children, *([node.inner] if node.inner is not None else [])]
        if any(id(child) in places or id(child) in inside for child in below):
            inside.add(id(node))
    return inside


def walk(root: Node) -> t.Iterator[Node]:
    """Every node, each before those in it."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if node.inner is not None:
            stack.append(node.inner)
        stack.extend(reversed(node.children))


def scalar_of(spelled: str) -> t.Any:
    """The value of a number or a literal; a number that Python can't hold stays a text."""
    if spelled in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[spelled]
    try:
        return int(spelled) if spelled.lstrip("-").isdigit() else float(spelled)
    except ValueError:
        return spelled


def text_of(root: t.Any) -> str:
    """A plain value as JSON text, like ``json.dumps``, but of any depth; what JSON has no type for is a text."""
    pieces: list[str] = []
    stack: list[tuple[str, t.Any]] = [("", root)]
    while stack:
        before, value = stack.pop()
        pieces.append(before)
        if isinstance(value, dict):
            stack.append(("}", _NOTHING))
            members = [(json.dumps(str(name)) + ": ", item) for name, item in value.items()]
            stack.extend(reversed([((", " if place else "") + name, item) for place, (name, item) in enumerate(members)]))
            pieces.append("{")
        elif isinstance(value, (list, tuple, set, frozenset)):
            stack.append(("]", _NOTHING))
            stack.extend(reversed([(", " if place else "", item) for place, item in enumerate(value)]))
            pieces.append("[")
        elif value is not _NOTHING:
            pieces.append(json.dumps(value if value is None or isinstance(value, (str, bool, int, float)) else str(value)))
    return "".join(pieces)


_NOTHING = object()
