# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is given as an identifier is one, or is refused: a search for more than one would find nothing and look complete."""

from __future__ import annotations

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import MATCH_CONTAINS, MATCH_EXACT, Subjects, parse_subjects

ONE = [
    "ann@x.com",
    "Ann Lee <ann@x.com>",
    "Ann Lee (agent 12) <ann@x.com>",
    "ann@x.com <ann@x.com>",
    "ANN@X.COM <ann@x.com>",
    "mailto:ann@x.com",
    "o'brien@x.com",
    "!#$%&'*+/=?^_{|}~-a@example.com",
    "{{ x }}@example.com",
    '"ann lee"@x.com',
    "a.b+c@x.com",
    "bounce+ann=y.com@list.com",
    "C-1234567",
    "Kunde 1234567",
    "A12345678",
    "Ann Lee",
    "4711000",
    "+49 30 1234567",
    "+4930901820",
    "+1 (202) 555-0147 ext. 5",
    "tel:+12025550147",
    "sip:+12025550147@gw.example",
    "sip:ann@x.com",
    "2025550147",
    "202.555.0147",
    "+1 555 010 0199",
    "+15550100",
    "030/901820",
    "550e8400-e29b-41d4-a716-446655440000",
    "Müller, Ann",
    "100",
    "50%25off@x.com",
    "ann%lee@x.com",
    "07700 900123",
    "0044 7700 900123",
    "8~10 44 7700 900123",
    "+39 06 1234567",
    "+86 138 0013 8000",
    "{ann@x.com",
    "12345;67890",
    "ACME|7",
    "O=acme, OU=x",
    "id=1234567",
    "+442071838750",
    "+44 (0)20 7183 8750",
    "ann.lee@münchen.de",
    "ann\\lee",
    "Kunde 123456789",
    "KD-0302312504",
    "KD 0012345678",
    "B 12345678",
    "order 1234567",
    "100 Main Street",
    "O'Neil",
    "4111 1111 1111 1111",
    "030 23125-042",
    "(030) 23125 / 042",
    "+44 (0) 20 7183 8750",
    "St. 5, 12345 Ort",
    "ann.txt.lee",
]

MORE = [
    "Ann;ann@x.com",
    "Ann;Lee;ann@x.com",
    "Ann,Lee,ann@x.com",
    "TICKET-1;ann@x.com",
    "Ann|ann@x.com",
    "Ann:ann@x.com",
    "email:ann@x.com",
    "email=ann@x.com",
    "#ann@x.com",
    "*ann@x.com",
    "Ann Lee;+1 202 555 0147",
    "TICKET-1;+1 202 555 0147",
    "+1 202 555 0147;Ann",
    "+12025550147;",
    "'+12025550147",
    '"+12025550147"',
    '="+12025550147"',
    "<tel:+12025550147>",
    "+1 (202) 555-0147 (mobile)",
    "mobile +12025550147",
    "callto:+12025550147",
    "2025550147, 2025560003",
    "12025550147.0",
    "1.2025550147E10",
    "+1 202 555 O147",
    "+1202555014",
    "+1 202 555 01470",
    "ann%40x.com",
    "ann&#64;x.com",
    "ann (at) x.com",
    "+999123456789",
    "TICKET-1;2025550147",
    "Ann <ann@x.com>, Bob <bob@x.com>",
    "ann@x.com <ann.lee@x.com>",
    "Ann Lee, +1 202 555 0147 <ann@x.com>",
    # a national number with something around it, as lists and tickets have it
    "'03023125042'",
    '"2025550147"',
    "\u201e03023125042\u201c",
    "2312504,",
    "03023125042:",
    "<03023125042>",
    "Tel. 03023125042",
    "Phone: 2025550147",
    "Fax 2312504",
    "call:2312504",
    "03023125042 (work)",
    "03023125042 (Ann)",
    "03023125042 # her mobile",
    "2025550147 Ann Lee",
    "Ann Lee 03023125042",
    "Ann Lee (030) 23125-042",
    "0049 30 23125042 Ann",
    "03023125042 and 03023125043",
    # the number of a line becomes a part of it
    "1. +493023125042",
    "2) +493023125042",
    "12. 03023125042",
    "1) 2025550147",
    # two numbers, which would be one
    "2025550147 2025550148",
    "302312504 / 302312505",
    "2312504\n2312505",
    "2312504 2312505",
    "+493023125042 +493023125043",
    "-ann@x.com",
    "'Ann Lee'",
    '"Ann Lee"',
    "Ann Lee,",
    "Ann Lee\nBob Lee",
    # a file in place of what stands in it
    "people.txt",
    "./people",
    "~/people.csv",
    "/tmp/people",
    "People to forget.xlsx",
]

# A placeholder, something encrypted: nobody would be found, and the search would look complete.
NOTHING = [
    "$encrypted$",
    "********",
    "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
    "$REDACTED$",
    "ann.$REDACTED$.com",
    "$ANSIBLE_VAULT;1.1;AES256",
    "-----BEGIN PGP MESSAGE-----",
    ".....",
    "+-()/",
    "@@@@@",
]

# The first line of a spreadsheet, or what stands where nobody is known: it would be found with everybody.
NOBODY = [
    "email",
    "E-Mail",
    "emailAddress",
    "Phone number",
    "First name",
    "last_name",
    "ticket;e-mail",
    "unknown",
    "Anonymous",
    "null",
    "Telefonnummer",
]


def parsed(text: str, region: str | None, match: str = MATCH_EXACT) -> Subjects:
    return parse_subjects(search=text, subjects=None, region=region, match=match, min_length=3)


@pytest.mark.parametrize("region", [None, "DE", "US"])
@pytest.mark.parametrize("text", ONE)
def test_one_identifier_is_taken(text: str, region: str | None) -> None:
    assert len(parsed(text, region).subjects[0].identifiers) == 1


@pytest.mark.parametrize("region", [None, "DE", "US"])
@pytest.mark.parametrize("text", MORE)
def test_what_is_more_than_an_identifier_is_refused_without_quoting_it(text: str, region: str | None) -> None:
    with pytest.raises(InputError) as caught:
        parsed(text, region)
    assert "match: contains" in caught.value.message
    assert not any(part in caught.value.message for part in ("ann", "Ann", "555", "2312", "x.com", "TICKET"))
    assert parsed(text, region, MATCH_CONTAINS).subjects


@pytest.mark.parametrize("match", [MATCH_EXACT, MATCH_CONTAINS])
@pytest.mark.parametrize("text", NOTHING)
def test_what_names_nothing_is_refused(text: str, match: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(text, None, match)
    assert text not in caught.value.message


@pytest.mark.parametrize("text", NOBODY)
def test_what_names_everybody_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"is a field name or a placeholder.*perhaps a header line"):
        parsed(text, None)
    assert parsed(text, None, MATCH_CONTAINS).subjects


def test_the_number_in_a_sip_uri_is_the_identifier() -> None:
    identifier = parsed("sip:+12025550147@gw.example;user=phone", None).subjects[0].identifiers[0]
    assert isinstance(identifier, Phone)
    assert (identifier.country_code, identifier.national) == ("1", "2025550147")
