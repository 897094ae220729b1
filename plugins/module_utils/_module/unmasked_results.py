# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Keeps Ansible from rewriting results.

Up to ansible-core 2.21 every result string that *contains* the value of a ``no_log`` option is rewritten, in the registered
variable too, and a count with the same digits becomes a string: the search term would destroy its own finding. Results contain no personal data by
construction (``_core.findings``, ``_core.errors``), so this rewriting is switched off, and the options stay ``no_log``: syslog and ``-vvv`` do not
show them. From 2.22 on the values are masked in the output only.
"""

from __future__ import annotations

import typing as t


def keep_results_as_they_are(module: t.Any) -> None:
    """Call this right after creating AnsibleModule()."""
    if hasattr(module, "no_log_values"):
        module.no_log_values.clear()


# Returned with every result, because ansible-core up to 2.20 would otherwise add all options to it, including search terms.
INVOCATION: dict[str, t.Any] = {"module_args": {}}
