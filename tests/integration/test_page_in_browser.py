# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages for people in Chromium: they ask for nothing, fit a phone, and print on two sheets of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.tools.browser import A4, LETTER, NEEDED, Browser, browser, chromium
from tests.unit import report_runs, residue_runs

pytestmark = [pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason=NEEDED)]
REPORTS = {**report_runs.RUNS, "crowded": report_runs.crowded()}
DISKS = {
    **{name: (run, residue_runs.HOSTS) for name, run in residue_runs.RUNS.items()},
    "crowded": (residue_runs.crowded(), residue_runs.MANY),
    "backups": (residue_runs.backups(), residue_runs.MANY),
    "everywhere": (residue_runs.everywhere(), residue_runs.HOSTS),
}
PAGES = {
    **{f"report, {name}": report_runs.page_of(run) for name, run in REPORTS.items()},
    **{f"residue, {name}": residue_runs.page_of(run, hosts=hosts) for name, (run, hosts) in DISKS.items()},
}


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.mark.parametrize("name", PAGES)
def test_page(tab: Browser, name: str) -> None:
    page = PAGES[name]
    for width, phone in ((1100, False), (390, True), (320, True)):
        tab.show(page, width=width, phone=phone)
        assert len(tab.asked) == 1, "the page itself, and nothing else"
        assert tab.complaints == []
        assert tab.value("document.documentElement.scrollWidth") <= width
        sizes = tab.value("[...document.querySelectorAll('p, li, td, th, summary, dd')].map(e => parseFloat(getComputedStyle(e).fontSize))")
        assert min(sizes) >= 12
    first_screen = "document.querySelector('h1').getBoundingClientRect()"
    assert tab.value(f"{first_screen}.bottom") < 500, "the verdict is seen without scrolling"
    tab.show(page, width=1100)
    for paper in (A4, LETTER):
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", tab.pdf(paper))) <= 2


def test_a_page_that_asks_for_something_is_caught(tab: Browser) -> None:
    """The test can fail."""
    tab.show("<h1>x</h1><img src='https://example.invalid/x.png'><p style='width: 2000px'>x</p>" + "<p>x</p>" * 300, width=390, phone=True)
    assert len(tab.asked) == 2
    assert tab.value("document.documentElement.scrollWidth") > 390
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", tab.pdf(A4))) > 2
