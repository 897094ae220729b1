# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Names of SSTable components, of all versions from 2.0 on. Pure, no I/O.

``nb-12-big-Data.db``, ``da-3gdm_1b8i_2uo1c2j-bti-Data.db``; up to 2.1 ``keyspace-table-ka-12-Data.db``; up to 3.x with ``tmp`` while it is written.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

DATA, INDEX, SUMMARY, STATISTICS = "Data.db", "Index.db", "Summary.db", "Statistics.db"
COMPRESSION_INFO, CHECKSUMS, TOC = "CompressionInfo.db", "CRC.db", "TOC.txt"

_PRESENT = re.compile(r"(?P<tmp>tmp-|tmplink-)?(?P<version>[a-z]{2})-(?P<id>[0-9a-z_]+)-(?P<format>big|bti)-(?P<component>[\w+.\-]+)")
_PAST = re.compile(r"(?P<table>.+-.+)-(?P<tmp>tmp-|tmplink-)?(?P<version>[a-z]{2})-(?P<id>\d+)-(?P<component>[A-Z][\w.]+)")
_KNOWN_FORMATS = ("j", "k", "l", "m", "n", "o")  # BIG: 2.0, 2.1, 2.2, 3.x, 4.x, 5.0
_KNOWN_BTI = ("d",)
_WITHOUT_CHECKSUMS = "j"  # 2.0 may write no CRC.db
# Bits and checksums, which hold no text.
_WITHOUT_TEXT = ("Filter.db", CHECKSUMS, COMPRESSION_INFO, TOC, "Digest.crc32", "Digest.adler32", "Digest.sha1")


@dataclasses.dataclass(frozen=True, order=True)
class Descriptor:
    """What the files of one SSTable have in common. ``name`` is the beginning of their file names, without the ``-`` at its end."""

    name: str
    version: str
    generation: str
    bti: bool
    temporary: bool

    @property
    def is_known(self) -> bool:
        """Whether this release knows the format."""
        return self.version[0] in (_KNOWN_BTI if self.bti else _KNOWN_FORMATS)

    @property
    def has_max_compressed_length(self) -> bool:
        """Whether chunks that compression does not make smaller are stored as they are (4.0 and later)."""
        return self.bti or self.version[0] >= "n"

    def is_whole(self, components: t.Collection[str]) -> bool:
        """Whether a component shows how to read Data.db: without it compressed rows would be searched undecoded, and look clean."""
        return COMPRESSION_INFO in components or CHECKSUMS in components or self.version[0] == _WITHOUT_CHECKSUMS


def parse_name(file_name: str) -> tuple[Descriptor, str] | None:
    """The SSTable that a file belongs to, and which of its components it is; None for other files."""
    found = _PRESENT.fullmatch(file_name) or _PAST.fullmatch(file_name)
    if found is None:
        return None
    groups = found.groupdict()
    name = file_name[: found.start("component") - 1]
    bti = groups.get("format") == "bti"
    return Descriptor(name, groups["version"], groups["id"], bti, bool(groups["tmp"])), groups["component"]


def holds_text(component: str) -> bool:
    """Whether a component can hold a part of a row or a key."""
    return component not in _WITHOUT_TEXT and not component.startswith("Digest.")


def toc_components(text: str) -> frozenset[str]:
    """The components that a TOC.txt lists."""
    return frozenset(line.strip() for line in text.splitlines() if line.strip())
