# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Classifies fields by their names: a person's name, a contact point, a time, an id. Pure, no I/O."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import Kind, Node
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold

_PERSON = (
    r"(first|last|given|family|middle|full|sur|nick|maiden|contact|person|customer)[_ \-]?names?"
    r"|^(vor|nach|familien|zu)name|^pr\u00e9nom|^prenom|^nom[_ ]de[_ ]famille|^nome?( completo)?$|^nombres?|^apellidos?|^cognome|^sobrenome"
    r"|^(voor|achter)naam|^(for|efter|etter)na(mn|vn)|^imi\u0119|^nazwisko|^jm\u00e9no|^p\u0159\u00edjmen\u00ed"
    r"|^\u0438\u043c\u044f|^\u0444\u0430\u043c\u0438\u043b\u0438\u044f|^\u59d3\u540d|^\u6c0f\u540d|^\u59d3$|^\u540d$|^\u540d\u524d"
)
FULL_NAME = re.compile(rf"({_PERSON})$|^(salutation|forename)$", re.IGNORECASE)
SHORT_NAME = re.compile(r"^(display[_ \-]?|user[_ \-]?)?name$", re.IGNORECASE)
BESIDE_A_PERSON = re.compile(
    rf"({_PERSON})$|^(salutation|forename|company|jobtitle)$|(^|_)(e-?mail|phone|mobile|telephone|fax)(_?(number|address))?$", re.IGNORECASE
)
CONTACT_POINT = re.compile(
    r"phone|mobile|msisdn|whatsapp|(^|[a-z_])(fax|tele?|e-?mail|mail)s?(_?(number|addresse?|contact)s?)?$"
    r"|^(number|numbers|address|addresses|contact_?points|devices|channels|sip|ani|uri)$|(e-?)?mail_?address",
    re.IGNORECASE,
)
KIND_OF_CONTACT_POINT = re.compile(
    r"^(home|work|office|private|business|mobile|cell|main|primary|secondary|other|fax|billing|default)", re.IGNORECASE
)
PEOPLE = re.compile(
    r"members|participants|people|persons|contacts|recipients|attendees|colleagues|friends|team|staff|users|agents|customers|favou?rites|recent",
    re.IGNORECASE,
)
TITLE = re.compile(r"^(title|label|display|alias|who|caption|contact|person|text|key)$", re.IGNORECASE)
NAME_LABEL = re.compile(rf"({_PERSON})$|^(display[_ \-]?)?name$|^(fn|n|cn|sn|givenname|surname)$", re.IGNORECASE)
NO_PERSON = re.compile(
    r"compan|firm|organi[sz]ation|^org$|account|employer|group|queue|skill|department|division|categor|type|device|switch|site|place|location|country|city"
    r"|region|campaign|product|service|tenant|file|photo|image|picture|event|channel|media|status|state|folder|tag|source|order|item|article"
    r"|plan|segment|program|project|language|role|position|title|business|brand|store|branch|office|layout|theme|config|option|preference"
    r"|field|host|domain|time|date|day|subject|note|comment|level|priority|number|street|road",
    re.IGNORECASE,
)
"""A field, or a word of a label, that names a thing instead of a person."""
OTHERS = re.compile(r"^(cc|bcc|to|from|replies)$|transcript|chat|conversation|thread|histor|messages|children|reports|relat", re.IGNORECASE)
"""A field of a record that contains other people."""
NOTE = re.compile(r"note|comment|remark|description|memo|info|^text$|subject|message", re.IGNORECASE)
TIME = re.compile(r"(^|_)(ts|at|when)$|time|date|stamp|epoch|duration", re.IGNORECASE)
HISTORY = re.compile(r"recent|histor|last|frequent|call.?log", re.IGNORECASE)
COLUMN = re.compile(
    r"name|label|title|who|type|kind|id|time|date|stamp|^ts$|note|comment|categor|compan|count|state|status|media|channel|direction|group|tag",
    re.IGNORECASE,
)
PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
NUMBERED = re.compile(r"[A-Za-z][A-Za-z _\-.]*\d{1,2}[A-Za-z _\-.]*")  # a field of a row of fields: phone1, contact_2_mail
LOOKS_LIKE_ID = re.compile(r"[0-9]+|(?=.*[0-9])[\w\-:.]{4,}")
_BETWEEN = r"[;|\n/&+]|\s(?:and|und|et|y|e|og|och|en|ja|or|oder)\s"
SEVERAL_NAMES = re.compile(_BETWEEN, re.IGNORECASE)
BETWEEN_NAMES = re.compile(f",|{_BETWEEN}", re.IGNORECASE)  # where a comma is not that of "Lee, Ann"


def is_contact_point(field: str) -> bool:
    """Whether a field is named after one or more contact points: ``phone2``, ``emailAddresses``."""
    return CONTACT_POINT.search(without_number(field)) is not None and not PEOPLE.search(field)


def is_id(field: str) -> bool:
    """Whether a field's name is an id, not a word and not one of a row of fields (``phone1``)."""
    return bool(LOOKS_LIKE_ID.fullmatch(field)) and not CONTACT_POINT.search(field) and not NUMBERED.fullmatch(field)


_ROLE = re.compile(
    r"phone|mobile|cell|telephone|tele?|fax|e-?mail|mail|msisdn|whatsapp|sip|uri|ani|number|address|contact|point|customer|person|client|user"
    r"|home|work|office|private|business|main|primary|secondary|other|alternat(iv)?e|alt|direct|default|personal|preferred|voice|sms|e164"
    r"|international|national|display|formatted|normali[sz]ed|raw|value|name|[0-9_\-. s]",
    re.IGNORECASE,
)


def role_of(field: str) -> str:
    """The role in the name of a contact point: ``caller`` of ``callerPhone``."""
    return _ROLE.sub("", field).lower()


_DIGITS = re.compile(r"[0-9]+")


def without_number(field: str) -> str:
    """A field's name without the number at its end."""
    return field.rstrip("0123456789").rstrip("_- .")


def names_in(node: Node) -> frozenset[str]:
    """The words of the names in an object, folded."""
    fields = (child for child in node.children if child.kind is Kind.STRING and child.name is not None)
    names = (child.text for child in fields if FULL_NAME.search(child.name or "") or SHORT_NAME.search(child.name or ""))
    return frozenset(word for name in names for word in fold(name).split())


def names_several(texts: t.Iterable[tuple[str, str]]) -> bool:
    """Whether fields (name and text) hold the same kind of name more than once, or several in one text.

    ``name1`` and ``name2``, ``callerName`` and ``calleeName`` do; ``firstName``, ``lastName`` and ``displayName`` do not.
    """
    seen: dict[str, set[str]] = {}
    for kind, around, text in _names(texts):
        seen.setdefault(kind, set()).add(around)
        if len(seen[kind]) > 1 or SEVERAL_NAMES.search(text):
            return True
    return False


def names_bystander(texts: t.Iterable[tuple[str, str]], roles: t.Collection[str]) -> bool:
    """Whether fields name somebody besides the one whose only address or number is in a field called after one of these roles.

    ``name1`` and ``name2`` do; ``callerName`` and ``calleeName`` do, if the number is ``callerPhone``; ``queueName`` beside ``name`` does not.
    """
    seen: dict[str, set[str]] = {}
    for kind, around, _text in _names(texts):
        seen.setdefault(kind, set()).add(around)
    for arounds in seen.values():
        if len(arounds) > len({_DIGITS.sub("", around) for around in arounds}):
            return True
        bare = {around.replace("\x00", "").strip("_- .") for around in arounds}
        if any(role and role in bare for role in roles) and any(around and around not in roles for around in bare):
            return True
    return False


def _names(texts: t.Iterable[tuple[str, str]]) -> t.Iterator[tuple[str, str, str]]:
    """The fields that hold a name: which kind of name, what else the field is called, its text."""
    for name, text in texts:
        found = re.search(
            r"(first|last|given|family|middle|full|sur|nick|maiden|display|user|vor|nach|familien|zu)?[_ \-]?name", name, re.IGNORECASE
        )
        if not found or (found.group(1) or "").lower() in ("user", "nick", "maiden", "middle"):
            continue
        around = (name[: found.start()] + "\x00" + name[found.end() :]).lower()
        if around in ("contact\x00", "person\x00", "customer\x00", "contact_\x00", "person_\x00", "customer_\x00"):
            around = "\x00"
        if not re.search(r"company|group|file|switch|event|field|host|domain|type|category|device|resource", around):
            yield (found.group(1) or "").lower(), around, text
