# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds names of people in texts whose layout shows that some words are a name. Pure, no I/O.

A name can't be recognised by its letters. But the beginning of a line like ``Bob Smith 4711`` is a name if the person's line has the same form; so
is the text behind ``name=`` and similar, behind ``To:`` in the header of a mail, and before the colon of a line of a chat.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import field_names
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold

Name = t.FrozenSet[str]  # noqa: UP006 - ansible-test reads it as Python 3.8
"""The words of a name, folded."""

_WORD = re.compile(r"[^\W\d_][\w.'\u2019\-]*,?")
_ITEM = re.compile(r"\s*(?:[-*+\u2022\u00b7\u2013]\s+|\d{1,3}[.)]\s+)")
_NAMES_OF_ONE = 4
_OPENING = "([{<\"' \t"
_TO_END_OF_NAME = re.compile(r"(?:[^|;\t<(\[{:=@\d\n\",]|,(?=\s))*")
_FIELD_OF_NAME = re.compile(r"(?:name|fn|cn)[\"']?\s{0,3}(?:=>|[:=])\s{0,3}[\"']?([^\n\"',;&=:<>|(){}\[\]@]{3,60})", re.IGNORECASE)
_LONGEST_FIELD = 24
_FIELD_BEFORE = re.compile(r"[\w\-]*[ _\-]?$")
_NOT_THE_WHOLE_NAME = re.compile(r"(first|last|given|family|middle|sur|nick|maiden|user|login|file|host|domain)[ _\-]?$", re.IGNORECASE)
_HEAD_OF_MAIL = re.compile(r"^[ \t]*(from|to|cc|bcc|sender|reply-to)[ \t]*:[ \t]*(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_SAID_AT = re.compile(r"^\W{0,3}\d[\d.,:/T\- ]{3,30}(?:Z|[AP]\.?M\.?)?\W{1,5}([^\W\d_][^\n:<>@=|;]{0,40}):\s", re.IGNORECASE | re.MULTILINE)


def is_full_name(text: str) -> bool:
    """Whether a text is two to four words written like a name: ``Bob Smith``, ``Smith, Bob``."""
    words = text.split(None, 5)
    return 2 <= len(words) <= 4 and all(_WORD.fullmatch(word) and not word[0].islower() for word in words)


def words_of_name(text: str) -> Name:
    """The words of a name, in no order."""
    return frozenset(word.strip(",.") for word in fold(text).split())


def leading_name(text: str) -> tuple[Name, str] | None:
    """The full name at the beginning of a text, behind the sign of an item of a list, and what stands behind it; None when there is none."""
    item = _ITEM.match(text)
    bare = text[item.end() if item else 0 :].lstrip(_OPENING)
    found = t.cast("re.Match[str]", _TO_END_OF_NAME.match(bare[:200])).group()
    if bare[len(found) : len(found) + 1] in ("@", "."):
        found = found.rpartition(" ")[0]  # the beginning of an address
    name = found.strip(" ,-\u2013\u2014/+'")
    if not is_full_name(name) or any(_is_label(word) for word in name.split()):
        return None
    return words_of_name(name), bare[len(found) :]


def _is_label(word: str) -> bool:
    bare = word.strip(",.")
    return field_names.CONTACT_POINT.search(bare) is not None or field_names.NO_PERSON.search(bare) is not None


def name_others(persons: t.Iterable[str], others: t.Iterable[str], *, is_bare_enough: bool) -> bool:
    """Whether texts beside that of the person begin with another full name, as that one does with the person's.

    :param is_bare_enough: nothing needs to stand behind the name; else a text that is only a name may be a company's, unless it is an item of a list.
    """
    named = [text for text in persons if leading_name(text) is not None]
    own = names_at_beginning(named)
    are_items = any(map(_ITEM.match, named))
    for text in others if own else ():
        found = leading_name(text)
        if found is not None and is_another(found[0], own) and (is_bare_enough or found[1].strip() or (are_items and _ITEM.match(text))):
            return True
    return False


def names_at_beginning(texts: t.Iterable[str]) -> list[Name]:
    """The different full names that begin texts: so many as one person may be called by."""
    found = (leading_name(text) for text in texts)
    return list(dict.fromkeys(name[0] for name in found if name is not None))[:_NAMES_OF_ONE]


def is_another(name: Name, own: t.Iterable[Name]) -> bool:
    """Whether a name is none of these, with or without a few of its words."""
    return not any(name <= one or one <= name for one in own)


def are_in_fields(text: str) -> bool:
    """Whether a text names two people in fields (``name=Ann Lee ... name=Bob Smith``), in the head of a mail, or as speakers of a chat."""
    return _are_different(_in_fields(text)) or _are_different(_in_head_of_mail(text)) or _are_different(_speakers(text))


def _are_different(names: t.Iterable[Name]) -> bool:
    first: Name = frozenset()
    for name in names:
        if not first:
            first = name
        elif is_another(name, (first,)):
            return True
    return False


def _in_fields(text: str) -> t.Iterator[Name]:
    for found in _FIELD_OF_NAME.finditer(text):
        before = text[max(0, found.start() - _LONGEST_FIELD) : found.start()]
        field = t.cast("re.Match[str]", _FIELD_BEFORE.search(before)).group()
        is_short = found.group()[:2].lower() in ("fn", "cn")
        if (field[-1:].isalnum() and is_short) or _NOT_THE_WHOLE_NAME.search(field) or field_names.NO_PERSON.search(field):
            continue
        if is_full_name(found.group(1).strip()):
            yield words_of_name(found.group(1))


def _in_head_of_mail(text: str) -> t.Iterator[Name]:
    for found in _HEAD_OF_MAIL.finditer(text):
        named = leading_name(found.group(2))
        if named is not None:
            yield named[0]


def _speakers(text: str) -> t.Iterator[Name]:
    for found in _SAID_AT.finditer(text):
        speaker = found.group(1).strip(" -\u2013]>)")
        if speaker and not any(_is_label(word) for word in speaker.split()) and not speaker[0].islower():
            yield words_of_name(speaker)
