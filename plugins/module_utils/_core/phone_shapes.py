# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Is it a phone number at all? What the shape of a number and what stands around it say. Pure, no I/O.

Numbers that are spelled for the whole world (``+``, 00, a tel URI) are phone numbers whatever they look like besides. A bare run of digits may be a date, a
time, an id; a dotted one a version, an address of a network, a fraction. The name of a field or a word before the number can speak for a phone number
where the shape is open; it can't make one of a date or of seconds since 1970.
"""

from __future__ import annotations

import enum
import re
import unicodedata

_EPOCHS = frozenset({10, 13, 16, 19})  # digits of seconds, milli-, micro- and nanoseconds since 1970, from 2001 to 2033
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d"
_COMPACT_DATE = re.compile(
    rf"(?:{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}|{_MONTH}{_DAY}{_YEAR}|{_YEAR}{_MONTH}{_DAY}{_TIME}(?:[0-5]\d(?:\d{{3}})?)?)"
)
_DATE = re.compile(
    rf"{_YEAR}([\-/. ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])([\-/.])(?:0?[1-9]|[12]\d|3[01])\2{_YEAR}"
)
_YEARS = re.compile(rf"{_YEAR}[\-/. ]{{1,3}}{_YEAR}")
_DATE_BEFORE = re.compile(r"(?:" + _DATE.pattern.replace(r"\1", r"(?:[\-/.])").replace(r"\2", r"(?:[\-/.])") + r")$")
_NETWORK_ADDRESS = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)")
_FRACTION = re.compile(r"(?:0|[1-9]\d{0,8})[.]\d+")
_THOUSANDS = re.compile(r"[1-9]\d?(?:\.\d{3}){2,}")
_VERSION = re.compile(r"\d+(?:\.\d+)*\.\d(?:\.\d+)+")  # a group of one digit in the middle
# Of ISO 4217, without those that are English words
_CURRENCY = (
    "USD|EUR|GBP|CHF|JPY|CNY|RMB|AUD|NZD|CAD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|BGN|RUB|UAH|KZT|ILS|AED|SAR|QAR|KWD|EGP|ZAR|NGN|KES|INR|PKR|BDT|LKR|THB|VND"
    "|IDR|MYR|SGD|HKD|TWD|KRW|PHP|BRL|MXN|ARS|CLP|UYU|PYG|CRC|GTQ|HNL|DOP|JMD|TTD|BSD|BBD"
)
_UNIT_BEHIND = re.compile(rf"\s?(?:{_CURRENCY}|[Bb]ytes|[KMGT]i?B|kB)\b")
_UNIT_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{_CURRENCY})\s?$")
_CARD = re.compile(r"\d{4}([ \-])\d{4}\1\d{4}\1\d{4}(?:\1?\d{1,3})?")
_HEX_ID = re.compile(r"(?=[\d-]*[a-fA-F])[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"[\w\-]*")
_LONGEST_TOKEN = 48


class Shape(enum.IntEnum):
    """What a spelled number may be besides a phone number."""

    OTHER = 0  # it is something else
    DOUBTFUL = 1  # no field's name can make it sure
    OPEN = 2  # a phone number if its field or a word before it says so
    PHONE = 3  # nothing else


def shape_of(text: str, start: int, end: int) -> Shape:
    """The shape of a number without + or 00 that stands at [start, end) of a text in plain characters."""
    spelled = text[start:end]
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if spelled.isdecimal():
        if _in_hex_id(text, start, end):
            return Shape.OTHER
        if (len(spelled) in _EPOCHS and spelled[0] == "1") or _COMPACT_DATE.fullmatch(spelled):
            return Shape.DOUBTFUL
        if before == "-" and not text[max(0, start - 2) : start - 1].strip():
            return Shape.OPEN  # a negative number, or a dash before a number
    elif _DATE.fullmatch(spelled):
        return Shape.OTHER
    elif _YEARS.fullmatch(spelled):
        return Shape.OPEN
    elif _NETWORK_ADDRESS.fullmatch(spelled) or _THOUSANDS.fullmatch(spelled) or _VERSION.fullmatch(spelled) or _CARD.fullmatch(spelled):
        return Shape.DOUBTFUL
    elif _FRACTION.fullmatch(spelled):
        return Shape.OTHER if before == "-" else Shape.DOUBTFUL
    if _is_amount(text, start, end):
        return Shape.DOUBTFUL
    is_numbered = before == "#" and spelled.isdecimal() and not text[max(0, start - 2) : start - 1].isdecimal()  # not a service code: #31#
    return Shape.OPEN if is_numbered or after == "@" else Shape.PHONE


def is_fraction(spelled: str) -> bool:
    """Whether a number with a + is written like a coordinate: one dot and no other sign."""
    return _FRACTION.fullmatch(spelled) is not None


def ends_with_date(text: str) -> bool:
    """Whether a text ends with a date of digits and separators."""
    return _DATE_BEFORE.search(text[-12:]) is not None


def begins_with_date(text: str) -> bool:
    """Whether a text begins with a date of digits and separators."""
    return _DATE.match(text) is not None


def _in_hex_id(text: str, start: int, end: int) -> bool:
    low = start - len(_TOKEN.match(text[max(0, start - _LONGEST_TOKEN) : start][::-1]).group())  # type: ignore[union-attr] # matches anything
    high = end + len(_TOKEN.match(text[end : end + _LONGEST_TOKEN]).group())  # type: ignore[union-attr] # matches anything
    token = text[low:high]
    return len(token) > end - start and (_HEX_ID.fullmatch(token) is not None)


def _is_amount(text: str, start: int, end: int) -> bool:
    """Whether a sign of a currency or a per cent sign stands beside the number."""
    if _UNIT_BEHIND.match(text, end) or _UNIT_BEFORE.search(text[max(0, start - 5) : start]):
        return True
    behind = text[end : end + 2].strip()[:1]
    ahead = text[max(0, start - 2) : start].strip()[-1:]
    return behind == "%" or any(char and unicodedata.category(char) == "Sc" for char in (behind, ahead))
