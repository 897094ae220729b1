# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Optional libraries: declared where they are imported, checked once when a module starts."""

from __future__ import annotations

import contextlib
import sys
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DependencyError

_missing: list[str] = []


@contextlib.contextmanager
def declare(package: str) -> t.Iterator[None]:
    """Import inside this context; ``package`` is the name that pip knows."""
    try:
        yield
    except ImportError:
        _missing.append(package)


OLDEST_PYTHON = (3, 10)
"""cassandra-driver has no wheels for older ones."""


def too_old(major: int, minor: int) -> str:
    """What to do about a Python that is too old."""
    return "The modules need Python {}.{} or newer, but Python {}.{} runs them on this host: set ansible_python_interpreter to a newer one.".format(
        *OLDEST_PYTHON, major, minor
    )


def require() -> None:
    """Raise DependencyError, in one line, when Python is too old, or a declared library could not be imported."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise DependencyError("old_python", too_old(*sys.version_info[:2]))
    if _missing:
        raise DependencyError(
            "missing_library",
            "The Python that runs this module is missing: {}. Install them with: pip install -r requirements.txt".format(
                ", ".join(sorted(set(_missing)))
            ),
        )
