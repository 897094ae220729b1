# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Messages of the modules, with the variables of the role for the options of the modules. Pure, no I/O.

Somebody who runs the playbook has never seen the modules: for "set gws_ca_cert" there has to be a variable of that name.
"""

from __future__ import annotations

import re

from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import OPTIONS

_VARIABLES = {option.module_option: option.variable for option in OPTIONS if option.module_option}
_NAMES = {name for name in _VARIABLES if "_" in name} | {"ssl"}
# Others are words of a sentence, too ("orphans", "region"): they are options only in "(see orphans)".
_OPTION = re.compile(rf"(?<![\w.-])(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})(?![\w-])")
_SEE = re.compile(r"(?<=\(see )[a-z_]+(?:, [a-z_]+)*(?=\))")


def in_terms_of_role(message: str) -> str:
    """A message of a module as somebody has to read it who uses the role."""
    message = message.replace("gws_pii_delete without findings", "forget_me_source: api")
    message = _SEE.sub(lambda found: ", ".join(_VARIABLES.get(name, name) for name in found.group().split(", ")), message)
    return _OPTION.sub(lambda found: _VARIABLES[found.group()], message)
