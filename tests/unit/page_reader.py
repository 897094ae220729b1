# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page for people, read without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

EMPTY = {"meta", "path", "circle"}


class Page(HTMLParser):
    """The texts of a page by the heading above them, its attributes, and whether each element is closed by the one that opened it."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.parts: dict[str, list[str]] = {"": []}
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self._open.append(tag)
        if tag in ("h1", "h2"):
            self.parts[""] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or "style" in self._open:
            return
        if self._open[-1] in ("h1", "h2"):
            self.parts[text] = []
        else:
            list(self.parts.values())[-1].append(text)

    def under(self, heading: str) -> str:
        return " ".join(self.parts[heading])


def stands_alone(content: str) -> None:
    """Assert that a page is one file that fetches nothing and runs nothing."""
    page = Page(content)
    tags = set(re.findall(r"<(\w+)", content))
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"}
    assert not {name for _tag, name, _value in page.attributes} & {"src", "href", "srcset", "action", "background"}
    assert not [name for _tag, name, _value in page.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?:", content)
    assert "default-src 'none'" in content
