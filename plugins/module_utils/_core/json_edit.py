# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Removes parts from JSON text, at any depth of nested texts; everything else stays unchanged, byte for byte. Pure, no I/O.

An edit is a set of ranges that are removed from the outermost text, so nothing is rewritten. The result is verified: the edited text is parsed again
and compared with the tree of the original, part by part.
"""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Document, Kind, Node, parse
from ansible_collections.genesys.gws.plugins.module_utils._core.texts import reopened

Slot = t.Tuple[Node, int]  # noqa: UP006 - ansible-test reads it as Python 3.8
"""The place of a child in its object, list or parts."""

_Ranges = t.List[t.Tuple[int, int]]  # noqa: UP006


def without(root: Node, slots: t.Iterable[Slot]) -> str:
    """The text of a tree without some of its parts. :raises ValueError: if the result is not the original without exactly these parts (then nothing
    may be sent).
    """
    gone: dict[int, tuple[Node, set[int]]] = {}
    for container, index in slots:
        gone.setdefault(id(container), (container, set()))[1].add(index)
    by_document: dict[int, tuple[Document, _Ranges]] = {}
    for container, indexes in gone.values():
        by_document.setdefault(id(container.document), (container.document, []))[1].extend(_ranges(container, indexes))
    ranges = _lifted(by_document, root.document)
    text = root.document.text
    kept: list[str] = []
    position = 0
    for begin, end in sorted(ranges):
        if begin < position:
            raise ValueError("parts that overlap can't be cut out")
        kept.append(text[position:begin])
        position = end
    edited = "".join(kept) + text[position:]
    if not _is_without(root, parse(Document(edited)), {index: indexes for index, (_node, indexes) in gone.items()}):
        raise ValueError("the edited text is not the original without the parts")
    return edited


def _ranges(container: Node, gone: set[int]) -> _Ranges:
    """The ranges to remove from a container: each remaining child keeps the separator before it."""
    children = container.children
    kept = [index for index in range(len(children)) if index not in gone]
    if not kept:
        return [(children[0].member_begin, children[-1].end)]
    ranges = [(children[0].member_begin, children[kept[0]].member_begin)]
    ranges += [(children[index].end, children[following - 1].end) for index, following in itertools.pairwise(kept)]
    ranges.append((children[kept[-1]].end, children[-1].end))
    return [(begin, end) for begin, end in ranges if begin < end]


def _lifted(by_document: dict[int, tuple[Document, _Ranges]], outermost: Document) -> _Ranges:
    """Converts ranges in nested texts to ranges in the outermost text, the innermost first."""
    waiting: dict[int, dict[int, tuple[Document, _Ranges]]] = {}
    for key, (document, ranges) in by_document.items():
        waiting.setdefault(document.depth, {})[key] = (document, ranges)
    for depth in range(max(waiting, default=0), outermost.depth, -1):
        for document, ranges in waiting.pop(depth, {}).values():
            source = t.cast(Node, document.source)
            in_text, in_document = document.origin, source.origin()
            above = waiting.setdefault(depth - 1, {}).setdefault(id(source.document), (source.document, []))[1]
            above.extend(
                (in_document(in_text[begin] if in_text else begin), in_document(in_text[end] if in_text else end)) for begin, end in ranges
            )
    return [found for document, ranges in waiting.get(outermost.depth, {}).values() for found in ranges]


def _is_without(root: Node, edited_root: Node, gone: dict[int, set[int]]) -> bool:
    """Whether a tree equals another one without the removed children: same kinds, names, texts and spellings of numbers, in the same order."""
    touched = _touched(root, gone)
    stack = [(root, edited_root)]
    while stack:
        node, edited = stack.pop()
        if node.kind is not edited.kind or node.name != edited.name:
            return False
        if node.inner is not None and id(node.inner) in touched:
            edited.inner = reopened(edited, node.inner)
            stack.append((node.inner, edited.inner))
        elif node.kind in (Kind.OBJECT, Kind.LIST, Kind.PARTS):
            indexes = gone.get(id(node), set())
            children = [child for index, child in enumerate(node.children) if index not in indexes]
            if len(children) != len(edited.children):
                return False
            stack.extend(zip(children, edited.children))  # noqa: B905
        elif node.text != edited.text:
            return False
    return True


def _touched(root: Node, gone: dict[int, set[int]]) -> set[int]:
    """The ids of the nodes that lose something, themselves or further inside."""
    order: list[tuple[Node, Node | None]] = []
    pending: list[tuple[Node, Node | None]] = [(root, None)]
    while pending:
        node, above = pending.pop()
        order.append((node, above))
        if node.inner is not None:
            pending.append((node.inner, node))
        pending.extend((child, node) for child in node.children)
    touched = set(gone)
    for node, parent in reversed(order):
        if id(node) in touched and parent is not None:
            touched.add(id(parent))
    return touched
