# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random settings with several people in one payload, in many shapes, and what they are to be without one of them.

A shape is a function from people to a payload. So what must be left after somebody is cut out is not computed from the payload: it is the
same shape, made of the others.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import json
import random
import typing as t
import urllib.parse

Make = t.Callable[[t.Sequence["Person"]], t.Any]


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody with a name, and one to three ways to be reached. Each text of a person is nobody else's."""

    number: int
    first: str
    last: str
    mails: tuple[str, ...]
    phones: tuple[str, ...]

    @property
    def identifiers(self) -> tuple[str, ...]:
        return self.mails + self.phones

    @property
    def tokens(self) -> tuple[str, ...]:
        """Texts that no encoding changes and that are in nothing of anybody else."""
        return tuple(mail.partition("@")[0] for mail in self.mails) + tuple(phone.lstrip("+") for phone in self.phones)


def people(rng: random.Random, count: int, *, single: bool = False) -> list[Person]:
    """Different people; ``single``: each has exactly one address and one number."""
    taken: set[int] = set()
    found = []
    for number in range(count):
        mails, phones = [], []
        for _unused in range(1 if single else rng.randint(1, 3)):
            mails.append(f"m{rng.getrandbits(40):010x}q{number}@{rng.choice(['example.com', 'mail.example.org', 'x.de'])}")
        for _unused in range(1 if single else rng.randint(1, 3)):
            while (digits := rng.randrange(10_000_000)) in taken:
                pass
            taken.add(digits)
            phones.append(f"+4930{digits:07d}")
        first = rng.choice(["Ann", "Bob", "Zoë", "O'Neil", "Jean-Luc", "李"]) + "abcdefghijklmnopqrstuvwxyz"[number]
        found.append(Person(number, first, rng.choice(["Lee", "Müller", "van der Berg", 'd"Or', "Roe\\x"]), tuple(mails), tuple(phones)))
    return found


# Records


def contact(person: Person, rng: random.Random) -> dict[str, t.Any]:
    """A contact with a name and all ways to reach it, in one of many layouts. The generator is the person's own: others do not change it."""
    style = rng.randrange(7)
    record: dict[str, t.Any] = {"firstName": person.first, "lastName": person.last} if style != 3 else {"name": person.first}
    if style == 0:
        record["emailAddress"] = person.mails[0]
        record["phoneNumbers"] = [{"phoneNumber": phone, "description": "work"} for phone in person.phones]
        record["note"] = " or ".join(person.mails[1:])
    elif style == 1:
        record.update({f"email{place or ''}": mail for place, mail in enumerate(person.mails)})
        record.update({f"phoneNumber{place or ''}": phone for place, phone in enumerate(person.phones)})
    elif style == 2:
        record["addresses"] = dict.fromkeys(person.mails, "private")
        record["numbers"] = list(person.phones)
    elif style == 3:
        record["emails"] = list(person.mails)
        record["phones"] = list(person.phones)
    elif style == 4:
        record["contactPoints"] = json.dumps([*person.mails, *person.phones])
    elif style == 5:
        record["email"] = "; ".join(person.mails)
        record["phone"] = ", ".join(person.phones)
    else:
        record["channels"] = [{"kind": "mail", "address": mail} for mail in person.mails] + [
            {"kind": "voice", "n": n} for n in person.phones
        ]
    if rng.random() < 0.5:
        record["ts"] = 1690000000000 + rng.randrange(10**9)
    if rng.random() < 0.5:
        record["rate"] = rng.choice([1.5, -0.25, True, None, "ü\u2028", "\\u0041", "{", '"'])
    return record


def _own(person: Person, seed: int) -> random.Random:
    return random.Random(f"{seed} {person.number}")


def _one(person: Person) -> str:
    return person.identifiers[0]


# Shapes that can be cut: each person is exactly one part


def _contacts(seed: int) -> Make:
    return lambda who: [contact(person, _own(person, seed)) for person in who]


def _ids(seed: int) -> Make:
    return lambda who: {f"{_own(person, seed).getrandbits(64):016x}": contact(person, _own(person, seed)) for person in who}


def _by_phone(seed: int) -> Make:
    return lambda who: {person.phones[0]: contact(person, _own(person, seed)) for person in who}


def _names_by_mail(_seed: int) -> Make:
    return lambda who: {person.mails[0]: person.first for person in who}


def _mails_by_id(seed: int) -> Make:
    return lambda who: {f"{_own(person, seed).getrandbits(64):016x}": person.mails[0] for person in who}


def _mails(_seed: int) -> Make:
    return lambda who: [person.mails[0] for person in who]


def _numbers(_seed: int) -> Make:
    return lambda who: [person.phones[0] for person in who]


def _call_log(_seed: int) -> Make:
    return lambda who: [{"number": person.phones[0], "timestamp": person.number} for person in who]


def _columns(_seed: int) -> Make:
    return lambda who: {
        "names": [person.first for person in who],
        "phones": [person.phones[0] for person in who],
        "emails": [person.mails[0] for person in who],
        "ids": [person.number for person in who],
    }


def _rows(_seed: int) -> Make:
    return lambda who: [[person.first, person.mails[0], *person.phones] for person in who]


def _table(_seed: int) -> Make:
    return lambda who: {"header": ["name", "phone"], "rows": [[person.first, person.phones[0], 1.5, None] for person in who]}


def _delimited(delimiter: str) -> t.Callable[[int], Make]:
    return lambda _seed: lambda who: delimiter.join(person.mails[0] for person in who)


def _numbers_delimited(delimiter: str) -> t.Callable[[int], Make]:
    return lambda _seed: lambda who: delimiter.join(person.phones[0] for person in who)


def _header_of_mail(_seed: int) -> Make:
    return lambda who: ", ".join(f"{person.first} <{person.mails[0]}>" for person in who)


def _quoted_header_of_mail(_seed: int) -> Make:
    return lambda who: ", ".join(f'"Lee, {person.first}" <{person.mails[0]}>' for person in who)


def _csv(_seed: int) -> Make:
    return lambda who: "name;mail;phone\n" + "\n".join(f"{person.first};{person.mails[0]};{';'.join(person.phones)}" for person in who)


def _csv_without_header(_seed: int) -> Make:
    return lambda who: "\r\n".join(f"{person.first},{person.phones[0]},{person.mails[0]}" for person in who)


def _json_lines(seed: int) -> Make:
    return lambda who: "\n".join(json.dumps(contact(person, _own(person, seed))) for person in who)


def _cards(_seed: int) -> Make:
    def card(person: Person) -> str:
        mails = "".join(f"EMAIL:{mail}\n" for mail in person.mails)
        return f"BEGIN:VCARD\nVERSION:3.0\nFN:{person.first}\n{mails}" + "".join(f"TEL:{n}\n" for n in person.phones) + "END:VCARD"

    return lambda who: "\n".join(map(card, who))


def _teams(seed: int) -> Make:
    def make(who: t.Sequence[Person]) -> t.Any:
        teams = [[contact(person, _own(person, seed)) for person in who if person.number % 3 == team] for team in range(3)]
        return [{"team": "ABC"[number], "members": members} for number, members in enumerate(teams)]

    return make


CUTTABLE: dict[str, t.Callable[[int], Make]] = {
    "contacts": _contacts,
    "map by id": _ids,
    "map by number": _by_phone,
    "names by address": _names_by_mail,
    "addresses by id": _mails_by_id,
    "addresses": _mails,
    "numbers": _numbers,
    "call log": _call_log,
    "columns": _columns,
    "rows": _rows,
    "table": _table,
    "semicolons": _delimited(";"),
    "semicolons and blanks": _delimited("; "),
    "commas": _delimited(","),
    "bars": _delimited("|"),
    "lines": _delimited("\n"),
    "numbers, semicolons": _numbers_delimited(";"),
    "numbers, lines": _numbers_delimited("\r\n"),
    "numbers, commas": _numbers_delimited(", "),
    "header of a mail": _header_of_mail,
    "header of a mail with quotation marks": _quoted_header_of_mail,
    "CSV": _csv,
    "CSV without header": _csv_without_header,
    "JSON lines": _json_lines,
    "vCards": _cards,
    "teams": _teams,
}

# Shapes that can't be taken apart


def _sentence(_seed: int) -> Make:
    return lambda who: "please ask " + " or ".join(map(_one, who)) + " about it"


def _numbered(_seed: int) -> Make:
    return lambda who: {
        name: value
        for place, person in enumerate(who, 1)
        for name, value in ((f"name{place}", person.first), (f"phone{place}", person.phones[0]))
    }


def _numbered_full(_seed: int) -> Make:
    return lambda who: {
        name: value
        for place, person in enumerate(who, 1)
        for name, value in ((f"contact{place}FirstName", person.first), (f"contact{place}Mail", person.mails[0]))
    }


def _by_first_name(_seed: int) -> Make:
    return lambda who: {person.first: person.mails[0] for person in who}


def _alternating(_seed: int) -> Make:
    return lambda who: [text for person in who for text in (person.first, person.mails[0])]


def _alternating_kinds(_seed: int) -> Make:
    return lambda who: [text for person in who for text in (person.mails[0], person.phones[0])]


def _alternating_text(_seed: int) -> Make:
    return lambda who: ";".join(text for person in who for text in (person.first, person.phones[0]))


def _alternating_lines(_seed: int) -> Make:
    return lambda who: "\n".join(text for person in who for text in (person.first, person.phones[0]))


def _columns_in_texts(_seed: int) -> Make:
    return lambda who: {"names": ";".join(person.first for person in who), "mails": ";".join(person.mails[0] for person in who)}


def _columns_in_lists(_seed: int) -> Make:
    return lambda who: [[person.first for person in who], [person.mails[0] for person in who]]


def _xml(_seed: int) -> Make:
    return lambda who: "<contacts>" + "\n".join(f'<c name="x" mail="{person.mails[0]}"/>' for person in who) + "</contacts>"


def _html_list(_seed: int) -> Make:
    return lambda who: "\n".join(f"<li>{_one(person)}</li>" for person in who)


def _yaml(_seed: int) -> Make:
    return lambda who: "".join(f"- name: x\n  mail: {person.mails[0]}\n  tel: '{person.phones[0]}'\n" for person in who)


def _broken(seed: int) -> Make:
    return lambda who: json.dumps(_contacts(seed)(who))[: -random.Random(seed).randint(1, 9)]


def _roles(_seed: int) -> Make:
    return lambda who: {
        f"{'abcdefghijklmnopqrstuvwxyz'[person.number]}Party": {"name": person.first, "mail": person.mails[0]} for person in who[:2]
    }


TANGLED: dict[str, t.Callable[[int], Make]] = {
    "sentence": _sentence,
    "numbered fields": _numbered,
    "numbered fields of first names": _numbered_full,
    "fields called after people": _by_first_name,
    "alternating": _alternating,
    "alternating kinds": _alternating_kinds,
    "alternating in a text": _alternating_text,
    "alternating lines": _alternating_lines,
    "columns in texts": _columns_in_texts,
    "columns in lists": _columns_in_lists,
    "XML": _xml,
    "HTML list": _html_list,
    "YAML": _yaml,
    "broken JSON": _broken,
}

# What lies around a payload


def _plain(value: t.Any) -> t.Any:
    return value


def _as_text(value: t.Any, **how: t.Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, **how)


def _wrapped(value: t.Any) -> t.Any:
    return {"version": 2, "data": {"items": value, "label": "é\u2028"}}


WRAPPERS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "as it is": _plain,
    "in a string": _as_text,
    "in a string, compact": functools.partial(_as_text, separators=(",", ":")),
    "in a string, not ASCII": functools.partial(_as_text, ensure_ascii=False, indent=1),
    "in an object": _wrapped,
    "in a list": lambda value: [value] if not isinstance(value, (str, list)) else value,
    "percent": lambda value: urllib.parse.quote(_as_text(value)) if not isinstance(value, str) else value,
    "HTML": lambda value: html.escape(_as_text(value)) if not isinstance(value, str) else value,
    "JavaScript": lambda value: json.dumps(_as_text(value))[1:-1] if not isinstance(value, str) else value,
}


@dataclasses.dataclass(frozen=True)
class Case:
    """A setting as JSON text, the person to be erased, and the text that is to be left: None for shapes that can't be cut."""

    shape: str
    text: str
    who: tuple[Person, ...]
    subject: Person
    expected: str | None


def case(seed: int, shapes: t.Mapping[str, t.Callable[[int], Make]]) -> Case:
    """A random case; the same for the same seed."""
    rng = random.Random(seed)
    shape = rng.choice(list(shapes))
    who = people(rng, rng.randint(2, 20))
    make = shapes[shape](seed)
    wrappers = [rng.choice(list(WRAPPERS)) for _unused in range(rng.randint(1, 3))]

    def setting(members: t.Sequence[Person]) -> str:
        payload = make(members)
        for wrapper in wrappers:
            payload = WRAPPERS[wrapper](payload)
        return json.dumps({"name": "s", "n": 1.5, "value": payload, "z": ["é", {}]}, ensure_ascii=seed % 2 == 0)

    subject = rng.choice(who[:2] if shape == "two roles" else who)
    left = [person for person in who if person is not subject]
    return Case(f"{shape}: {', '.join(wrappers)}", setting(who), tuple(who), subject, setting(left) if shapes is CUTTABLE else None)
