# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The only place that calls ``fail_json``: every exception becomes one line without personal data. Nothing is written to the system log."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._module import unmasked_results


class QuietModule(AnsibleModule):
    """A module that does not write to the system log of its host. AnsibleModule would log every option that is not ``no_log``: findings, paths and
    addresses. If ``findings`` were a ``no_log`` option, ansible-core 2.22 would mask names of tables and counts wherever they are printed.
    """

    def __init__(self, argument_spec: dict[str, dict[str, t.Any]]) -> None:
        super().__init__(argument_spec=argument_spec, supports_check_mode=True)  # type: ignore[no-untyped-call]

    def _log_invocation(self) -> None:
        pass


def guarded_run(module: AnsibleModule, run: t.Callable[[AnsibleModule], dict[str, t.Any]]) -> None:
    """Run and exit. Only the type and the place of an unexpected exception are reported, because its text may contain anything."""
    unmasked_results.keep_results_as_they_are(module)
    try:
        deps.require()
        result = run(module)
    except GwsPiiError as error:
        facts = {"changed": False, **error.facts}
        module.fail_json(msg=error.message, code=error.code, invocation=unmasked_results.INVOCATION, **facts)
    except KeyboardInterrupt:
        module.fail_json(msg="Interrupted. Run it again to continue.", code="interrupted", invocation=unmasked_results.INVOCATION)
    except Exception as error:  # pylint: disable=broad-exception-caught
        module.fail_json(msg=bug_message(error), code="bug", invocation=unmasked_results.INVOCATION)
    else:
        module.exit_json(invocation=unmasked_results.INVOCATION, **result)


def bug_message(error: BaseException) -> str:
    """An unexpected exception, by type and place."""
    return f"A bug of genesys.gws: {type(error).__name__} at {_place(error)}. Please report it with this line."


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    place = "an unknown place"
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
        place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
