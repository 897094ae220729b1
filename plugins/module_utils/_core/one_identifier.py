# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Whether a text that somebody gave is one identifier and nothing else. Pure, no I/O.

An address with a name before it, a number with a remark, a cell of a spreadsheet: as a text such a thing stands nowhere, so a search for it would find nothing
and call the keyspace clean, while the person is in it. So it is refused.
"""

from __future__ import annotations

import re

from ansible_collections.genesys.gws.plugins.module_utils._core.people import identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of, has_wrong_length, is_valid, number_of

_QUOTED_OR_TEMPLATE = re.compile(r"^\"(?:[^\"\\]|\\.)*\"$|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_MORE_THAN_A_LOCAL_PART = re.compile(r"[()<>\[\]:;,\\\"]|^[#*='`]|^[^\W\d_][\w .\-]{2,}[=|]")
_SPREADSHEET = re.compile(r"[+\-]?[0-9]+\.[0-9]*(?:e[+\-]?[0-9]+)?|[+\-]?[0-9]+e[+\-]?[0-9]+", re.IGNORECASE)
_FEW_DIGITS_BEHIND = re.compile(r"[0-9]{7,}\.[0-9]?|.*e[+\-]?[0-9]+", re.IGNORECASE)
_AT_IN_WORDS = re.compile(r"\S\s*[(\[{<]\s*at\s*[)\]}>]\s*\S", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;,|\t\n]")
_WITH_PLUS = re.compile(r"\+[0-9(][0-9\s()\[\].\-/]{5,}[0-9]")
_NATIONAL = re.compile(r"[(0-9](?:[ ().\-/]{0,2}[0-9]){9,14}")
_OPENED_PLUS = re.compile(r"[\s\"'=(<\[]*\+\s*\(?[0-9]")


def fault_of_address(local: str) -> str:
    """What is wrong with an address by what stands before its @; '' when it can be one."""
    if _MORE_THAN_A_LOCAL_PART.search(_QUOTED_OR_TEMPLATE.sub("", local)):
        return "has more than an e-mail address: give the address alone"
    return ""


def fault_of_number(text: str, country_code: str, national: str) -> str:
    """What is wrong with what is taken for a phone number; '' when it can be one."""
    if _SPREADSHEET.fullmatch(text) and _FEW_DIGITS_BEHIND.fullmatch(text):
        return "is a number as spreadsheets write it: give all its digits, without a point"
    if not text.lstrip("([ ").startswith("+"):
        return ""
    is_wrong = has_wrong_length(country_code, national)
    return "begins with + and has too many or too few digits for a phone number of its country" if is_wrong else ""


def fault_of_text(text: str, region: str | None) -> str:
    """What is wrong with what is neither an address nor a number; '' for a free text."""
    if _SPREADSHEET.fullmatch(text) and len(digits_of(text)) > 6:
        return "is a number as spreadsheets write it: give all its digits, without a point"
    if _AT_IN_WORDS.search(text) or any(identifier.startswith("m:") for identifier in identifiers_in(text)):
        return "has an e-mail address that is encoded or written in words: give it with its @"
    if _OPENED_PLUS.match(text) or any(is_valid(number_of(found.group(), None)) for found in _WITH_PLUS.finditer(text)):
        return "has a phone number and more, or a number that no country has: give one number alone"
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    if len(parts) > 1 and any(is_valid(number_of(part, region)) or (not region and _NATIONAL.fullmatch(part)) for part in parts):
        return "has a phone number and more: give one number alone"
    return ""
