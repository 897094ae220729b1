# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal survives a kill at any byte, and tells which runs were killed."""

from __future__ import annotations

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._erasure import journal
from ansible_collections.genesys.gws.plugins.module_utils._erasure.journal import JournalState

STORY = [("one", "started"), ("one", "ended"), ("two", "started"), ("two", "ended"), ("three", "started"), ("three", "sent")]
LINES = [journal.line(run, 1.5, what) for run, what in STORY]


def test_what_it_tells() -> None:
    journal_state = journal.read(b"".join(LINES))
    assert journal_state == JournalState(frozenset(("one", "two", "three")), frozenset(("three",)))
    assert journal.read(b"") == JournalState()
    assert journal.read(b"".join([*LINES, journal.line("four", 2.0, "refused")])).refused


def test_cut_at_any_byte() -> None:
    """What is told is what the whole lines before the cut tell: never more, never less."""
    content = b"".join(LINES)
    for length in range(len(content) + 1):
        whole = content[:length].count(b"\n")
        assert journal.read(content[:length]) == journal.read(b"".join(LINES[:whole]))


@pytest.mark.parametrize("rubbish", [b"\n", b"null\n", b"[]\n", b"{}\n", b"\xff\xfe\n", b'"x"\n', b'{"run": 1}\n', b'{"run": "x", "wh'])
def test_lines_that_are_none_are_passed_over(rubbish: bytes) -> None:
    """A run that goes on behind a cut line begins with a line end."""
    joined = rubbish if rubbish.endswith(b"\n") else rubbish + b"\n"
    assert journal.read(LINES[0] + joined + b"".join(LINES[1:])) == journal.read(b"".join(LINES))
