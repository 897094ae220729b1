# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Checks whether a search term is one identifier and nothing else. Pure, no I/O.

An address with a name before it, a number with a remark, or a cell of a spreadsheet does not occur literally, so a search for it would find nothing
and report the keyspace as clean although it contains the person. So it is rejected.
"""

from __future__ import annotations

import re

from ansible_collections.genesys.gws.plugins.module_utils._core.people import identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of, has_wrong_length, is_valid, number_of

_QUOTED_OR_TEMPLATE = re.compile(r"^\"(?:[^\"\\]|\\.)*\"$|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_MORE_THAN_A_LOCAL_PART = re.compile(r"[()<>\[\]:;,\\\"]|^[#*='`\-]|^[^\W\d_][\w .\-]{2,}[=|]")
_SPREADSHEET = re.compile(r"[+\-]?[0-9]+\.[0-9]*(?:e[+\-]?[0-9]+)?|[+\-]?[0-9]+e[+\-]?[0-9]+", re.IGNORECASE)
_FEW_DIGITS_BEHIND = re.compile(r"[0-9]{7,}\.[0-9]?|.*e[+\-]?[0-9]+", re.IGNORECASE)
_AT_IN_WORDS = re.compile(r"\S\s*[(\[{<]\s*at\s*[)\]}>]\s*\S", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;,|\t\n]")
_WITH_PLUS = re.compile(r"\+[0-9(][0-9\s()\[\].\-/]{5,}[0-9]")
_NATIONAL = re.compile(r"[(0-9](?:[ ().\-/]{0,2}[0-9]){9,14}")
_OPENED_PLUS = re.compile(r"[\s\"'=(<\[]*\+\s*\(?[0-9]")
# What is a number but for what stands around it. Seven digits may be anything when words stand with them: a customer, a ticket.
_DIGITS = r"[+(]*[0-9](?:[ ().\-/]{{0,3}}[0-9]){{{},}}\)?"
_WRAPPED = re.compile(rf"[^\w+(]*{_DIGITS.format(6)}[^\w]*")
_NUMBER_AND_WORDS = re.compile(rf"{_DIGITS.format(8)}[\s(\[<#|\u2013-]+[^0-9]*[^\W\d_].*", re.DOTALL)
_WORDS_AND_NUMBER = re.compile(rf".*[^\W\d_][.:=)]?[\s(:=]+({_DIGITS.format(8)})[^\w]*", re.DOTALL)
_TRUNK_PREFIX = re.compile(r"\(?0[1-9]")
_TWO_NUMBERS = re.compile(r"[0-9]{7,}[\s/]+\(?[0-9]{7,}|\n|[0-9)]\s+/\s+[0-9(].*[0-9]{3}")
_LINE_NUMBER = re.compile(r"\s*[0-9]{1,3}(?:\.\s+|\)\s*)(?=[+(0-9])")
_PLUS_INSIDE = re.compile(r"[0-9].*\+")
_MOST_DIGITS = 18  # of a number as it is dialled; E.164 has 15, and a prefix may stand before them
_FILE = re.compile(r".*\.(?:csv|docx?|json|li?st|ods|te?xt|tsv|xlsx?|ya?ml)", re.IGNORECASE | re.DOTALL)
_PATH = re.compile(r"(?:~|\.{1,2})?/\S.*", re.DOTALL)
_QUOTED = re.compile(r"[\"'`\u2018-\u201f\u2039\u203a\xab\xbb].*[\"'`\u2018-\u201f\u2039\u203a\xab\xbb]|.*[,;]", re.DOTALL)
_OF_A_NUMBER = re.compile(
    r"anruf|business|call(?:to)?|cell(?:ular|phone)?|celular|contact|dienstlich|direct|durchwahl|e|fax|festnetz|fixe|ge?sch|handy|home|https?|line|main|me"
    r"|mobile?s?|mobil\w*|movil|móvil|office|phones?|portable|primary|privat\w*|ruf\w*|sms|tel|telef\w*|tele?phone|tél|téléphone|wa|whatsapp|work"
)
_IN_BRACKETS = re.compile(r"<[^<>]*>\s*$")
# What AWX and ansible-core show in place of a value.
_HIDDEN = re.compile(r"\$encrypted\$|\$REDACTED\$|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER|\*{8}")
_ENCRYPTED = re.compile(r"\s*(?:\$ANSIBLE_VAULT;|-----BEGIN )")
_FEWEST_DIGITS = 7
_OF_FILE = "looks like the name of a file: enter what the file contains"
_MORE = "contains a phone number and other text: enter a single number"
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOBODY = re.compile(
    # the names of fields, which head a column and stand beside everybody's values
    r"address(?:es)?|adresse|alternative|business|category|column|comment|contacts?|correo|courriel|customers?|default|description|display|e|emails?"
    r"|fax|field|first|forename|full|given|handy|home|identifiers?|ids?|kunde|label|last|mails?|main|mobile?|mobilnummer|nachname|names?|no|nr"
    r"|numbers?|nummer|office|other|persons?|phones?|primary|private|references?|refs?|request|rufnummer|secondary|subjects?|surname|tel|telefono?"
    r"|telefonnummer|telephone|tickets?|type|values?|vorname|work"
    # what telephone systems and programs write where nobody is known
    r"|anonym(?:ous)?|blocked|nil|nobody|none|null|restricted|unavailable|unbekannt|undefined|unknown|withheld"
)


def is_encrypted(content: str) -> bool:
    """Whether a text is encrypted, by Ansible Vault, PGP or similar: it would not be found anywhere."""
    return _ENCRYPTED.match(content) is not None


def fault_of_placeholder(text: str) -> str:
    """Why a text is only a placeholder; '' if it is not."""
    if is_encrypted(text):
        return "is encrypted: enter the plain value"
    if _HIDDEN.search(text):
        return "is the placeholder that AWX or Ansible shows for a hidden value: enter the value itself"
    return ""


def fault_of_any_text(text: str) -> str:
    """Why a text can't identify anybody; '' if it can."""
    return fault_of_placeholder(text) or ("" if any(char.isalnum() for char in text) else "contains no letters or digits")


def fault_of_address(local: str, text: str, form: str) -> str:
    """What is wrong with an address; '' when it can be one.

    :param local: what stands before its @. :param text: all that was given. :param form: the address, folded.
    """
    around = _IN_BRACKETS.sub("", text)
    others = around != text and set(identifiers_in(around)) - {"m:" + form}
    if others or _MORE_THAN_A_LOCAL_PART.search(_QUOTED_OR_TEMPLATE.sub("", local)):
        return "contains more than an e-mail address: enter only the address"
    return ""


def fault_of_number(text: str, country_code: str, national: str) -> str:
    """What is wrong with what is taken for a phone number; '' when it can be one."""
    if _SPREADSHEET.fullmatch(text) and _FEW_DIGITS_BEHIND.fullmatch(text):
        return "is a number in the notation of spreadsheets: enter all its digits, without a decimal point"
    if _LINE_NUMBER.match(text) or _PLUS_INSIDE.search(text) or _TWO_NUMBERS.search(text) or len(national) > _MOST_DIGITS:
        return _MORE
    if not text.lstrip("([ ").startswith("+"):
        return ""
    is_wrong = has_wrong_length(country_code, national)
    return "starts with + but has too many or too few digits for a phone number of its country" if is_wrong else ""


def fault_of_text(text: str, region: str | None) -> str:
    """What is wrong with what is neither an address nor a number; '' for a free text."""
    words = _WORD.findall(_CAPITAL_INSIDE.sub(" ", text).lower())
    if len(text) > 2 and words and all(map(_NOBODY.fullmatch, words)) and not digits_of(text):
        return "is a field name or a placeholder that other records contain as well (perhaps a header line): remove it"
    if _SPREADSHEET.fullmatch(text) and len(digits_of(text)) > 6:
        return "is a number in the notation of spreadsheets: enter all its digits, without a decimal point"
    if _AT_IN_WORDS.search(text) or any(identifier.startswith("m:") for identifier in identifiers_in(text)):
        return "contains an e-mail address that is encoded or spelled out: enter it with its @"
    if _OPENED_PLUS.match(text) or any(is_valid(number_of(found.group(), None)) for found in _WITH_PLUS.finditer(text)):
        return "contains a phone number and other text, or a number that no country uses: enter a single number"
    if "\n" in text:
        return "contains a line break: enter each identifier separately"
    if _is_number_with_more(text, words, region):
        return _MORE
    parts = [part.strip() for part in _SEPARATORS.split(text)]
    if len(parts) > 1 and any(is_valid(number_of(part, region)) or (not region and _NATIONAL.fullmatch(part)) for part in parts):
        return _MORE
    if _QUOTED.fullmatch(text):
        return "is in quotation marks, or ends with a comma: enter it without them"
    return fault_of_file_name(text) or (_OF_FILE if _PATH.fullmatch(text) else "")


def fault_of_file_name(text: str) -> str:
    """Why a text is probably the name of a file with identifiers; '' if it is not."""
    return _OF_FILE if _FILE.fullmatch(text.strip()) else ""


def _is_number_with_more(text: str, words: list[str], region: str | None) -> bool:
    """Whether a text is a national number (one with a plus is known by it) but for words and marks around it."""
    if _WRAPPED.fullmatch(text) or _TWO_NUMBERS.search(text) or _NUMBER_AND_WORDS.fullmatch(text):
        return True
    if words and all(map(_OF_A_NUMBER.fullmatch, words)) and len(digits_of(text)) >= _FEWEST_DIGITS:
        return True
    found = _WORDS_AND_NUMBER.fullmatch(text)
    return found is not None and (_TRUNK_PREFIX.match(found[1]) is not None or is_valid(number_of(found[1], region)))
