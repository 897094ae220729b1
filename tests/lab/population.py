# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A seeded population of agents, settings and planted subjects; the same seed gives the same bytes.

What it plants it also tells: `Truth` names each setting that holds a subject, how it is spelled there, and the
look-alikes that nobody may touch. Names, addresses and numbers are fictitious (example domains, numbers that regulators
keep for drama).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cassandra.concurrent import execute_concurrent_with_args

from tests.lab.gws import User
from tests.lab.layouts import CONTACT_CENTER, Entry, Group, Layout, Owner, Setting, encode

ADMIN_NAME = "admin@pizza.com"
AGENT_NAME = "agent1@pizza.com"

WORKSPACE = Group("interaction-workspace", "interaction-workspace", "name")
FAVORITES = Group("interaction-workspace-personal-favorites", "interaction-workspace-personal-favorites", "name")
TAB = Group("workspace-tab", "workspace-tab", "name")
OPERATIONS = Group("voice-operations", "Voice Operations", "operationName")
FAVORITES_MAP = Group("team-communicator", "Team Communicator", "id")
CORPORATE = Group("corporate-favorites", "Corporate Favorites", "name")
CC_OPTIONS = Group("voice", "Voice", "name")

ODD_NAMES = (
    "a/b/c",
    "###url",
    "two words",
    "ünï çødé ☎",
    "100%25",
    "a+b&c=d?e",
    'quote"d',
    "back\\slash",
    "semi;colon",
    "x:y",
    "{}",
    "'",
    " padded ",
)
NASTY_NAMES = (".", "..")
"""Names that no address can carry: they serve the key-in-path form only to be refused."""


@dataclass(frozen=True)
class Subject:
    """One person to be forgotten; the phone is E.164, the region is where its national form is at home."""

    ref: str
    name: str
    email: str | None
    phone: str | None
    region: str | None
    national: str | None = None

    @property
    def identifiers(self) -> tuple[str, ...]:
        """What a request for this person gives."""
        return tuple(text for text in (self.email, self.phone) if text)


SUBJECTS = (
    Subject("S-1", "Ann Lee", "ann.lee@example.com", "+12025550147", "US", "(202) 555-0147"),
    Subject("S-2", "Oona O'Neil", "o'neil@example.net", "+442079460958", "GB", "020 7946 0958"),
    Subject("S-3", "Jörg Müller", "j_mueller@mail.example.org", "+493023125042", "DE", "030 23125-042"),
    Subject("S-4", "Zoë Martin", "zoe-m@example.org", "+33199001234", "FR", "01 99 00 12 34"),
    Subject("S-5", "Mail Only", "solo.mail@example.com", None, None),
    Subject("S-6", "Phone Only", None, "+12125550163", "US", "212-555-0163"),
)

_COUNTRY_CODE = {"US": "1", "GB": "44", "DE": "49", "FR": "33"}
_OTHER_COUNTRY = {"US": "44", "GB": "1", "DE": "43", "FR": "32"}


Resource = tuple[Owner, str, str]
"""What the API calls one setting: the owner, the group's name, the value of the key attribute."""


@dataclass(frozen=True)
class Planted:
    """A setting that holds a subject: a record goes as a whole, of a container only `elements` (indexes or keys)."""

    subject: str
    identifier: str
    owner: Owner
    group: str
    key: str
    kind: Literal["record", "container"]
    shape: str
    spelling: str
    elements: tuple[int | str, ...] = ()
    needs_region: bool = False
    """Spelled as a national number: it is the subject's only for somebody who knows the region."""

    @property
    def resource(self) -> Resource:
        """Where it is."""
        return self.owner, self.group, self.key


@dataclass(frozen=True)
class Decoy:
    """A setting that looks like a subject's and is somebody else's."""

    like: str
    owner: Owner
    group: str
    key: str
    why: str

    @property
    def resource(self) -> Resource:
        """Where it is."""
        return self.owner, self.group, self.key


@dataclass
class Truth:
    """What was planted where."""

    subjects: list[Subject] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)
    corporate: list[Planted] = field(default_factory=list)
    orphans: list[Planted] = field(default_factory=list)
    outside: list[tuple[str, str]] = field(default_factory=list)
    """(subject, primary key) of the rows in the unrelated table `call_log`."""
    odd_names: list[Resource] = field(default_factory=list)

    def subject(self, ref: str) -> Subject:
        """The subject of this reference."""
        return next(subject for subject in self.subjects if subject.ref == ref)

    def of(self, ref: str) -> list[Planted]:
        """The users' settings that hold this subject."""
        return [planted for planted in self.planted if planted.subject == ref]


def decoded(value: Any) -> Any:
    """A value with JSON in strings decoded at every depth, so that spellings of the same content compare equal."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return decoded(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {name: decoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value


def _without(value: Any, gone: set[int | str]) -> Any:
    """A decoded container without these elements; its list or map of contacts may lie at any depth."""
    if isinstance(value, list):
        return [item for index, item in enumerate(value) if index not in gone]
    if isinstance(value, dict):
        if value and all(isinstance(item, dict) and item.get("id") == name for name, item in value.items()):
            return {name: item for name, item in value.items() if name not in gone}
        return {name: _without(item, gone) for name, item in value.items()}
    return value


@dataclass
class Population:
    """Users, group resources, settings, and the truth about them."""

    users: list[User]
    groups: list[tuple[Owner, Group]]
    entries: list[Entry]
    truth: Truth
    call_log: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def admin(self) -> User:
        """The administrator with whom the API is used."""
        return next(user for user in self.users if "ROLE_ADMIN" in user.roles)

    def settings(self) -> dict[Resource, Setting]:
        """All settings as loaded; `Lab.settings()` gives what is in Cassandra now, in the same form."""
        return {(entry.owner, entry.group.name, entry.key_value): entry.setting for entry in self.entries}

    def expected(self, *refs: str, region: bool = True) -> dict[Resource, Setting | None]:
        """The settings that change when these subjects are erased and shared settings redacted; None: it is gone.

        Without a `region` nationally spelled numbers are nobody's. Compare `decoded()` values. A container may be left
        without any element; the design lets such a one stay or go.
        """
        loaded, changed = self.settings(), dict[Resource, Setting | None]()
        for one in self.truth.planted:
            if one.subject not in refs or (one.needs_region and not region):
                continue
            changed.setdefault(one.resource, None)
        for resource in changed:
            touched = [one for one in self.truth.planted if one.resource == resource and one.subject in refs]
            gone = {element for one in touched if region or not one.needs_region for element in one.elements}
            if touched[0].kind == "container":
                changed[resource] = _without(decoded(loaded[resource]), gone)
        return changed


# ----------------------------------------------------------------------------------------------------------------------
# Spellings


def email_spellings(subject: Subject) -> dict[str, str]:
    """The ways in which an e-mail address is written, by name."""
    email = subject.email
    assert email is not None
    local, domain = email.split("@")
    return {
        "lower": email,
        "upper": email.upper(),
        "mixed": f"{local.title()}@{domain.capitalize()}",
        "name_addr": f"{subject.name} <{email}>",
        "mailto": f"mailto:{email}",
        "note": f"asked on Monday, write to {email}. Urgent!",
        "object_key": email,
        "escaped": email,
        "nested_escape": email,
        "json_string": email,
    }


def phone_spellings(subject: Subject) -> dict[str, str | int]:
    """The ways in which a phone number is written, by name; `national` needs the region."""
    phone, national, region = subject.phone, subject.national, subject.region
    assert phone is not None
    assert national is not None
    assert region is not None
    code = _COUNTRY_CODE[region]
    rest = phone[1 + len(code) :]
    return {
        "e164": phone,
        "spaces": f"+{code} {rest[:3]} {rest[3:6]} {rest[6:]}",
        "dashes": f"+{code}-{rest[:3]}-{rest[3:6]}-{rest[6:]}",
        "brackets": f"+{code} ({rest[:3]}) {rest[3:]}",
        "dots": f"+{code}.{rest[:3]}.{rest[3:6]}.{rest[6:]}",
        "tel": f"tel:+{code}-{rest[:3]}-{rest[3:]}",
        "double_zero": f"00{code}{rest}",
        "number": int(phone[1:]),
        "phone_note": f"call back on {phone} after 5 pm",
        "national": national,
        "phone_nested": phone,
    }


def decoy_values(subject: Subject) -> Iterator[tuple[str, str]]:
    """(why, value): look-alikes of a subject that are other people's."""
    if subject.email:
        local, domain = subject.email.split("@")
        yield "longer local part", f"jo{local}@{domain}"
        yield "local part with a dot before", f"x.{local}@{domain}"
        yield "local part with a dash before", f"mary-{local}@{domain}"
        yield "longer domain", f"{local}@{domain}.au"
        yield "longer last label", f"{local}@{domain}x"
        yield "subaddress", f"{local}+tag@{domain}"
        yield "subdomain", f"{local}@mail.{domain}"
        yield "shorter local part", f"{local[1:]}@{domain}"
        yield "another domain", f"{local}@other.example"
        yield "in an address of the web", f"https://example.com/u/jo{local}@{domain}"
    if subject.phone and subject.region:
        phone, code = subject.phone, _COUNTRY_CODE[subject.region]
        rest = phone[1 + len(code) :]
        yield "one digit more", f"{phone}5"
        yield "one digit less", phone[:-1]
        yield "last digit differs", phone[:-1] + str((int(phone[-1]) + 1) % 10)
        yield "another country", f"+{_OTHER_COUNTRY[subject.region]}{rest}"
        yield "inside a longer number", f"order 98{phone[1:]}31"


# ----------------------------------------------------------------------------------------------------------------------
# Building


class _Container:
    """A list or map of contacts under construction, with the subjects of each element."""

    def __init__(self, owner: Owner, group: Group, key: str, shape: str, wrap: Callable[[list[Any]], Setting]) -> None:
        self.owner, self.group, self.key, self.shape, self.wrap = owner, group, key, shape, wrap
        self.elements: list[tuple[dict[str, Any], tuple[str, str, str, bool] | None]] = []

    def entry(self) -> Entry:
        return Entry(self.owner, self.group, self.wrap([element for element, _unused in self.elements]))

    def planted(self) -> Iterator[Planted]:
        found: dict[tuple[str, str, str, bool], list[int | str]] = {}
        for index, (element, mark) in enumerate(self.elements):
            if mark is not None:
                found.setdefault(mark, []).append(element["id"] if self.shape == "map" else index)
        for (ref, identifier, spelling, national), elements in found.items():
            yield Planted(
                ref,
                identifier,
                self.owner,
                self.group.name,
                self.key,
                "container",
                self.shape,
                spelling,
                tuple(elements),
                national,
            )


class _Builder:
    def __init__(self, agents: int, settings: int, seed: int, subjects: Sequence[Subject], contact_center: str) -> None:
        self.random = random.Random(seed)
        self.wanted = settings
        self.truth = Truth(list(subjects))
        self.contact_center = Owner("contact_center", contact_center)
        names = [(self._pick(_FIRST.split()), self._pick(_LAST.split())) for _unused in range(agents)]
        self.users = [
            User(self._hex(), ADMIN_NAME, "Pat", "Admin", ("ROLE_ADMIN", "ROLE_SUPERVISOR")),
            *(User(self._hex(), f"agent{n}@pizza.com", first, last) for n, (first, last) in enumerate(names, 1)),
        ]
        self.agents = [Owner("user", user.id) for user in self.users[1:]]
        self.groups: dict[tuple[Owner, str], Group] = {}
        self.entries: list[Entry] = []
        self.containers: list[_Container] = []
        self._taken = {"".join(filter(str.isdigit, subject.phone)) for subject in SUBJECTS if subject.phone}
        self._turn = 0
        self._number = 0

    def _pick(self, options: Sequence[str]) -> str:
        return options[self.random.randrange(len(options))]

    def _hex(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def _next_agent(self) -> Owner:
        self._turn += 1
        return self.agents[self._turn % len(self.agents)]

    def _key(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}-{self._number:05d}"

    def _phone(self) -> str:
        while True:
            digits = f"1{self.random.randrange(201, 989)}55501{self.random.randrange(100):02d}"
            if digits not in self._taken:
                return f"+{digits}"

    def add(self, owner: Owner, group: Group, setting: Setting, *, escape_at: bool = False) -> Entry:
        self.groups.setdefault((owner, group.name), group)
        entry = Entry(owner, group, setting, escape_at)
        self.entries.append(entry)
        return entry

    # -- contacts and favorites

    def contact(self, *, email: object = None, phone: object = None, note: str | None = None, name: str | None = None) -> dict[str, Any]:
        """A contact as WWE shows it; without arguments somebody unknown."""
        first, last = name.split(" ", 1) if name else (self._pick(_FIRST.split()), self._pick(_LAST.split()))
        number = self.random.randrange(10_000)
        stranger = email is None and phone is None and note is None
        record: dict[str, Any] = {"id": self._hex()[:16], "type": "Contact", "firstName": first, "lastName": last}
        if stranger or email is not None:
            record["emailAddress"] = email if email is not None else f"{first}.{last}.{number}@example.com".lower()
        if stranger or phone is not None:
            numbers = [{"phoneNumber": phone if phone is not None else self._phone(), "description": "Work"}]
            if self.random.random() < 0.5:
                numbers.insert(self.random.randrange(2), {"phoneNumber": self._phone(), "description": "Mobile"})
            record["phoneNumbers"] = numbers
        if note is not None:
            record["note"] = note
        return record

    def favorite(self, key: str, contact: dict[str, Any], shape: str) -> Setting:
        """The same contact in one of the shapes that a favorite may have."""
        match shape:
            case "flat":
                flat = {name: value for name, value in contact.items() if name not in ("id", "phoneNumbers")}
                for place, number in enumerate(contact.get("phoneNumbers", ())):
                    flat[f"phoneNumber{place or ''}"] = number["phoneNumber"]
                return {"name": key, "category": "External", **flat}
            case "live":
                return {"name": key, "category": "External", **contact}
            case "wrapped":
                return {"name": key, "category": "External", "contact": contact}
            case "json_string":
                return {"name": key, "value": encode(contact)}
            case _unused:
                return {"name": key, "value": encode(contact, escape_at=True)}

    def spelled(self, subject: Subject, spelling: str, value: object) -> dict[str, Any]:
        """A contact that holds the subject in this spelling and nowhere else."""
        if spelling in ("note", "phone_note"):
            return self.contact(note=str(value), name=subject.name)
        if spelling == "object_key":
            return {**self.contact(note="", name=subject.name), "addresses": {str(value): "private"}}
        if spelling in email_spellings(SUBJECTS[0]):
            return self.contact(email=value, name=subject.name)
        return self.contact(phone=value, name=subject.name)

    def spellings(self, subject: Subject) -> Iterator[tuple[str, str, object]]:
        """(identifier, spelling's name, value)."""
        if subject.email:
            yield from ((subject.email, name, value) for name, value in email_spellings(subject).items())
        if subject.phone:
            yield from ((subject.phone, name, number) for name, number in phone_spellings(subject).items())

    # -- what everybody has

    def ordinary(self) -> None:
        for place, owner in enumerate(self.agents):
            self.containers.append(self._recents(owner, "string"))
            if place % 5 == 0:
                self.containers.append(self._history(owner))
            if place % 4 == 1 or len(self.agents) < 4:
                self.containers.append(self._map(owner))
            self.add(owner, TAB, {"name": "url", "value": "https://intranet.example.com/start?tab=1#top"})
            self.add(owner, TAB, {"name": "label", "value": f"{self._pick(_LAST.split())}: übersicht"})
            if place % 3 == 0:
                for operation in ("transfer", "conference"):
                    steps = [{"step": 1, "target": self._pick(_LAST.split())}, {"step": 2, "target": "queue"}]
                    self.add(owner, OPERATIONS, {"operationName": operation, "enabled": True, "steps": steps})
            if place % 4 != 3:
                for _unused in range(2 + place % 5):
                    shape = self._pick(_SHAPES)
                    self.add(owner, FAVORITES, self.favorite(self._key("favorite"), self.contact(), shape))
        for number in range(8):
            self.add(self.contact_center, CORPORATE, self.favorite(f"corporate-{number}", self.contact(), "flat"))
        self.add(self.contact_center, CC_OPTIONS, {"name": "wrap-up", "value": {"seconds": 30}})

    def _recents(self, owner: Owner, shape: str) -> _Container:
        container = _Container(owner, WORKSPACE, "recents", shape, lambda found: {"name": "recents", "value": encode(found)})
        container.elements = [(self.contact(), None) for _unused in range(self.random.randrange(8, 13))]
        return container

    def _history(self, owner: Owner) -> _Container:
        container = _Container(
            owner,
            WORKSPACE,
            "history",
            "nested",
            lambda found: {"name": "history", "value": {"version": 1, "data": {"entries": found}}},
        )
        container.elements = [(self.contact(), None) for _unused in range(self.random.randrange(4, 9))]
        return container

    def _map(self, owner: Owner) -> _Container:
        container = _Container(
            owner,
            FAVORITES_MAP,
            "favorites",
            "map",
            lambda found: {"id": "favorites", "contacts": {one["id"]: one for one in found}},
        )
        container.elements = [(self.contact(), None) for _unused in range(self.random.randrange(3, 8))]
        return container

    # -- subjects and their look-alikes

    def plant(self) -> None:
        everybody = next(container for container in self.containers if container.key == "recents")
        for subject in self.truth.subjects:
            first = subject.identifiers[0]
            self._insert(everybody, subject, first, "lower" if "@" in first else "e164", first)
            for identifier, spelling, value in self.spellings(subject):
                self._plant_record(subject, identifier, spelling, value)
            self._plant_in_containers(subject)
            self._plant_odd(subject)
            self._decoys(subject)
            identifier, value = subject.identifiers[0], subject.identifiers[-1]
            contact = self.spelled(subject, "e164" if value == subject.phone else "lower", value)
            entry = self.add(self.contact_center, CORPORATE, self.favorite(self._key("corporate"), contact, "flat"))
            self.truth.corporate.append(self._mark(subject, value, entry, "flat", "as given"))

    def _mark(self, subject: Subject, identifier: str, entry: Entry, shape: str, spelling: str) -> Planted:
        return Planted(
            subject.ref,
            identifier,
            entry.owner,
            entry.group.name,
            entry.key_value,
            "record",
            shape,
            spelling,
            needs_region=spelling == "national",
        )

    def _plant_record(self, subject: Subject, identifier: str, spelling: str, value: object) -> None:
        contact = self.spelled(subject, spelling, value)
        shape = {"nested_escape": "json_escaped", "json_string": "json_string", "phone_nested": "json_string"}.get(spelling)
        shape = shape or ("flat", "live", "wrapped")[self._number % 3]
        setting = self.favorite(self._key("favorite"), contact, shape)
        entry = self.add(self._next_agent(), FAVORITES, setting, escape_at=spelling == "escaped")
        self.truth.planted.append(self._mark(subject, identifier, entry, shape, spelling))

    def _plant_in_containers(self, subject: Subject) -> None:
        """One element in each sort of container; twice in one list; and together with another subject."""
        chosen = [one for one in self.spellings(subject) if one[1] not in _ONLY_RECORDS]
        for shape in ("string", "nested", "map", "string"):
            found = [container for container in self.containers if container.shape == shape]
            container = found[self.random.randrange(len(found))]
            identifier, spelling, value = chosen[self.random.randrange(len(chosen))]
            self._insert(container, subject, identifier, spelling, value)
        owner = self._next_agent()
        twice = next(one for one in self.containers if one.owner == owner and one.key == "recents")
        value = subject.identifiers[0]
        for _unused in range(2):
            self._insert(twice, subject, value, "lower" if "@" in value else "e164", value)

    def _insert(self, container: _Container, subject: Subject, identifier: str, spelling: str, value: object) -> None:
        mark = (subject.ref, identifier, spelling, spelling == "national")
        place = self.random.randrange(len(container.elements) + 1)
        container.elements.insert(place, (self.spelled(subject, spelling, value), mark))

    def _plant_odd(self, subject: Subject) -> None:
        """The subject in settings with odd names; one is called like the subject; one container holds nobody else."""
        identifier = subject.identifiers[0]
        spelling = "lower" if "@" in identifier else "e164"
        place = self.truth.subjects.index(subject)
        for name in ODD_NAMES[place :: len(self.truth.subjects)]:
            owner = self._next_agent()
            entry = self.add(owner, FAVORITES, self.favorite(name, self.spelled(subject, spelling, identifier), "flat"))
            self.truth.planted.append(self._mark(subject, identifier, entry, "flat", spelling))
            self.truth.odd_names.append((owner, FAVORITES.name, name))
        entry = self.add(self._next_agent(), FAVORITES, {"name": identifier, "firstName": subject.name, "category": "External"})
        self.truth.planted.append(self._mark(subject, identifier, entry, "flat", "setting's name"))
        self.truth.odd_names.append((entry.owner, FAVORITES.name, identifier))
        operation = {"operationName": self._key("call"), "target": {"number": subject.identifiers[-1]}, "enabled": True}
        entry = self.add(self._next_agent(), OPERATIONS, operation)
        last = subject.identifiers[-1]
        self.truth.planted.append(self._mark(subject, last, entry, "custom", "e164" if last == subject.phone else "lower"))
        alone = _Container(self._next_agent(), WORKSPACE, self._key("recents"), "string", lambda found: {})
        key = alone.key
        alone.wrap = lambda found: {"name": key, "value": encode(found)}
        self._insert(alone, subject, identifier, spelling, identifier)
        self.containers.append(alone)

    def _decoys(self, subject: Subject) -> None:
        for why, value in decoy_values(subject):
            contact = self.contact(phone=value) if value.startswith("+") else self.contact(email=value)
            if value.startswith(("order", "https")):
                contact = self.contact(note=value)
            shape = self._pick(_SHAPES)
            owner = self._next_agent()
            entry = self.add(owner, FAVORITES, self.favorite(self._key("favorite"), contact, shape))
            self.truth.decoys.append(Decoy(subject.ref, owner, FAVORITES.name, entry.key_value, why))
        owner = self._next_agent()
        tagged = next(iter(decoy_values(subject)))[1]
        entry = self.add(owner, FAVORITES, {"name": tagged, "category": "External", "firstName": "Jo"})
        self.truth.decoys.append(Decoy(subject.ref, owner, FAVORITES.name, entry.key_value, "setting's name"))

    # -- extras

    def nasty_names(self) -> None:
        for name, subject in zip(NASTY_NAMES, self.truth.subjects, strict=False):
            owner, identifier = self._next_agent(), subject.identifiers[0]
            contact = self.spelled(subject, "lower" if "@" in identifier else "e164", identifier)
            entry = self.add(owner, FAVORITES, self.favorite(name, contact, "flat"))
            self.truth.planted.append(self._mark(subject, identifier, entry, "flat", "as given"))
            self.truth.odd_names.append((owner, FAVORITES.name, name))

    def orphans(self) -> None:
        """An agent who left: the rows stay, the user is gone."""
        owner = Owner("user", self._hex())
        for subject in self.truth.subjects[:3]:
            contact = self.spelled(subject, "lower", subject.identifiers[0])
            entry = self.add(owner, FAVORITES, self.favorite(self._key("favorite"), contact, "flat"))
            self.truth.orphans.append(self._mark(subject, subject.identifiers[0], entry, "flat", "lower"))

    def call_log(self) -> list[tuple[str, str, int]]:
        rows = [(f"call-{number:04d}", self._phone(), self.random.randrange(600)) for number in range(50)]
        for number, subject in enumerate(self.truth.subjects):
            if subject.phone:
                rows.append((f"call-9{number:03d}", subject.phone, 61))
                self.truth.outside.append((subject.ref, f"call-9{number:03d}"))
        return rows

    def finish(self) -> None:
        for container in self.containers:
            self.groups.setdefault((container.owner, container.group.name), container.group)
            self.entries.append(container.entry())
            self.truth.planted.extend(container.planted())
        missing, number = self.wanted - len(self.entries), 0
        while missing > 0:  # options of the workspace, as every agent has them
            for owner in self.agents[:missing]:
                value: object = self._pick(_VALUES) if number % 3 else f"{self._pick(_LAST.split())} {self.random.randrange(10_000)}"
                self.add(owner, WORKSPACE, {"name": f"{self._pick(_OPTIONS)}.{number:04d}", "value": value})
            missing, number = missing - len(self.agents), number + 1


def population(
    agents: int = 200,
    settings: int = 20_000,
    *,
    seed: int = 1,
    subjects: int | Sequence[Subject] = len(SUBJECTS),
    orphans: bool = False,
    outside: bool = False,
    nasty_names: bool = False,
    contact_center: str = CONTACT_CENTER,
) -> Population:
    """Build a population of at least so many settings. Some 40 of them are planted for each subject."""
    chosen = SUBJECTS[:subjects] if isinstance(subjects, int) else subjects
    builder = _Builder(agents, settings, seed, chosen, contact_center)
    builder.ordinary()
    builder.plant()
    if nasty_names:
        builder.nasty_names()
    if orphans:
        builder.orphans()
    call_log = builder.call_log() if outside else []
    builder.finish()
    groups = [(owner, group) for (owner, _unused), group in builder.groups.items()]
    return Population(builder.users, groups, builder.entries, builder.truth, call_log)


def load(layout: Layout, people: Population) -> None:
    """Write a population into freshly created tables of a layout, and the unrelated table when it is wanted."""
    layout.load(people.groups, people.entries)
    if people.call_log:
        table = f'"{layout.keyspace}".call_log'
        layout.session.execute(f"CREATE TABLE IF NOT EXISTS {table} (id text PRIMARY KEY, caller text, seconds int)")
        insert = layout.session.prepare(f"INSERT INTO {table} (id, caller, seconds) VALUES (?, ?, ?)")
        execute_concurrent_with_args(layout.session, insert, people.call_log)


_ONLY_RECORDS = {"escaped", "nested_escape", "json_string", "phone_nested"}
"""Spellings that are made by the way a whole setting is written."""
_SHAPES = ("flat", "live", "wrapped", "json_string", "json_escaped")
_FIRST = (
    "Ada Bo Carla Dmitri Élise Farid Grete Hiro Inés Jamal Katja Liu Mara Nils Olga Pál Quinn Rosa Sven Tariq Uma Vera Wim Xenia Yusuf Zora"
)
_LAST = (
    "Abel Brandt Castro Dvořák Eriksen Fischer Garcia Horváth Ivanov Jensen Kowalski Lambert Moreau "
    "Novak Okafor Petrov Quist Rossi Suzuki Takahashi Ueda Virtanen Weiß Xu Yılmaz Zhang"
)
_OPTIONS = (
    "login.SIP_Switch.voice.1.dn-queue",
    "application.last-layout",
    "###url",
    "view.sort",
    "toast/window",
    "volume",
)
_VALUES = ("main-window", "true", "false", "asc", "1024x768", "", "[]", '{"x":1}')
