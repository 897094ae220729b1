"""One measurement in a process of its own: rows, seconds, CPU seconds and peak memory of the client, as a line of JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.query import SimpleStatement, tuple_factory

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import _search
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._scan import ScanOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._session import CassandraOptions, Session
from ansible_collections.genesys.gws.plugins.module_utils._identity import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._matching import Matcher, Prefilter


def bare_select(host: str, port: int, keyspace: str) -> tuple[int, int]:
    """What one would write first: one SELECT of all columns, read to the end, nothing searched."""
    profile = ExecutionProfile(row_factory=tuple_factory, request_timeout=60)
    cluster = Cluster([host], port=port, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
    rows = 0
    with cluster.connect(keyspace) as session:
        for _row in session.execute(SimpleStatement("SELECT key, column1, value FROM settings", fetch_size=5000)):
            rows += 1
    cluster.shutdown()
    return rows, 0


def search(host: str, port: int, keyspace: str, people: int) -> tuple[int, int]:
    """The search of this collection, for a number of people (each an e-mail address and a phone number)."""
    entries = [
        {"ref": f"p{number}", "identifiers": [f"bench.person{number}@example.com", f"+4930{23125042 + 7919 * number}"]}
        for number in range(people)
    ]
    subjects = parse_subjects(search=None, subjects=entries, region=None, match="exact", min_length=5)
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
        request_timeout=60,
    )
    question = _search.Question(subjects, Matcher(subjects, None), ())
    with Session(options, Prefilter(subjects).may_match) as session:
        searched = _search.search_keyspace(session, keyspace, question, ScanOptions(), ["settings"], [])
    return sum(table.rows for table in searched.tables), len(searched.findings)


def main() -> None:
    """Arguments: method, host, port, keyspace."""
    method, host, port, keyspace = sys.argv[1:5]
    started = time.monotonic()
    if method == "select":
        rows, findings = bare_select(host, int(port), keyspace)
    else:
        rows, findings = search(host, int(port), keyspace, int(method.partition(":")[2]))
    seconds = time.monotonic() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result: dict[str, Any] = {
        "rows": rows,
        "findings": findings,
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
