# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What a phone number is: country code, national number, extension. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.genesys.gws.plugins.module_utils._core import deps

with deps.declare("phonenumbers"):
    import phonenumbers

EXTENSION_AT_END = re.compile(r"(?:;ext=|\s*(?:ext\.?|extension|x)\s*:?\s*)(\d{1,7})$", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Phone:
    """``country_code`` is '' for a national number without a region. These three are ASCII digits; ``literal`` is as given."""

    country_code: str
    national: str
    extension: str
    literal: str

    @property
    def international(self) -> str:
        """Country code and national number, or '' when the country is not known."""
        return self.country_code + self.national if self.country_code else ""


def digits_of(text: str) -> str:
    """The ASCII digits of a text, in order."""
    return "".join(char for char in text if "0" <= char <= "9")


def parse_phone(text: str, region: str | None) -> Phone | None:
    """A phone number out of a text that is one; None when it has too few or too many digits to be one.

    A number that starts with 00 is international everywhere but where the region dials otherwise; one without a prefix that
    is valid with a + before it is taken as international too, since JSON numbers and many tools drop the +.
    """
    spelled = text.strip()
    extension = ""
    found = EXTENSION_AT_END.search(spelled)
    if found:
        extension, spelled = found.group(1), spelled[: found.start()]
    literal = text.strip().lower()
    digits = digits_of(spelled)
    if not 5 <= len(digits) <= 18:
        return None
    international = "+" + digits if spelled.lstrip("([ \u202a\u202d").startswith("+") else None
    if international is None and digits.startswith("00"):
        international = "+" + digits[2:]
    if international is not None:
        return _as_phone(spelled if "+" in spelled else international, None, extension, literal)
    if region:
        phone = _as_phone(spelled, region, extension, literal)
        if phone is not None and _is_valid(phone):
            return phone
    if not digits.startswith("0"):
        as_international = _as_phone("+" + digits, None, extension, literal)
        if as_international is not None and _is_valid(as_international) and len(digits) > 10:
            return as_international
    if region:
        return _as_phone(spelled, region, extension, literal) or Phone("", digits, extension, literal)
    return Phone("", digits, extension, literal)


def _as_phone(text: str, region: str | None, extension: str, literal: str) -> Phone | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    return Phone(str(number.country_code), national, extension or number.extension or "", literal)


def _is_valid(phone: Phone) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse("+" + phone.international, None)))
    except phonenumbers.NumberParseException:
        return False
