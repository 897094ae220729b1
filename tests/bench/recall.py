# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking for everybody in a ledger, as a process of its own that prints one line of JSON."""

from __future__ import annotations

import sys
from typing import Any

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Coder, Lookup
from ansible_collections.genesys.gws.plugins.module_utils._evidence.recall import RecallFilter, RecallMatcher, subjects_of
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchRequest
from tests.bench import data
from tests.bench.methods import REQUEST_TIMEOUT, measured, tell


def main() -> None:
    """Arguments: number of people, host, port, keyspace."""
    people, host, port, keyspace = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    entries = [{"ref": f"p{number}", "identifiers": list(data.person(number))} for number in range(people)]
    subjects = parse_subjects(search=None, subjects=entries, region=None, match="exact", min_length=5, key=Key(b"bench"))
    options = CassandraOptions(
        hosts=(host,),
        port=port,
        user=None,
        password=None,
        ssl=False,
        ca_cert=None,
        client_cert=None,
        client_key=None,
        validate_certs=True,
        check_hostname=True,
        consistency_level="QUORUM",
        local_dc=None,
        connect_timeout=10,
        request_timeout=REQUEST_TIMEOUT,
    )
    key = Key(b"the key of a ledger")
    ledger = [Coder(key).entry_of(subject, at="2026-01-01T00:00:00Z", region="") for subject in subjects.subjects]
    result: dict[str, Any] = {}
    with measured(result):
        people_of_ledger = subjects_of(ledger, key)
        lookup = Lookup(ledger, key)
        matcher = RecallMatcher(people_of_ledger, ledger, lookup)
        request = SearchRequest(people_of_ledger, matcher, keyspace, (data.TABLE,))
        with Session(options, RecallFilter(lookup)) as session:
            searched = _search.search_keyspace(session, request)
    wrong = {ref for number, found in matcher.recalled.items() for ref in found if ref not in data.person(number)}
    if wrong:
        raise SystemExit(f"{len(wrong)} identifiers were recalled that are not in the ledger")
    tell(result | {"rows": sum(table.rows for table in searched.tables), "hits": len(searched.findings)})


if __name__ == "__main__":
    main()
