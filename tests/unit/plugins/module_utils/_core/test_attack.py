# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The person among neighbours in random shapes and random encodings: never missed, and a neighbour never taken for the person."""

from __future__ import annotations

import html
import json
import random
import typing as t
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from tests.unit.plugins.module_utils._core.test_prefilter import CHARACTERS
from tests.unit.strategies import finder

ATTACK = settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

MAILS = {
    mail: finder(mail)
    for mail in (
        *("ann@x.com", "Ann.Smith+tag@Sub.Example.COM", "o'hara@example.org", "jean-luc@b\u00fccher.example", "{{x}}@example.com"),
        *("1234567@example.net", "x_y-z@a-b.example.co.uk", '"john doe"@example.com', "a&b=c@x.com", "50%25off@x.com"),
    )
}
SPELLED = {
    ("+4930901820", "DE"): ("+49 30 901820", "030 901820", "030/901820", "(030) 90 18 20", "0049 30 901820", "+49 (0)30 901820"),
    ("+14155550123", "US"): ("+1 415 555 0123", "(415) 555-0123", "415-555-0123", "1-415-555-0123", "011 1 415 555 0123"),
    ("+33142685300", "FR"): ("+33 1 42 68 53 00", "01 42 68 53 00", "01.42.68.53.00", "0033142685300"),
    ("+442079460958", "GB"): ("+44 20 7946 0958", "020 7946 0958", "(020) 7946 0958", "02079460958"),
}
PHONES = {number: finder(number[0], region=number[1]) for number in SPELLED}
NOISE = (
    *("", "Ann Smith", "2024-11-25", "14:30", "Order 12", "x", "Dr.", "10115 Berlin", "call me", "https://a.example/b?c=1&d=2", "50 % off"),
    *("&", "=", "\\", "%", "[1]", "#5", "A/B", "C:\\temp\\new", "100.50 EUR", "id=5", "\u00fc", "\u4e2d\u6587 "),
)
BETWEEN = (", ", "; ", " ", "\n", " / ", " - ", " | ", "\t", " \u2013 ", ": ", " (", ") ", "<", ">", "\r\n")
WHOLE: dict[str, t.Callable[[str], str]] = {
    "url": lambda text: urllib.parse.quote(text, safe=""),
    "url, slashes": urllib.parse.quote,
    "html": html.escape,
    "json": lambda text: json.dumps(text)[1:-1],
    "json object": lambda text: json.dumps({"a": text}),
    "json in json": lambda text: json.dumps(json.dumps([text])),
}
FIRST = ("capital", "soft hyphen", "soft hyphen of HTML", "zero width space in percent", "soft break")
"""Nobody breaks the escapes of another encoding up with these."""
LATER = tuple(
    way
    for way in CHARACTERS
    if way not in (*FIRST, "bold", "Arabic digit", "named", "no semicolon", "quoted-printable in small letters", "escaped sign")
)


def encoded(text: str, chance: random.Random) -> str:
    """A text in up to two encodings, one in the other; each is that of the whole text."""
    layers = chance.choice([0, 1, 1, 2])
    for layer in range(layers):
        way = chance.choice([*WHOLE, *LATER, *(() if layer else (*FIRST, "escaped sign"))])
        if way == "soft break" and layers > 1:
            continue  # nobody breaks each line behind one character, and encodes that again
        text = WHOLE[way](text) if way in WHOLE else "".join(map(CHARACTERS[way], text))
    return text


def shaped(value: str, others: list[str], chance: random.Random) -> t.Any:
    """A value of a column or a setting that has a text in it somewhere, and other people elsewhere."""
    shapes: list[t.Callable[[], t.Any]] = [
        lambda: value,
        lambda: {"name": "k", "list": [*others, value]},
        lambda: {value: 1, "b": others},
        lambda: [[value], [others]],
        lambda: json.dumps({"a": [value], "b": others}),
        lambda: {"n": json.dumps([{"phone": value}, *({"phone": other} for other in others)])},
        lambda: {"a": {"b": {"c": [{"d": value}]}}, "o": others},
        lambda: json.dumps(json.dumps([value, others])),
        lambda: json.dumps({"m": value}, ensure_ascii=False),
        lambda: {"phone": value, "firstName": "A", "lastName": "B"},
        lambda: "\n".join([*others, value]),
    ]
    return chance.choice(shapes)()


def near_mail(mail: str, chance: random.Random) -> str:
    local, _at, domain = mail.rpartition("@")
    near = [
        "jo" + mail,
        f"{local}x@{domain}",
        mail + ".au",
        f"{local}@mail.{domain}",
        f"{local}.b@{domain}",
        "b." + mail,
        "b-" + mail,
        mail[:-1],
    ]
    return chance.choice(near)


def near_phone(number: str, chance: random.Random) -> str:
    return chance.choice([number + "7", number[:-1] + str((int(number[-1]) + 1) % 10), number[:-1], number[:3] + "9" + number[3:]])


def check(found: t.Any, spelled: str, near: t.Callable[[], str], chance: random.Random) -> None:
    others = [near() for _other in range(chance.randrange(3))]
    before = "".join(chance.choice([*NOISE, near()]) + chance.choice(BETWEEN) for _part in range(chance.randrange(3)))
    behind = "".join(chance.choice(BETWEEN) + chance.choice([*NOISE, near()]) for _part in range(chance.randrange(3)))
    state = chance.getstate()
    value = shaped(encoded(before + spelled + behind, chance), others, chance)
    if found.matcher.in_value(before + spelled + behind):
        assert found.matcher.in_value(value), ("missed", spelled, value)
        raw = value if isinstance(value, str) else json.dumps(value)
        assert found.prefilter.may_match(raw.encode("utf-8", "surrogatepass")), ("prefilter", spelled, value)
    else:
        assert not found.matcher.in_value(value), ("only when it is encoded", spelled, value)
    chance.setstate(state)
    without = shaped(encoded(before + near() + behind, chance), others, chance)
    taken = [hit for hit in found.matcher.in_value(without) if hit.certainty is Certainty.EXACT]
    assert not taken, ("a neighbour", spelled, without)


@pytest.mark.parametrize("mail", MAILS)
@ATTACK
@given(chance=st.randoms(use_true_random=False))
def test_addresses(mail: str, chance: random.Random) -> None:
    spelled = mail if "%" in mail else chance.choice([mail, mail.upper()])
    check(MAILS[mail], spelled, lambda: near_mail(mail, chance), chance)


@pytest.mark.parametrize("number", PHONES)
@ATTACK
@given(chance=st.randoms(use_true_random=False))
def test_numbers(number: tuple[str, str], chance: random.Random) -> None:
    check(PHONES[number], chance.choice(SPELLED[number]), lambda: near_phone(number[0], chance), chance)
