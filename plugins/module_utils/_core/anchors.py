# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The anchors of an identifier: bytes that every plain spelling of it contains. Pure, no I/O.

Plain means without escapes inside (see ``marks``). Case, Unicode normalisation form and charset may differ.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import typing as t
import unicodedata

from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold, readings
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Email, Identifier, Substring, Text

SHORTEST = 4
_PLAIN = re.compile(
    r"[a-z0-9@._+\-]+"
)  # characters that every encoding writes in the same bytes; others may be escaped or replaced by typographic ones
_AS_TYPED = re.compile(r"[a-z0-9@._+\-%&=#{}]+")
_WORTH_OF_AT = 4  # an @ makes an anchor rarer than letters do
_MOST_SPELLINGS = 64
_MOST_LETTERS = 8  # of an anchor that is not ASCII
# Letters of other scripts with at most one other case, and no third spelling that folds to the same.
_SIMPLE = re.compile(
    "[à-åæ-öø-þāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĵķĺļľłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžα-ρτ-ψа-џ\u0905-\u0939\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)


def anchors_of(identifier: Email | Text | Substring) -> set[bytes] | None:
    """Lower-case byte sequences, one of which is in every plain spelling of an identifier; None if there is no useful one."""
    if reads_otherwise(identifier):
        decoded: t.Any = decoded_form(identifier)
        as_typed, as_read = _anchors_as_typed(identifier), anchors_of(decoded)
        return as_typed | as_read if as_typed and as_read else None
    if isinstance(identifier, Email):
        return _anchors_of_email(identifier)
    return _anchors_of_text(identifier.folded)


def _anchors_as_typed(identifier: Email | Text | Substring) -> set[bytes] | None:
    """The anchors of an identifier that itself looks encoded: it is also searched for literally, with only JSON between the bytes and the text.

    All that JSON may escape in the anchor has a mark.
    """
    text = identifier.forms[0] if isinstance(identifier, Email) else identifier.folded
    if isinstance(identifier, Email) and len(identifier.forms) > 1:
        text = text.rpartition("@")[0] + "@"  # the labels of the domain have other spellings
    run = max(_AS_TYPED.findall(text), key=len, default="")
    return {run.encode()} if len(run) >= SHORTEST else None


def decoded_form(identifier: Identifier) -> Identifier:
    """The identifier in its most decoded reading."""
    if isinstance(identifier, Email):
        return Email(tuple(sorted({fold(readings(form).addresses) for form in identifier.forms})))
    return (
        dataclasses.replace(identifier, folded=fold(readings(identifier.folded).addresses))
        if not isinstance(identifier, Phone)
        else identifier
    )


def reads_otherwise(identifier: Identifier) -> bool:
    """Whether an identifier itself looks encoded (``50%25``), so that it is also searched for literally."""
    return decoded_form(identifier) != identifier  # both folded: a stray %a1, which reads as %A1, is no other text


def _anchors_of_email(email: Email) -> set[bytes] | None:
    if len(email.forms) == 1:
        return _anchors_of_text(email.forms[0])
    # Each label of an international domain may be in Unicode or in punycode: an anchor lies in one label, or before the @.
    forms = [form.rpartition("@") for form in email.forms]
    labels = list(zip(*(domain.split(".") for _local, _at, domain in forms), strict=True))
    local = _best_run(forms[0][0] + "@")
    if len(local) >= SHORTEST:
        return {local.encode()}
    for spellings in sorted(map(set, labels), key=lambda spellings: -min(map(len, spellings))):
        found = [_anchors_of_text(label) for label in spellings]
        if all(found):
            return set().union(*t.cast("list[set[bytes]]", found))
    return None


def _anchors_of_text(text: str) -> set[bytes] | None:
    best = _best_run(text)
    if len(best) >= SHORTEST:
        return {best.encode()}
    return _other_anchors(text) or ({best.encode()} if len(best) == SHORTEST - 1 else None)


def _best_run(text: str) -> str:
    """The longest part in plain ASCII, preferably one with an @."""
    return max(_PLAIN.findall(text), key=lambda run: len(run) + _WORTH_OF_AT * ("@" in run[1:]), default="")


def _other_anchors(text: str) -> set[bytes] | None:
    """All spellings of the best part with letters of other scripts."""
    runs = re.findall(f"(?:{_SIMPLE.pattern}|{_PLAIN.pattern[:-1]})+", text)
    best: tuple[int, list[set[bytes]]] = (0, [])
    for run in runs:
        for start in range(len(run)):
            letters: list[str] = []
            count = 1
            for char in run[start : start + _MOST_LETTERS]:
                count *= len(_spellings(char, "utf-8"))
                if count > _MOST_SPELLINGS:
                    break
                letters.append(char)
            weight = sum(1 + (char > "\x7f") for char in letters)
            if weight > best[0]:
                best = (weight, [_all_spellings(letters, charset) for charset in ("utf-8", "utf-16-le", "utf-16-be")])
    return set().union(*best[1]) if best[0] >= SHORTEST else None


def _all_spellings(letters: list[str], charset: str) -> set[bytes]:
    return {b"".join(spelled) for spelled in itertools.product(*(_spellings(char, charset) for char in letters))}


def _spellings(char: str, charset: str) -> set[bytes]:
    """The bytes of a letter in both cases and forms of Unicode, ASCII letters in lower case."""
    if char.isascii():
        return {char.encode(charset)}
    forms = {unicodedata.normalize(form, cased) for cased in (char, char.upper()) for form in ("NFC", "NFD")}
    encoded = {form.encode(charset).lower() for form in forms}
    if charset == "utf-8":
        encoded |= {cased.encode("cp1252").lower() for cased in (char, char.upper()) if _in_windows_1252(cased)}
    return encoded


def _in_windows_1252(char: str) -> bool:
    try:
        return bool(char.encode("cp1252"))
    except UnicodeEncodeError:
        return False


def in_utf16(anchor: bytes) -> bytes:
    """An ASCII anchor in UTF-16, in both byte orders."""
    return b"\x00".join(anchor[place : place + 1] for place in range(len(anchor)))
