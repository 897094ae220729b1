# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Which setting explains which row: one to one, or not at all. Pure, no I/O.

A row is *explained* by a setting that the API shows when it names that setting: its owner, its group and its key. Layouts are unknown, so the table
itself shows how much of that its rows can name: **whatever some row of a table names, each of its rows must name.** A row may hold several
settings (a document), so each occurrence of the person in it is checked separately, and a row is explained if all its occurrences are. A row that is
not explained is one of the following, in this order:

* ``outside``: the row is in a table that names no settings group and no setting;
* ``orphaned``: it names an owner whom GWS does not know;
* ``unresolved``: anything else. The owner is known and the API does not show the setting, or nobody can tell who the owner is. It is never good.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import itertools
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow
from ansible_collections.genesys.gws.plugins.module_utils._erasure.directory import Directory, Name, Tokens, tokens_of

# Groups in which Workspace keeps contacts, known from its documentation; they identify a table of settings if the API shows none.
WELL_KNOWN_GROUPS = ("interaction-workspace", "interaction-workspace-personal-favorites")

_CENTRE = ""  # the owner of the contact centre's settings, as in Scope


class FindingClass(enum.Enum):
    """What a finding turned out to be."""

    EXPLAINED = "explained"  # the API shows it; the verdict of the setting decides
    ORPHANED = "orphaned"
    OUTSIDE = "outside"
    UNRESOLVED = "unresolved"


@dataclasses.dataclass(frozen=True)
class ShownSetting:
    """A setting that the API shows. ``owner`` is the id of a user, or '' for the contact centre; ``certainty`` of each subject seen in it, by ref.

    ``key`` is None when the setting has none. ``key_is_personal``: it holds an identifier of the person, which stands in rows of any kind.
    """

    owner: str
    group: Name
    key: Name | None
    key_is_personal: bool
    certainty: t.Mapping[str, Certainty]


Place = tuple[int, str]
"""Where a row names its owner: (the number of the key column, its name), (_OTHERS, another column), (_ON_THE_WAY, '')."""

_OTHERS = 1000
_ON_THE_WAY = 2000


@dataclasses.dataclass(frozen=True)
class _Occurrence:
    """A place in a row where a subject was found."""

    finding: Finding
    names: frozenset[str]  # in other columns, and in the JSON path
    way: frozenset[str]

    @property
    def row(self) -> NamedRow:
        return self.finding.named


@dataclasses.dataclass(frozen=True)
class _Match:
    """A setting that an occurrence may stand for. ``features``: what the row names of it, apart from the owner."""

    setting: int
    place: Place
    features: frozenset[str]

    @property
    def is_full(self) -> bool:
        return "key" in self.features


class _Columns:
    """The key columns of a row, analysed once."""

    def __init__(self, row: NamedRow, directory: Directory) -> None:
        self.readings = [(column, [tokens_of(reading) for reading in readings]) for column, readings in row.keys]
        self.owners: dict[str, list[Place]] = collections.defaultdict(list)
        self.personal: dict[str, list[Place]] = collections.defaultdict(list)
        self.groups: set[str] = set()
        self._neutral: dict[Tokens, frozenset[int]] = {}
        for number, (column, readings) in enumerate(self.readings):
            for tokens in readings:
                for names, index in ((self.owners, directory.owners), (self.personal, directory.personal)):
                    for _start, _end, owner in index.find(tokens):
                        names[owner].append((number, column))
                self.groups.update(group for _start, _end, group in directory.groups.find(tokens))
                spans = itertools.chain(directory.owners.find(tokens), directory.personal.find(tokens), directory.neutral.find(tokens))
                accounted = {place for start, end, _label in spans for place in range(start, end)}
                accounted.update(place for place, token in enumerate(tokens) if not token[0].isalnum())
                self._neutral[tokens] = frozenset(accounted)

    def names(self, name: Name) -> bool:
        """Whether a key column contains a name."""
        return any(_positions(name.tokens, tokens) for _column, readings in self.readings for tokens in readings)

    def covered(self, group: Name, key: Name | None) -> frozenset[str]:
        """The columns in which every word belongs to an owner, the group or the key: each of these two may account for one place at most."""
        return frozenset(column for column, readings in self.readings if any(self._is_covered(tokens, group, key) for tokens in readings))

    def _is_covered(self, tokens: Tokens, group: Name, key: Name | None) -> bool:
        rest = set(range(len(tokens))) - self._neutral[tokens]
        if not rest:
            return True
        groups = [set(), *(set(range(at, at + len(group.tokens))) for at in _positions(group.tokens, tokens))]
        keys = [set(), *(set(range(at, at + len(key.tokens))) for at in _positions(key.tokens, tokens))] if key else [set()]
        return any(not rest - one - other for one in groups for other in keys if not one & other)


def _positions(name: Tokens, tokens: Tokens) -> list[int]:
    return [start for start in range(len(tokens) - len(name) + 1) if tokens[start : start + len(name)] == name] if name else []


class Explanations:
    """The classes of findings, and the settings without a row."""

    def __init__(self, findings: t.Sequence[Finding], settings: t.Sequence[ShownSetting], directory: Directory) -> None:
        self._settings = settings
        self._directory = directory
        self._of_owner: dict[tuple[str, str], list[int]] = collections.defaultdict(list)
        for number, setting in enumerate(settings):
            for subject in setting.certainty:
                self._of_owner[subject, setting.owner].append(number)
        self._columns = {id(finding): _Columns(finding.named, directory) for finding in findings}
        spots = [
            _Occurrence(finding, _beside(finding) | way, way) for finding in findings for way in (finding.named.places or (frozenset(),))
        ]
        matches = {id(spot): self._matches(spot) for spot in spots}
        self._places = _owner_places(spots, matches)
        explained = _one_to_one(spots, _full_matches(spots, matches))
        tables = self._settings_tables(spots, matches)
        classes: dict[int, set[FindingClass]] = collections.defaultdict(set)
        for spot in spots:
            is_explained = bool(explained[id(spot)]) and not spot.row.is_cut
            classes[id(spot.finding)].add(FindingClass.EXPLAINED if is_explained else self._class_of(spot, tables))
        self.classes = tuple((finding, _class_of_row(classes[id(finding)])) for finding in findings)
        self.with_row = frozenset(match.setting for found in explained.values() for match in found)

    # Candidates for the owner and the setting of a row

    def _matches(self, spot: _Occurrence) -> list[_Match]:
        """The settings of the owners whom the row names, unless group or key contradict."""
        found = [
            self._match(spot, number, place)
            for owner, place in self._owners_of(spot)
            for number in self._of_owner.get((spot.finding.subject, owner), ())
        ]
        columns = self._columns[id(spot.finding)]
        for owner, places in columns.personal.items():
            for number in self._of_owner.get((spot.finding.subject, owner), ()):
                match = self._match(spot, number, places[0])
                found.append(match if match is not None and {"group", "key"} <= match.features else None)
        return [match for match in found if match is not None]

    def _owners_of(self, spot: _Occurrence) -> list[tuple[str, Place]]:
        """The owners whom the row names, and where: in the key columns, otherwise in other columns, otherwise in the JSON path."""
        in_keys = self._columns[id(spot.finding)].owners
        users = [(owner, place) for owner, places in in_keys.items() if owner != _CENTRE for place in places[:1]]
        if users:
            return users
        owners = self._directory.owners.by_whole
        for number, (column, names) in enumerate(spot.row.others):
            users.extend((owners[name], (_OTHERS + number, column)) for name in names if owners.get(name, _CENTRE) != _CENTRE)
        if not users:
            users = [(owners[name], (_ON_THE_WAY, "")) for name in spot.way if owners.get(name, _CENTRE) != _CENTRE]
        return users + [(_CENTRE, place) for place in in_keys.get(_CENTRE, ())[-1:]]

    def _match(self, spot: _Occurrence, number: int, place: Place) -> _Match | None:
        setting = self._settings[number]
        if setting.certainty[spot.finding.subject] < Certainty[spot.finding.certainty.upper()]:
            return None  # the row holds more of the person than the setting
        columns = self._columns[id(spot.finding)]
        features: set[str] = set()
        if setting.group.whole in spot.names or columns.names(setting.group):
            features.add("group")
        elif columns.groups or not self._directory.groups.by_whole.keys().isdisjoint(spot.names):
            return None  # another group
        names_key = setting.key is not None and (setting.key.whole in spot.names or columns.names(setting.key))
        if names_key and ("group" in features or not setting.key_is_personal):  # an identifier occurs in rows of any table
            features.add("key")
        covered = columns.covered(setting.group, setting.key)
        if setting.owner == _CENTRE and ("key" not in features or len(covered) < len(columns.readings)):
            return None  # a part of its key is not explained: it may be a user
        return _Match(number, place, frozenset(features) | {"column " + column for column in covered})

    # Rows that no setting explains

    def _settings_tables(self, spots: t.Sequence[_Occurrence], matches: t.Mapping[int, t.Sequence[_Match]]) -> set[str]:
        """The tables in which some row names a group, or a setting of the owner whom it names."""
        groups = self._directory.groups.by_whole.keys()
        return {
            spot.finding.table
            for spot in spots
            if self._columns[id(spot.finding)].groups
            or not groups.isdisjoint(spot.names)
            or any(match.features & {"group", "key"} for match in matches[id(spot)])
        }

    def _class_of(self, spot: _Occurrence, settings_tables: set[str]) -> FindingClass:
        if spot.finding.table not in settings_tables:
            return FindingClass.OUTSIDE
        return FindingClass.ORPHANED if self._is_orphaned(spot) and not spot.row.is_cut else FindingClass.UNRESOLVED

    def _is_orphaned(self, spot: _Occurrence) -> bool:
        """Whether the owner is really unknown: where the table names its owners, there is an id that GWS does not know, and no known one. A number
        or a short name may belong to somebody whom GWS knows by another name.
        """
        columns = self._columns[id(spot.finding)]
        if columns.personal or any(owner != _CENTRE for owner in columns.owners):
            return False
        kind, place = self._places.get(spot.finding.table, (-1, ""))
        in_keys = {column: [token for tokens in readings for token in tokens] for column, readings in columns.readings}
        if 0 <= kind < _OTHERS:
            return self._has_unknown_id(spot, in_keys[place])
        beside = [name for _column, names in spot.row.others for name in names]
        if any(self._directory.owners.by_whole.get(name, _CENTRE) != _CENTRE for name in beside):
            return False
        if kind == -1 and self._has_unknown_id(spot, itertools.chain(*in_keys.values())):
            return True
        return self._has_unknown_id(spot, beside)

    def _has_unknown_id(self, spot: _Occurrence, names: t.Iterable[str]) -> bool:
        known = self._directory
        return any(name in spot.row.ids and name not in known.owners.by_whole and name not in known.known_words for name in names)


def _beside(finding: Finding) -> frozenset[str]:
    return frozenset().union(*(names for _column, names in finding.named.others))


def _class_of_row(classes: set[FindingClass]) -> FindingClass:
    """The class of a row, from the classes of its occurrences."""
    return next(iter(classes)) if len(classes) == 1 else FindingClass.UNRESOLVED


def _owner_places(spots: t.Sequence[_Occurrence], matches: t.Mapping[int, t.Sequence[_Match]]) -> dict[str, Place]:
    """Where each table names its owners: the first place that names an owner whose setting the row names, too."""
    places: dict[str, Place] = {}
    for is_full in (True, False):
        found: dict[str, Place] = {}
        for spot in spots:
            for match in matches[id(spot)]:
                if match.is_full is is_full:
                    found[spot.finding.table] = min(found.get(spot.finding.table, match.place), match.place)
        places = {**found, **places}
    return places


def _full_matches(spots: t.Sequence[_Occurrence], matches: t.Mapping[int, t.Sequence[_Match]]) -> dict[int, list[_Match]]:
    """The matches that name everything that some row of the table names, with the owner where the table names its owners."""
    places = _owner_places(spots, matches)
    required: dict[str, frozenset[str]] = collections.defaultdict(frozenset)
    for spot in spots:
        for match in matches[id(spot)]:
            if match.place == places[spot.finding.table]:
                required[spot.finding.table] |= match.features
    return {
        id(spot): [
            match
            for match in matches[id(spot)]
            if match.place == places[spot.finding.table] and match.features >= required[spot.finding.table]
        ]
        for spot in spots
    }


def _one_to_one(spots: t.Sequence[_Occurrence], matches: t.Mapping[int, t.Sequence[_Match]]) -> dict[int, list[_Match]]:
    """If a table names no keys, a setting explains one row, and none if another table names it with its key."""
    named = {match.setting for found in matches.values() for match in found if match.is_full}
    taken: dict[tuple[str, int], str] = {}
    kept: dict[int, list[_Match]] = {}
    for spot in spots:
        kept[id(spot)] = [match for match in matches[id(spot)] if match.is_full]
        for match in matches[id(spot)]:
            place = (spot.finding.table, match.setting)
            if not match.is_full and match.setting not in named and taken.setdefault(place, spot.finding.row) == spot.finding.row:
                kept[id(spot)].append(match)
                break
    return kept
