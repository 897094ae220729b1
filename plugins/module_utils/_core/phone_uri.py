# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Telephone numbers in URIs: what RFC 3966 writes at two places of one is put together. Pure, no I/O."""

from __future__ import annotations

import re

PHONE_CONTEXT = ";phone-context="  # how such a parameter begins
_LOCAL_NUMBER = re.compile(
    r"(\d[\d.()\-]{0,30})((?:;(?!phone-context)[\w\-]{1,30}(?:=[^;\s]{0,60})?){0,4});phone-context=(\+\d[\d.()\-]{0,20})"
)


def with_context(text: str) -> str:
    """``tel:863-1234;phone-context=+1-914-555`` as ``tel:+1-914-555-863-1234``, other parameters behind it."""
    return _LOCAL_NUMBER.sub(r"\3-\1\2", text)
