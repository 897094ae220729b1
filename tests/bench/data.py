# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the benchmark: the same settings in every run, and what is planted in them.

The values look like those of Workspace's favorites: JSON of some 450 bytes on average, most shorter, a few of tens of thousands, so that every byte occurs in
the lengths before the cells. As often as in real favorites there are letters of other alphabets (as JSON escapes, or as they are), links with percent signs and
ampersands, dashes and signs. The people searched for have addresses and numbers of the same form as everybody else's, so that no method has it easier
than it would have in a real table.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

TABLE = "settings"
PEOPLE = 10_000
PLANTED = 100  # rows with one of the people, in a table of any size
PER_OWNER = 97  # settings of one agent: fewer than the 100 columns that pycassa reads of a row unless it is told otherwise

_FIRST_NAMES = ("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gita", "Hans", "Ines", "Jan", "Kira", "Lars", "Mona", "Nils", "Olga", "Paul")
_LAST_NAMES = ("Adler", "Bauer", "Conrad", "Dietz", "Ebert", "Fischer", "Graf", "Huber", "Iden", "Jung", "Keller", "Lang", "Maurer")
_NOTE = (
    "Prefers to be called in the morning, before the daily meeting of the team. Asked for a copy of the last invoice and for a new "
    "delivery address. Knows the product well; has been a customer for years. The contract ends in autumn: offer the renewal in good "
    "time. Speaks German and English. Passed on to the second level because of a fault of the line, which is repaired by now. Wants to "
    "be told by mail when the order leaves the warehouse. Sends greetings to the colleague who helped with the last request. "
)


_SHORTEST_NOTE, _LONGEST_NOTE = 25, 30_000
_UMLAUTS = str.maketrans({"a": "\u00e4", "o": "\u00f6", "u": "\u00fc"})


class Person(NamedTuple):
    """Somebody to search for."""

    email: str
    phone: str


def person(number: int) -> Person:
    """The person of this number. The last digit of a phone is odd here and even in the table, so that nobody is there by chance."""
    first, last = _name(number)
    return Person(f"{first}.{last}{number}@example.com".lower(), f"+4989{10_000_001 + number * 8_998}")


def _name(number: int) -> tuple[str, str]:
    return _FIRST_NAMES[number % len(_FIRST_NAMES)], _LAST_NAMES[number // len(_FIRST_NAMES) % len(_LAST_NAMES)]


def _who(place: int) -> int:
    """Who is in the planted row of this place: person 0 in ten of them, others from 1 to nearly PEOPLE, growing by equal factors."""
    return 0 if place < 10 else int(PEOPLE ** ((place - 10) / (PLANTED - 10)))


def _by_phone(place: int) -> bool:
    """Whether the planted row has the person's phone number; else it has the address."""
    return place % 2 == 1


def planted(people: int) -> int:
    """How many rows a search for the address and the number of the first `people` people has to find."""
    return sum(1 for place in range(PLANTED) if _who(place) < people)


def planted_addresses() -> int:
    """How many rows a search for the address of person 0 has to find."""
    return sum(1 for place in range(PLANTED) if _who(place) == 0 and not _by_phone(place))


def owners(rows: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """One owner after the other with all settings (key and value), `rows` settings altogether."""
    chance = random.Random(1).random
    places = {place * rows // PLANTED: place for place in range(PLANTED)}
    notes = _NOTE * (2 + _LONGEST_NOTE // len(_NOTE))
    for owner, numbers in itertools.groupby(range(rows), key=lambda number: number // PER_OWNER):
        settings = []
        for number in numbers:
            first, last = _name(int(chance() * len(_FIRST_NAMES) * len(_LAST_NAMES)))
            email = f"{first}.{last}{int(chance() * 10**5)}@example.org".lower()
            phone = f"+4989{int(chance() * 4.5e7) * 2 + 10**7}"
            if number in places:
                place = places[number]
                someone = person(_who(place))
                if _by_phone(place):
                    phone = f"+49 (89) {someone.phone[5:9]}-{someone.phone[9:]}"
                else:
                    email = someone.email
            contact = {
                "name": f"favorite-{number % PER_OWNER}",
                "type": "CONTACT",
                "category": "Customers",
                "firstName": first,
                "lastName": last.translate(_UMLAUTS) if chance() < 0.15 else last,
                "emailAddresses": [email],
                "phoneNumbers": [{"phoneNumber": phone, "description": "work"}],
                "lastContact": 1_700_000_000_000 + int(chance() * 10**10),
                "note": _note(chance, notes),
            }
            if chance() < 0.05:
                contact["company"] = f"{last} & {first}"
            if chance() < 0.02:
                contact["link"] = f"https://crm.example.org/contacts?id={int(chance() * 10**6)}&name={first}%20{last}&from=%2Fhome"
            ascii_only = chance() < 0.7
            settings.append((f"interaction-workspace-personal-favorites:{contact['name']}", json.dumps(contact, ensure_ascii=ascii_only)))
        yield f"{owner + 1:032x}", settings


def _note(chance: Callable[[], float], notes: str) -> str:
    """A part of the notes: of two lengths, the double is half as often."""
    length = int(_SHORTEST_NOTE / (1 - chance() * (1 - _SHORTEST_NOTE / _LONGEST_NOTE)))
    start = int(chance() * len(_NOTE))
    note = notes[start : start + length]
    if chance() < 0.03:
        note += f" {int(chance() * 50)} % off \u2013 until the end of the month."
    if chance() < 0.02:
        note += f" Order {int(chance() * 10**9)} of 2025-0{1 + int(chance() * 9)}-1{int(chance() * 9)}, 14:{10 + int(chance() * 49)}."
    return note
