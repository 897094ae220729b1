# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages of the modules, as the role shows them."""

from __future__ import annotations

import re

import pytest

from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import OPTIONS, OTHER_NAMES
from ansible_collections.genesys.gws.plugins.plugin_utils._role_terms import in_terms_of_role


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("check gws_username and gws_password.", "check forget_me_gws_username and forget_me_gws_password."),
        ("set ca_cert (see also check_hostname)", "set forget_me_cassandra_ca_cert (see also forget_me_cassandra_check_hostname)"),
        ("set gws_ca_cert", "set forget_me_gws_ca_cert"),
        ("more than max_deletes (0)", "more than forget_me_max_deletes (0)"),
        ("(see outside, exclude_tables)", "(see forget_me_outside, forget_me_exclude_tables)"),
        ("rows of former agents (see orphans)", "rows of former agents (see forget_me_orphans)"),
        ("only a possible match (see match_possible)", "only a possible match (see forget_me_possible)"),
        ("check ssl, the port", "check forget_me_cassandra_ssl, the port"),
        ("set login_host (cass_hostname)", "set forget_me_cassandra_hosts (cass_hostname)"),
        ("login_host[2] is not", "forget_me_cassandra_hosts[2] is not"),
        ("through the API (gws_pii_delete without findings)", "through the API (forget_me_source: api)"),
        # What is no option of a module stays as it is.
        ("rows of former agents outside of the region", "rows of former agents outside of the region"),
        ("run it again, see the GWS log", "run it again, see the GWS log"),
        ("(see the GWS log)", "(see the GWS log)"),
        ("set gws_scheme to http in the inventory group gws", "set gws_scheme to http in the inventory group gws"),
        ("copy it to Ansible Vault as forget_me_key", "copy it to Ansible Vault as forget_me_key"),
        ("table my_work_dir, work_dir_2 and file.work_dir", "table my_work_dir, work_dir_2 and file.work_dir"),
    ],
)
def test_an_option_is_called_by_its_variable(said: str, shown: str) -> None:
    assert in_terms_of_role(said) == shown
    assert in_terms_of_role(shown) == shown, "once is enough"


def test_every_name_that_is_no_word_is_known() -> None:
    for option in OPTIONS:
        if "_" in option.module_option:
            assert in_terms_of_role(f"check {option.module_option}.") == f"check {option.variable}."
    for name in OTHER_NAMES:
        assert in_terms_of_role(name) == name


def test_variables_are_left_alone() -> None:
    text = " ".join(option.variable for option in OPTIONS)
    assert in_terms_of_role(text) == text
    assert re.fullmatch(r"(forget_me_\w+ ?)+", text)
