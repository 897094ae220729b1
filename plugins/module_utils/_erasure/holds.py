# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Legal holds: data that is never touched. Pure, no I/O.

A hold is a text: a resource (``/users/{id}/settings/{group}/{key}`` or a parent of it, as a path or a URL), an identifier (e-mail, phone), an owner
(user id or any name of a user), or any other text, which holds every record that contains it, and the group, key or owner with that name. A hold may
match too much, never too little: possible matches of an identifier count, and everything is compared in one canonical form.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.json_tree import text_of
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.one_identifier import fault_of_file_name, fault_of_placeholder
from ansible_collections.genesys.gws.plugins.module_utils._core.people import identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold, readings
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    MATCH_CONTAINS,
    MATCH_EXACT,
    Subject,
    Subjects,
    parse_subjects,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.text_names import is_full_name

ME = "me"
_SHORT = 3  # characters; a shorter text must match a whole word
_LOOKS_LIKE_PATH = re.compile(
    r"(?:[a-z][a-z0-9+.\-]*:)?/|[^/\s@]*/?(?:api/v[0-9]+|internal-api)(?:/|$)|(?:users|me|settings)/", re.IGNORECASE
)
_BEFORE_PATH = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?//[^/]*", re.IGNORECASE)
_API = re.compile(r"(?:^|.*?/)(?:api/v[0-9]+|internal-api)(?:/|$)", re.IGNORECASE)
_ENCODED_SLASH = re.compile(r"(?:users|me|settings)?%(?:25)*2f", re.IGNORECASE)
_METHOD = re.compile(r"(?:GET|PUT|POST|DELETE|PATCH|HEAD)\s+")  # of a line of a log
_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[1-9][0-9\s()\[\].\-/]{6,}")  # possibly an international number without its plus
_URI_HOST = re.compile(r"(?<=[0-9])@.*", re.DOTALL)  # of a number in a SIP URI
_WORD = re.compile(r"\w+")
_SEPARATORS = re.compile(r"[,;|\n]")
_LIST = re.compile(r"[\[{]|- ")
_FEWEST_DIGITS = 6  # of a phone number
_WILDCARD = re.compile(r"(?:^|/)users/[*?]+(?:/|$)|/\*+(?:/|$)", re.IGNORECASE)
_MAX_DECODINGS = 5


@dataclasses.dataclass(frozen=True)
class Resource:
    """A place in GWS in canonical form. ``owner``: a user, ``me``, or '' for the contact centre.

    ``tails`` are the possible readings of the part behind ``settings``: group and key separated by a slash, '' for all groups.
    """

    owner: str
    tails: tuple[str, ...]

    def has(self, tail: str) -> bool:
        """Whether the part behind ``settings`` is this one, or lies below it."""
        return any(not own or tail == own or tail.startswith(own + "/") for own in self.tails)


class Holds:
    """All holds of a run, and which of them have matched. Holds are numbered from 1, as in the option."""

    def __init__(
        self, texts: t.Sequence[str], resources: t.Mapping[int, Resource], people: t.Sequence[tuple[int, Subject]], region: str | None
    ) -> None:
        self.given = len(texts)
        self._met: set[int] = set()
        self._resources = resources
        self._names: dict[str, set[int]] = {}
        self._names_without_domain: dict[str, set[int]] = {}
        self._users: dict[str, tuple[str, ...]] = {}
        self._ids: dict[str, set[str]] = {}
        self._positions = [position for position, _subject in people]
        self._full_names: list[tuple[int, frozenset[str]]] = []
        empty = parse_subjects(search=None, subjects=None, region=region, match=MATCH_EXACT, min_length=1, mandatory=False)
        self._matcher = Matcher(dataclasses.replace(empty, subjects=tuple(subject for _position, subject in people)), region)
        for position, text in enumerate(texts, 1):
            if position not in resources:
                if is_full_name(text.title()):  # a name may be given in lower case
                    self._full_names.append((position, frozenset(_words(text))))
                for name in _forms(text):
                    self._names.setdefault(name, set()).add(position)
                if _without_domain(text):
                    self._names_without_domain.setdefault(_without_domain(text), set()).add(position)

    @property
    def effective(self) -> int:
        """The number of holds that have matched something."""
        return len(self._met)

    @property
    def unmet(self) -> list[int]:
        """The positions of the holds that have matched nothing."""
        return sorted(set(range(1, self.given + 1)) - self._met)

    def learn_user(self, user_id: str, names: t.Iterable[str], *, is_me: bool = False) -> None:
        """Names by which a hold may name a user: the login name, the address … ``is_me``: it is the user of this run."""
        names = tuple(names)
        self._users[_canonical_name(user_id)] = names
        for name in names:
            for form in _forms(name):
                self._ids.setdefault(form, set()).add(_canonical_name(user_id))
        if is_me:
            self._users[ME] = (user_id, *names)

    def cover_owner(self, names: t.Iterable[str]) -> bool:
        """Whether an owner is held, by id or by any name."""
        if not self.given:
            return False
        return self._note(position for name in self._all_names(names) for position in self._named(name))

    def cover_path(self, path: str, owners: t.Iterable[str] = ()) -> bool:
        """Whether a resource, or a parent of it, is held. ``owners`` are the names of its owner."""
        place = _resource(path) if self.given else None
        if place is None:
            return False
        tail = place.tails[0]
        names = [*tail.split("/"), tail, tail.partition("/")[2]]
        named = {position for name in names if name for position in self._names.get(name, ())}
        all_owners = {form for name in self._all_names((*owners, place.owner)) for form in (*_forms(name), _without_domain(name))} - {""}
        for position, held in self._resources.items():
            if held.has(tail) and self._is_owner(held.owner, place.owner, all_owners):
                named.add(position)
        return self._note(named)

    def cover_value(self, value: t.Any) -> bool:
        """Whether a record has a held identifier or text, or all the words of a held name, in one field or in several."""
        if not self.given:
            return False
        met = {self._positions[hit.subject] for hit in self._matcher.in_value(value)}
        if self._full_names:
            words = set(_words(readings(text_of(value)).addresses))
            met |= {position for position, name in self._full_names if name <= words}
        return self._note(met)

    def cover_names(self, names: t.Iterable[str]) -> bool:
        """Whether a row is held, of which only the texts are known that may name its owner, group and key, in any order."""
        if not self.given:
            return False
        texts = [fold(name) for name in self._all_names(names)]
        bare = [_canonical_name(text) for text in texts]
        met = {position for text in texts for position in self._named(text)}
        met |= {position for name, held_by in self._names.items() if any(_mentions(text, name) for text in texts) for position in held_by}
        for position, held in self._resources.items():
            owners = {
                held.owner,
                _without_domain(held.owner),
                *map(fold, self._users.get(held.owner, ())),
                *self._ids.get(held.owner, ()),
            } - {"", ME}
            is_owner = not owners or any(_mentions(text, owner) for owner in owners for text in (*texts, *bare))
            if is_owner and any(
                all(any(_mentions(text, part) for text in texts) for part in tail.split("/") if part) for tail in held.tails
            ):
                met.add(position)
        return self._note(met)

    def _is_owner(self, held: str, owner: str, names: t.Collection[str]) -> bool:
        if not held or not owner:
            return held == owner
        if held == ME:
            mine = {form for name in self._users.get(ME, ()) for form in _forms(name)}
            return owner == ME or bool(mine & set(names))
        without_domain = _without_domain(held)
        return held in names or (bool(without_domain) and without_domain in names)

    def _all_names(self, names: t.Iterable[str]) -> list[str]:
        given = [name for name in names if name.strip()]
        return [*given, *(known for name in given for known in self._users.get(_canonical_name(name), ()) if known.strip())]

    def _named(self, name: str) -> set[int]:
        """The holds that are this name; a name without a domain matches every domain."""
        found = {position for form in _forms(name) for position in self._names.get(form, ())}
        without_domain = _without_domain(name)
        return found | (
            self._names.get(without_domain, set()) if without_domain else self._names_without_domain.get(_canonical_name(name), set())
        )

    def _note(self, met: t.Iterable[int]) -> bool:
        positions = set(met)
        self._met.update(positions)  # called by several threads
        return bool(positions)


def parse_holds(raw: t.Any, *, region: str | None) -> Holds:
    """Parse the option. :raises InputError: with the position of a hold that can't be understood."""
    if raw is None:
        raw = []
    if isinstance(raw, str):
        if is_list_in_a_text(raw):
            raise InputError("bad_holds", "holds has several entries in one string: use a list.")
        raw = [raw]
    if not isinstance(raw, (list, tuple)):
        raise InputError("bad_holds", "holds must be a list of strings.")
    texts: list[str] = []
    resources: dict[int, Resource] = {}
    people: list[tuple[int, Subject]] = []
    for position, hold in enumerate(raw, 1):
        where = f"holds[{position}]"
        if not isinstance(hold, str):  # YAML reads 03023125042 as octal: it would hold nobody
            raise InputError(
                "bad_holds", f"{where} is not a string: use an identifier, a user id or name, or a path like /users/ID/settings/GROUP/KEY."
            )
        text = hold.strip()
        request = _METHOD.match(text)
        if request and _LOOKS_LIKE_PATH.match(text, request.end()):
            text = text[request.end() :]
        if not text:
            raise InputError("bad_holds", f"{where} is blank: remove it, or fill it in.")
        if fault := fault_of_placeholder(text):
            raise InputError("bad_holds", f"{where} {fault}.")
        texts.append(text)
        if _LOOKS_LIKE_PATH.match(text) or _ENCODED_SLASH.match(text) or re.match(r"https?%(?:25)*3a", text, re.IGNORECASE):
            if _WILDCARD.search(text):
                raise InputError(
                    "bad_holds",
                    f"{where} has a wildcard in its path, which holds do not support: use the name of the group alone, /users/ID, or /users/ID/settings/GROUP.",
                )
            resource = _resource(text)
            if resource is None:
                raise InputError(
                    "bad_holds",
                    f"{where} is a path or an address that names no user and no settings: use /users/ID, /users/ID/settings/GROUP, "
                    "/users/ID/settings/GROUP/KEY, or /settings/GROUP/KEY.",
                )
            resources[position] = resource
        elif fault := fault_of_file_name(text):
            raise InputError("bad_holds", f"{where} {fault}, or the path of a setting that has this name.")
        else:
            people.extend((position, subject) for subject in _people(text, region))
    return Holds(texts, resources, people, region)


def is_list_in_a_text(text: str) -> bool:
    """Whether a text that should be one hold is a list of names or paths: as one hold it would match nothing. Addresses and numbers in it would match."""
    text = text.strip()
    parts = [part for part in _SEPARATORS.split(text) if part.strip()]
    if (len(parts) < 2 and not _LIST.match(text)) or (_LOOKS_LIKE_PATH.match(text) and "\n" not in text):
        return False
    return not all("@" in part or len(digits_of(part)) >= _FEWEST_DIGITS for part in parts)


def _people(text: str, region: str | None) -> t.Iterator[Subject]:
    """The subjects to match for a text: an identifier, in the region and in any country, or otherwise a part of any text. Identifiers inside the
    text count as well: in quotation marks, in a URI, or several of them.
    """
    is_identifier = "@" in text or any(char.isdigit() for char in text)
    match = MATCH_EXACT if is_identifier or len(text) < _SHORT else MATCH_CONTAINS
    inside = [_URI_HOST.sub("", spelled) for spelled in identifiers_in(text).values()] if is_identifier else []
    spellings = dict.fromkeys([text, *inside])
    ways = [(spelled, one_region) for spelled in spellings for one_region in (region, None)]
    ways += [(f"+{digits_of(spelled)}", None) for spelled in spellings if _NUMBER.fullmatch(spelled)]
    seen: list[tuple[t.Any, ...]] = []
    for spelled, one_region in dict.fromkeys(ways):
        try:
            parsed = _subjects(spelled, one_region, match)
        except InputError:  # contains @ but is not an address
            parsed = _subjects(spelled, None, MATCH_CONTAINS)
        for subject in parsed.subjects:
            if subject.identifiers not in seen:
                seen.append(subject.identifiers)
                yield subject


def _subjects(text: str, region: str | None, match: str) -> Subjects:
    return parse_subjects(
        search=None, subjects=[{"ref": "", "identifiers": [text]}], region=region, match=match, min_length=1, any_text=True
    )


def _resource(text: str) -> Resource | None:
    """The resource of a path or a URL in any notation; None if it names no user and no settings."""
    for _layer in range(_MAX_DECODINGS):
        if "/" in text or "%" not in text:
            break
        text = urllib.parse.unquote(text)
    found = _BEFORE_PATH.match(text)
    is_url = found is not None and "://" in found.group()
    path = text[found.end() :] if found and (is_url or _API.match(text)) else text
    api = _API.match(path)
    if api:
        path = path[api.end() :]
    segments = path.strip("/").split("/")
    kind = fold(_decoded(segments[0].partition("?")[0]))
    if kind == "settings":
        owner, rest = "", segments[1:]
    elif kind == ME:
        owner, rest = ME, segments[1:]
    elif kind == "users" and len(segments) > 1 and (name := _canonical_name(_decoded(segments[1].partition("?")[0]))):
        owner, rest = name, segments[2:]
    else:
        return None
    if owner and rest:
        if fold(_decoded(rest[0].partition("?")[0])) != "settings":
            return None
        rest = rest[1:]
    whole = "/".join(rest)
    readings = [whole, whole.partition("?")[0]] + ([whole.partition("#")[0]] if is_url else [])
    tails = dict.fromkeys(_tail(reading) for reading in readings)
    return Resource(owner, tuple(tail for tail in tails if tail) or ("",))


def _tail(path: str) -> str:
    return re.sub("/+", "/", fold("/".join(map(_decoded, path.split("/"))))).strip("/")


def _decoded(part: str) -> str:
    """A part of a path without percent encoding, even if it was encoded more than once."""
    for _layer in range(_MAX_DECODINGS):
        decoded = urllib.parse.unquote(part)
        if decoded == part:
            break
        part = decoded
    return part


def _canonical_name(name: str) -> str:
    """A name in the form in which it is compared: an id without dashes, braces and prefix, any other name case-folded."""
    folded = fold(name).strip()
    bare = re.sub(r"[{}\-\s]", "", folded.removeprefix("urn:uuid:"))
    return bare if _ID.fullmatch(bare) else folded


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _forms(name: str) -> set[str]:
    return {fold(name).strip(), _canonical_name(name)} - {""}


def _without_domain(name: str) -> str:
    """The login name in ``domain\\user`` and ``user@domain``; '' for one without a domain."""
    folded = fold(name).strip()
    domain, backslash, user = folded.rpartition("\\")
    if not backslash or not domain:
        user, at, domain = folded.rpartition("@")
        if not at or not domain:
            return ""
    return user.strip()


def _mentions(text: str, part: str) -> bool:
    """Whether a text has a part as a whole word."""
    return part in text and re.search(r"(?<!\w)" + re.escape(part) + r"(?!\w)", text) is not None
