# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds extensions of phone numbers, in a text and in sibling fields. Pure, no I/O.

All functions take a text in plain characters (``phone_number.plain``).
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.labels import EXTENSION_WORDS, is_extension, words_of

# What the world calls an extension, after the metadata of phonenumbers, CLDR and the forms of telephone companies. Short ones need a dot, a
# colon, a blank or the digits right behind them; the longer ones of a kind come first.
_WORDS = (
    r"e?xt(?:ensi(?:o\u0301?|\u00f3)n|ension|n)?|extensi[oó]n|extens[aã]o|estens(?:ione)?|durchwahl|dw|nebenstelle|nst|apparat|app"
    r"|poste|anexo|interno|internal|int|ramal|toestel|tst|anknytning|ankn|anslutning|lokalnummer|lokal|linka|linja|klapka|wewn[eę]trzny|wewn|wew"
    r"|mell[eé]k|dahili|doahili|alanumero|alanro|int[eé]rieur|добавочный|добав|доб|внутренний|внутр|вн|дод|внатр|εσωτ(?:ερικό)?|εσωτερικο"
    r"|שלוחה|تحويلة|داخلي|داخلی|內線|内線|内线|分機|分机|轉|转|내선|교환|ต่อ|máy lẻ|số lẻ|дополнительный|option|opt"
    r"|klappe|kl|hausapparat|press|local|desk|menu|内"
)
_AFTER = re.compile(
    r";\s?ext=(?P<rfc>\d{1,20})"
    r"|;(?:postd|postdial|isub)=(?P<post>[\dpw,#*]{1,20})"
    r"|[\s,;.(\[\-/]{0,4}(?:" + _WORDS + r")(?![^\W\d_])[\s.:\-=(\[#]{0,4}(?P<word>\d{1,9})(?!\d)"
    r"|[\s(\[]{0,3}[x~](?:\s{0,2}|[.:]\s?)(?P<x>\d{1,9})(?!\d|[^\W_])"
    r"|\s{0,3}#\s{0,2}(?P<hash>\d{1,9})(?!\d)"
    r"|\s?(?:,{1,5}|;|[pw]{1,5}|[pw],{1,3})(?P<pause>\d{1,6})(?:[pw,]{1,4}\d{1,9}){0,3}(?!\d)#?(?![\s.:/\-]{0,2}\d|[^\W_])"
    r"|\s?(?:,{2,5}|;|[pw]{1,5}|[pw],{1,3})\s?(?P<dialled>\d{1,12})#(?!\d)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<![^\W\d_])(?:" + _WORDS + r")[\s.:\-=#]{0,4}(\d{1,7})[\s,;:()\-/]{1,4}(?:[^\W\d_]{1,5}\s?)?[(\[+]*$", re.IGNORECASE
)
_NUMBER_ALONE = re.compile(r"[\d\s()\[\]./+*\-]*")
_LONGEST_BEFORE = 40
_MAY_BE_EXTENSION = re.compile("|".join(sorted(EXTENSION_WORDS)), re.IGNORECASE)
_LONGEST_VALUE = 60
_VALUE = re.compile(r"\s*(?:[A-Za-z.]{0,10}[\s#:.\-]{0,3})?(\d{1,20})\s*#?\s*")


def extension_after(text: str, end: int) -> tuple[str | None, int]:
    """The digits of an extension that stands right behind a number that ends at ``end``, and where it ends; None and ``end`` when there is none."""
    found = _AFTER.match(text, end)
    return (None, end) if found is None else (next(group for group in found.groups() if group is not None), found.end())


def extension_before(text: str, start: int) -> str | None:
    """The digits of an extension that is named right before a number: ``ext. 12, 030 901820``."""
    found = _BEFORE.search(text[max(0, start - _LONGEST_BEFORE) : start])
    return None if found is None else found.group(1)


def split_extension(spelled: str) -> tuple[str, str]:
    """A spelled number without and with its extension: ("030 901820", "12") of "030 901820 ext. 12"; "" when it has none."""
    if _NUMBER_ALONE.fullmatch(spelled):
        return spelled, ""
    for place in re.finditer(r"\d", spelled):
        found = _AFTER.match(spelled, place.end())
        if found is not None and not spelled[found.end() :].strip(" )]#"):
            return spelled[: place.end()], extension_after(spelled, place.end())[0] or ""
    return spelled, ""


class ExtensionFields:
    """The fields of an object that hold extensions: ``extension``, or ``workPhoneExtension``, which belongs to ``workPhone`` and its like."""

    def __init__(self, siblings: t.Mapping[str, t.Any]) -> None:
        self.siblings = siblings
        self._extensions: dict[str, str] = {}  # by the first word of the fields that they belong to, "" for all
        for name, value in siblings.items():
            if isinstance(value, bool) or not isinstance(value, (str, int)) or not _MAY_BE_EXTENSION.search(str(name)):
                continue
            words = words_of(str(name))
            digits = _VALUE.fullmatch(str(value)[:_LONGEST_VALUE]) if is_extension(words) else None
            if digits is not None and digits.group(1).strip("0"):
                self._extensions.setdefault(words[0] if len(words) > 1 else "", digits.group(1))
        if any(self._extensions):
            owners = {words_of(str(name))[:1] for name in siblings if not is_extension(words_of(str(name)))}
            for owner in [owner for owner in self._extensions if owner and (owner,) not in owners]:
                self._extensions.setdefault("", self._extensions[owner])

    def extension_for(self, field: str) -> str:
        """The extension of the number in a field, "" for none."""
        words = words_of(field)
        if not self._extensions or is_extension(words):
            return ""
        return self._extensions.get(words[0] if words else "", "") or self._extensions.get("", "")
