# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Lists of the attributes of one person instead of lists of people: ``[{"name": "firstName", "value": "Ann"}, {"name": "email", ...}]``. Pure, no I/O.

Removing the address from such a list would split the person's record, and leave the name.
"""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import field_names
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.shape_info import Info

_LABELS = frozenset(["name", "key", "label", "field", "attribute", "property", "id", "type"])
_LONGEST_LABEL = 40


def _label(element: Node) -> str:
    """The label of an element: the first of a pair or of a property of a jCard, or the name beside a value; "" if there is none."""
    if element.kind is Kind.LIST and element.children and element.children[0].kind is Kind.STRING:
        is_pair = len(element.children) == 2
        is_property = len(element.children) > 3 and element.children[1].opened.kind is Kind.OBJECT
        return element.children[0].text[:_LONGEST_LABEL] if is_pair or is_property else ""
    if element.kind is Kind.OBJECT:
        for child in element.children:
            if child.kind is Kind.STRING and (child.name or "").lower() in _LABELS:
                return child.text[:_LONGEST_LABEL]
    return ""


def is_attribute_list(elements: t.Sequence[Node], infos: t.Sequence[Info]) -> bool:
    """Whether elements are labelled as a name and as contact points, and contain an address or number."""
    labels = [_label(element) for element in elements]
    return (
        any(map(field_names.NAME_LABEL.search, labels))
        and any(info.count and field_names.CONTACT_POINT.search(label) for label, info in zip(labels, infos))  # noqa: B905
        and all(labels[place] for place, info in enumerate(infos) if info.count)
    )


def describes_one_person(elements: t.Sequence[Node], infos: t.Sequence[Info]) -> bool:
    """Whether no name occurs twice in a list of attributes, and each address and number has its own label, which several people's would not have."""
    names = [label.lower() for label in map(_label, elements) if label and field_names.NAME_LABEL.search(label)]
    return len(set(names)) == len(names) and all(
        info.count <= 1 and not info.somebody and (not info.count or field_names.is_contact_point(_label(element)))
        for element, info in zip(elements, infos)  # noqa: B905
    )


def has_names_apart_from_contacts(elements: t.Sequence[Node], infos: t.Sequence[Info]) -> bool:
    """Whether objects with only texts alternate with objects with addresses or numbers and share no field with them: ``{"n": "Ann"}, {"m": ...}``."""
    reached: set[str] = set()
    for element, info in zip(elements, infos):  # noqa: B905
        if element.kind is Kind.OBJECT and info.count:
            reached.update(child.name or "" for child in element.children)
    return bool(reached) and any(
        element.kind is Kind.OBJECT
        and not info.count
        and any(child.kind is Kind.STRING and any(map(str.isalpha, child.text)) for child in element.children)
        and reached.isdisjoint(child.name or "" for child in element.children)
        for element, info in zip(elements, infos)  # noqa: B905
    )
