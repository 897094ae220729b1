# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The errors of the collection, grouped by who has to act.

GwsPiiError
  +-- InputError        the operator: an option or a file is wrong
  +-- DependencyError   the operator: a Python library is missing
  +-- CassandraError    the Cassandra side: connection, login, unread ranges
  +-- GwsError          the GWS side: connection, login, refusals, answers that make no sense
  +-- RefusedError      this collection: the plan is over a cap, is another plan, or would do harm
  +-- DataLeftError     the result: something of the person is still there, or the proof failed

A message is shown in clear by ansible-core, also under ``no_log``. So it is built from constants, counts, names of tables and
columns, host names and HTTP status codes. A search term, a key, a value, the text of another library's exception or the body of
a response never enters it.
"""

from __future__ import annotations

import typing as t


class GwsPiiError(Exception):
    """An error without personal data: ``code`` is stable and short, ``message`` says what is wrong and what to do. ``facts`` are counts and similar
    values that are added to the failed result.
    """

    def __init__(self, code: str, message: str, **facts: t.Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts


class InputError(GwsPiiError):
    """An option or an input file is wrong."""


class DependencyError(GwsPiiError):
    """A Python library is missing on the host that runs the module."""


class CassandraError(GwsPiiError):
    """Cassandra could not be reached, refused the login, or could not be read completely."""


class GwsError(GwsPiiError):
    """GWS could not be reached, refused the login, or gave an undocumented answer."""


class RefusedError(GwsPiiError):
    """Nothing was changed, because continuing would break a guarantee (a limit, a different plan, an untested delete form)."""


class DataLeftError(GwsPiiError):
    """Data of the person is left, or it could not be proved that none is."""
