# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Detects unknown variables, which are probably misspelled. Pure, no I/O; names only, never a value."""

from __future__ import annotations

import collections
import difflib
import re
import typing as t

from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import (
    OF_PURGE,
    OF_RESIDUE,
    OPTIONS,
    OTHER_NAMES,
    PREDECESSOR,
    PREFIX,
    Kind,
)

VARIABLES = frozenset(option.variable for option in OPTIONS) | frozenset(OF_RESIDUE)
# Without the prefix: somebody meant the role's variable. Names that the predecessor has as well mean what it means by them.
_BARE = {option.name: option.variable for option in OPTIONS if option.name not in PREDECESSOR and option.name not in OTHER_NAMES}
_OF_PEOPLE = frozenset(option.variable for option in OPTIONS if option.kind is Kind.IDENTIFIERS or option.name == "subjects_file")
_BARE_OF_RESIDUE = {name[len(PREFIX) :]: name for name in (*OF_RESIDUE, *OF_PURGE)}
_BARE_ALL = {option.name: option.variable for option in OPTIONS} | _BARE_OF_RESIDUE
_NEAR_VARIABLE, _NEAR_PREDECESSOR, _NEAR_BARE = 0.6, 0.78, 0.86
# What AWX and others tell each of their jobs about itself is no misspelling: awx_user_name is nearly gws_username.
_OF_OTHERS = ("__", "ansible_", "awx_", "molecule_", "semaphore_", "tower_")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def faults_of_names(
    names: t.Iterable[str],
    extra_names: t.Iterable[str],
    *,
    of_predecessor: bool,
    of_residue: bool = False,
    call_names: t.Iterable[str] = (),
) -> list[str]:
    """What is wrong with the names of variables.

    :param names: of all variables that a host has, wherever they come from.
    :param extra_names: of the extra variables (``-e``, a survey).
    :param of_predecessor: whether extra variables without our prefix are ours to judge, because the collection's own playbook runs.
    :param of_residue: whether that is the playbook residue.
    :param call_names: of the variables that are given to the role where it is called, or to the playbook where it is imported: ours to judge.
    """
    faults = []
    extra, called_with = frozenset(extra_names), frozenset(call_names)
    for name in sorted(frozenset(names) | extra | called_with):
        folded = _folded(name)
        if name in VARIABLES or name in OTHER_NAMES or (of_residue and name in OF_PURGE):
            continue
        is_ours = (of_predecessor and name in extra) or name in called_with
        if folded.startswith(PREFIX):
            faults.append(_unknown(name, _nearest(folded[len(PREFIX) :], _BARE_ALL, _NEAR_VARIABLE)))
        elif is_ours and name in PREDECESSOR:
            if name not in extra and PREDECESSOR[name] not in called_with:
                faults.append(f"{name} counts only as an extra variable (-e) of the playbook: use {PREDECESSOR[name]}")
        elif is_ours and not folded.startswith(_OF_OTHERS):
            nearest = _nearest_of_all(folded, of_residue=of_residue)
            if nearest and nearest not in called_with:  # which somebody may make of it
                faults.append(_unknown(name, nearest))
    return faults


def _nearest_of_all(folded: str, *, of_residue: bool) -> str:
    """What a name without the prefix was most likely meant to be; '' for somebody else's."""
    bare = {**_BARE, **(_BARE_OF_RESIDUE if of_residue else {})}
    known = {**{one: one for one in (*PREDECESSOR, *VARIABLES)}, **dict.fromkeys(OTHER_NAMES, "")}
    return bare.get(folded) or _nearest(folded, known, _NEAR_PREDECESSOR) or _nearest(folded, bare, _NEAR_BARE)


def faults_of_command_line(given: t.Iterable[str], repeated: t.Iterable[str], *, left_over: bool) -> list[str]:
    """What was given with ``-e`` and would not count.

    :param given: the names, each as often as it was given.
    :param repeated: the names of those with a repeated field.
    :param left_over: whether there was something that is no variable.
    """
    faults = []
    if left_over:
        faults.append(
            "a part of what -e sets is not a variable, most likely because a value with spaces is not in quotes: write -e 'name=\"a value\"', "
            "or use a file: -e @request.yml"
        )
    counts = collections.Counter(given)
    for name in sorted(counts):
        if counts[name] > 1 and PREDECESSOR.get(name, name) in _OF_PEOPLE:
            faults.append(f"{name} is given {counts[name]} times, and only the last one would count: use one list")
    for name in sorted(set(repeated)):
        if PREDECESSOR.get(name, name) in _OF_PEOPLE:
            faults.append(f"{name} repeats a field in one entry, and only the last one would count: use one list")
    return faults


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").lstrip("_") if not name.startswith("__" + PREFIX) else name


def _nearest(name: str, known: t.Mapping[str, str], cutoff: float) -> str:
    """What the known name that is nearest to this one stands for; '' when none is near."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=cutoff)
    return known[found[0]] if found else ""


def _unknown(name: str, nearest: str) -> str:
    # A name is shown when it is a name: somebody may have written the person there.
    shown = name if _NAME.fullmatch(name) and sum(char.isdigit() for char in name) < 5 else "a variable that starts with forget_me_"
    return f"{shown} is not a known variable" + (f" (did you mean {nearest}?)" if nearest else "")
