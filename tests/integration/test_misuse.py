# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was meant and not understood is refused: exit code, the line that is shown, and nothing of the input is printed or written anywhere.

No case gets as far as a connection, so there is no Cassandra here: whoever asks one at this address fails otherwise. The person is a canary in
every field. With FORGET_ME_MISUSE_TABLE=file the table of inputs, exit codes and lines is written there.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.support import BIN, PLAYBOOK, ROOT, environment, variants, write_private
from tests.tools import cores

PERSON = "canary.person@example.com"
PHONE = "+12025550147"
CANARIES = sorted(variants(PERSON) | variants(PHONE) | variants("canary.person") | variants("canarytable"))
NOWHERE = "198.51.100.1"
COLLECTIONS = str(ROOT / "build" / "collections")
BASE = {"cass_hostname": NOWHERE, "search": "somebody@example.org"}


@dataclass(frozen=True)
class Case:
    """``given`` are extra variables in a file of YAML text, ``says`` the line."""

    says: str
    given: str = ""
    arguments: Sequence[str] = ()
    base: Mapping[str, str] = field(default_factory=lambda: BASE)
    inventory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    playbook: str = ""


QUOTE = "put it in quotes"
TEXT = "is not in quotes, so YAML reads it as "
PLAY = """
- hosts: {hosts}
  connection: local
  gather_facts: false
  {play}
  vars: {{ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
  roles:
    - role: genesys.gws.forget_me
      vars: {{forget_me_search: somebody@example.org, forget_me_cassandra_hosts: 198.51.100.1}}
"""
TWO_HOSTS = "[all]\none ansible_connection=local\ntwo ansible_connection=local\n"
NO_SEARCH = {"cass_hostname": NOWHERE}

CASES = {
    # numbers, dates and truth values that should be texts
    "an octal number": Case(f"forget_me_search {TEXT}a number: {QUOTE}", "forget_me_search: 03023125042", base=NO_SEARCH),
    "a plus that gets lost": Case(f"search {TEXT}a number: {QUOTE}", "search: +12025550147", base=NO_SEARCH),
    "a float": Case(f"search {TEXT}a number: {QUOTE}", "search: 1202555.0147", base=NO_SEARCH),
    "a number of minutes": Case(f"search {TEXT}a number: {QUOTE}", "search: 202:55:01", base=NO_SEARCH),
    "a truth value": Case(f"search {TEXT}true or false: {QUOTE}", "search: yes", base=NO_SEARCH),
    "a date": Case(f"search {TEXT}a date: {QUOTE}", "search: 2025-05-01", base=NO_SEARCH),
    "a number in a list": Case(rf"search\[2\] {TEXT}a number", f"search: [{PERSON}, 12025550147]", base=NO_SEARCH),
    "a number of a subject": Case(
        r"forget_me_subjects\[1\].identifiers\[2\] is not in quotes",
        f"forget_me_subjects: [{{ref: T-1, identifiers: [{PERSON}, +12025550147]}}]",
    ),
    "an only identifier that is a number": Case(
        r"forget_me_subjects\[1\].identifiers is not in quotes", "forget_me_subjects: [{identifiers: 12025550147}]"
    ),
    "a hold that is a number": Case(r"forget_me_holds\[1\] is not in quotes", "forget_me_holds: [12025550147]"),
    "Norway": Case("forget_me_region is not in quotes, so YAML reads it as true or false", "forget_me_region: NO"),
    "a password that is a number": Case(
        "gws_user_password is not in quotes", "gws: https://gws.example.com\ngws_username: a\ngws_user_password: 0123"
    ),
    "a user that is a number": Case("cass_username is not in quotes", "cass_username: 4711\ncass_password: x"),
    "a group that is a number": Case("group_name is not in quotes", "group_name: 4711"),
    "a numeric identifier in a file of JSON": Case(
        r"subjects\[1\] is not a string: put it in quotes", "forget_me_subjects_file: numbers.json", base=NO_SEARCH
    ),
    "a numeric identifier in a file of YAML": Case(
        r"subjects\[2\] is not a string: put it in quotes", "forget_me_subjects_file: numbers.yml", base=NO_SEARCH
    ),
    # names
    "a name of the predecessor, misspelled": Case(r"cleanp is not a known variable \(did you mean cleanup\?\)", "cleanp: true"),
    "another one": Case(r"grop_name is not a known variable \(did you mean group_name\?\)", f"grop_name: {PERSON}"),
    "in capitals": Case(r"Cleanup is not a known variable \(did you mean cleanup\?\)", "Cleanup: true"),
    "a variable of the role, misspelled": Case(r"forget_me_hold is not .*did you mean forget_me_holds\?", f"forget_me_hold: [{PERSON}]"),
    "a country, misspelled": Case(r"forget_me_regoin is not .*did you mean forget_me_region\?", f"forget_me_regoin: {PERSON}"),
    "a variable that does not exist": Case("forget_me_everything is not a known variable", f"forget_me_everything: {PERSON}"),
    "the prefix forgotten": Case(r"holds is not a known variable \(did you mean forget_me_holds\?\)", f"holds: [{PERSON}]"),
    "a name of the module": Case(r"gws_password is not .*did you mean forget_me_gws_password\?", f"gws_password: {PERSON}"),
    "an unknown variable in the inventory": Case(
        r"forget_me_max_delets is not .*did you mean forget_me_max_deletes\?", inventory="[all:vars]\nforget_me_max_delets=3\n"
    ),
    "two names of the same": Case("forget_me_search and search are the same", f"forget_me_search: {PERSON}"),
    # values
    "cleanup: ture": Case("cleanup must be true or false", "cleanup: ture"),
    "cleanup: 2": Case("cleanup must be true or false", "cleanup: 2"),
    "cleanup: [true]": Case("cleanup must be true or false", "cleanup: [true]"),
    "a match of another kind": Case("forget_me_match must be one of exact, contains", f"forget_me_match: {PERSON}"),
    "a consistency level that there is not": Case(
        "forget_me_consistency_level must be one of ONE, TWO", "forget_me_consistency_level: MOST"
    ),
    "orphans: true": Case("forget_me_orphans must be one of fail, report, delete", "forget_me_orphans: true"),
    "a cap that is no number": Case("forget_me_max_deletes must be a whole number", f"forget_me_max_deletes: {PERSON}"),
    "a cap with a point": Case("forget_me_max_deletes must be a whole number", "forget_me_max_deletes: 1.5"),
    "a negative cap": Case("forget_me_max_per_subject must be a whole number from 0", "forget_me_max_per_subject: -1"),
    "a port that is none": Case("cass_port must be a whole number from 1 to 65535", "cass_port: 90420"),
    "Thrift": Case("9160.*native port", "cass_port: 9160"),
    "a timeout that is none": Case(
        "forget_me_cassandra_connect_timeout must be a positive number of seconds", "forget_me_cassandra_connect_timeout: soon"
    ),
    "a time window that is none": Case("forget_me_time_window must have the form 22:00-06:00", "forget_me_time_window: at night"),
    "a digest that is none": Case("forget_me_expect_plan is not the digest of a plan", f"forget_me_expect_plan: {PERSON}"),
    "a country that is none": Case("forget_me_region is not a known country code", "forget_me_region: Germany"),
    "a country that phones do not have": Case("region is not a known country code", "forget_me_region: QQ"),
    "an address without a scheme": Case("gws is not an HTTP address", "gws: gws.example.com:8090"),
    "an address with a login": Case("gws is not an HTTP address", f"gws: 'https://{PERSON}:8090'"),
    "headers that are no JSON": Case(
        "gws_headers is not valid JSON",
        f"gws: https://gws.invalid\ngws_username: a\ngws_user_password: b\ngws_additional_headers: '{{{PERSON}'",
    ),
    "headers that are a list": Case("gws_additional_headers must be JSON or a mapping", f"gws_additional_headers: [{PERSON}]"),
    "parallel without end": Case("forget_me_gws_parallel must be a whole number from 1 to 32", "forget_me_gws_parallel: 1000"),
    "an empty entry": Case(r"forget_me_tables has an empty entry", "forget_me_tables: ['']"),
    "subjects that are a text": Case("forget_me_subjects must be a list of", f"forget_me_subjects: {PERSON}"),
    "a subject with other fields": Case(
        r"subjects\[1\] has fields other than", f"forget_me_subjects: [{{ref: T-1, email: {PERSON}}}]", base=NO_SEARCH
    ),
    "a reference that is the person": Case(
        "has a ref that contains an identifier", f"forget_me_subjects: [{{ref: {PERSON}, identifiers: [{PERSON}]}}]"
    ),
    "a short term": Case("shorter than", "search: Ann", base=NO_SEARCH),
    "a blank term": Case("is blank", "search: '   '", base=NO_SEARCH),
    "an address that is none": Case("contains @ but is not an e-mail address", "search: 'canary.person@'", base=NO_SEARCH),
    "nobody": Case("there is nobody to search for", base=NO_SEARCH),
    "everybody twice": Case("people are named in two ways", "forget_me_subjects_file: people.txt"),
    "no Cassandra": Case("no Cassandra host is defined", base={"search": PERSON}),
    "cleanup without GWS": Case("cleanup needs the address of GWS", "cleanup: true"),
    "cleanup without a login": Case("cleanup needs a GWS user", "cleanup: true\ngws: https://gws.example.com"),
    "half a login": Case("only one of the GWS user and password", f"gws: https://gws.example.com\ngws_username: {PERSON}"),
    # the person in the wrong field
    "the person for a host": Case(
        "cass_hostname has an entry that is not a host name", f"cass_hostname: {PERSON}", base={"search": PERSON}
    ),
    "the phone number for a host": Case(
        "cass_hostname has an entry that is not a host name", "cass_hostname: '12025550147'", base={"search": PERSON}
    ),
    "the person for cleanup": Case("cleanup must be true or false", f"cleanup: {PERSON}"),
    "the person for a group": Case("group_name has an entry that looks like personal data", f"group_name: {PERSON}"),
    "the person for the keyspace": Case("cass_keyspace is not a valid name", f"cass_keyspace: '{PHONE}'"),
    "the person for a table": Case("forget_me_tables has an entry that looks like personal data", f"forget_me_tables: [{PERSON}]"),
    "the person for the scan hosts": Case("forget_me_scan_hosts has an entry that is not a host name", f"forget_me_scan_hosts: {PERSON}"),
    "unknown scan hosts": Case("forget_me_scan_hosts names hosts that are not part of this play", "forget_me_scan_hosts: canarytable"),
    "the person for the report folder": Case("forget_me_report_dir looks like a person", f"forget_me_report_dir: {PERSON}"),
    "the phone number for the report folder": Case("forget_me_report_dir looks like a person", f"forget_me_report_dir: '{PHONE}'"),
    "the person for the work folder": Case("forget_me_work_dir looks like a person", f"forget_me_work_dir: {PERSON}"),
    "the person for a file": Case("forget_me_subjects_file looks like a person", f"forget_me_subjects_file: {PERSON}", base=NO_SEARCH),
    "the person for a certificate": Case("forget_me_gws_ca_cert looks like a person", f"forget_me_gws_ca_cert: '{PHONE}'"),
    "the person for GWS": Case("gws is not an HTTP address", f"gws: {PERSON}"),
    "the person for the port": Case("cass_port must be a whole number", "cass_port: 12025550147"),
    "the person in templates": Case("is a template that can't be resolved", f'forget_me_group: "{{{{ canary.person }}}} {PERSON}"'),
    "the person in the template of the scan hosts": Case(
        "is a template that can't be resolved", 'forget_me_scan_hosts: "{{ canary.person }}"'
    ),
    "a blank approval": Case("forget_me_expect_plan is blank", "cleanup: true\nforget_me_expect_plan: ''"),
    "the person for a ref": Case(
        "has a ref that contains an identifier", f"forget_me_subjects: [{{ref: canary.person, identifiers: [{PERSON}]}}]"
    ),
    "holds in a file": Case(r"holds\[1\] looks like the name of a file", "forget_me_holds: canarytable.txt"),
    "people in a file": Case("search looks like the name of a file", "search: canarytable.txt", base=NO_SEARCH),
    "a number in quotation marks": Case("contains a phone number and other text", "search: '\"030 23125042\"'", base=NO_SEARCH),
    # templates in identifiers
    "a template for a person": Case(r"search holds \{\{ or .*mark it !unsafe", 'search: "{{ canary.person }}@example.com"', base=NO_SEARCH),
    "a template that does harm": Case(
        r"forget_me_subjects holds \{\{",
        """forget_me_subjects: [{identifiers: ["{{ lookup('pipe', 'touch harm') }}@example.com"]}]""",
        base=NO_SEARCH,
    ),
    "a comment for a person": Case(r"search holds \{\{", "search: 'ann{#canary.person#}@example.com'", base=NO_SEARCH),
    # files and folders
    "a file that is not there": Case(
        r"forget_me_subjects_file can't be read \(errno 2\)", "forget_me_subjects_file: nobody.txt", base=NO_SEARCH
    ),
    "a folder for a file": Case("forget_me_subjects_file can't be read", "forget_me_subjects_file: .", base=NO_SEARCH),
    "a certificate that is not there": Case("forget_me_cassandra_ca_cert can't be read", "forget_me_cassandra_ca_cert: /nowhere/ca.pem"),
    "a file for the report folder": Case("forget_me_report_dir is not a folder in which", "forget_me_report_dir: people.txt"),
    "a report folder that can't be made": Case("forget_me_report_dir is not a folder in which", "forget_me_report_dir: /proc/reports"),
    "a work folder that can't be made": Case("forget_me_work_dir is not a folder in which", "forget_me_work_dir: /proc/work"),
    "a work folder that others can read": Case("work_dir is not a private folder", "forget_me_work_dir: open"),
    "a request for a file of people": Case("starts with a dash like a YAML list", "forget_me_subjects_file: request.yml", base=NO_SEARCH),
    # what names nobody, and would be searched for
    "a file that is encrypted": Case("is encrypted, and its vault password is missing", "forget_me_subjects_file: vaulted", base=NO_SEARCH),
    "a file that is encrypted otherwise": Case("subjects_file is encrypted", "forget_me_subjects_file: people.pgp", base=NO_SEARCH),
    "a file with a header": Case(r"subjects\[1\] is a field name", "forget_me_subjects_file: people.csv", base=NO_SEARCH),
    "a file that is a pipe": Case("is a pipe or a device", "forget_me_subjects_file: /dev/zero", base=NO_SEARCH),
    "what AWX hides": Case("search is the placeholder that AWX or Ansible shows", "search: $encrypted$", base=NO_SEARCH),
    "what Ansible hides": Case(
        r"subjects\[1\] is the placeholder that AWX or Ansible shows", "forget_me_subjects: [{identifiers: ['********']}]", base=NO_SEARCH
    ),
    "dots": Case("search contains no letters or digits", "search: '......'", base=NO_SEARCH),
    "a header for a person": Case("search is a field name", "search: E-Mail", base=NO_SEARCH),
    # what would count in part
    "two people in one text": Case(
        "search contains more than an e-mail address", f"search: 'Canary <{PERSON}>, Bob <bob@example.com>'", base=NO_SEARCH
    ),
    "a field twice": Case(
        # Not the canaries: ansible-core itself shows the lines of a file that has a key twice.
        "forget_me_subjects repeats a field in one entry",
        "forget_me_subjects:\n  - ref: T-1\n    identifiers: [a@example.org]\n    identifiers: [b@example.org]",
        base=NO_SEARCH,
    ),
    "a field twice in a file": Case("subjects_file repeats a field in one entry", "forget_me_subjects_file: twice.json", base=NO_SEARCH),
    "several names of holds in a text": Case(
        "forget_me_holds has several entries in one string", "forget_me_holds: 'Canary Person, Bob Smith'"
    ),
    "a hold of the inventory, and another one": Case(
        r"holds\[1\] is the placeholder that AWX or Ansible shows",
        f"forget_me_holds: [{PERSON}]",
        inventory="[all:vars]\nforget_me_holds=['$encrypted$']\n",
    ),
    "a hold of the inventory, lifted": Case(
        r"holds\[1\] is the placeholder that AWX or Ansible shows",
        "forget_me_holds: []",
        inventory="[all:vars]\nforget_me_holds=['$encrypted$']\n",
    ),
    # the person where it would be printed
    "the person in a path": Case(
        "forget_me_report_dir contains an identifier of a person",
        f"forget_me_report_dir: ./{PERSON}/reports",
        base={**BASE, "search": PERSON},
    ),
    "the phone number in a path": Case(
        "forget_me_work_dir contains an identifier of a person",
        f"forget_me_work_dir: work/{PHONE}",
        base={**BASE, "search": "202 555 0147"},
    ),
    "somebody of the file in a path": Case(
        "forget_me_export contains an identifier of a person",
        f"forget_me_export: ./{PERSON}.json\nforget_me_subjects_file: people.txt",
        base=NO_SEARCH,
    ),
    "the person in the environment": Case(
        "GWS_PII_CASSANDRA_HOSTS has an entry that is not a host name",
        environment={"GWS_PII_CASSANDRA_HOSTS": PERSON},
        base={"search": "somebody@example.org"},
    ),
    # what is given with -e and would not count
    "a name without quotes": Case(
        "a part of what -e sets is not a variable", arguments=("-e", "search=Annette Canarytable"), base=NO_SEARCH
    ),
    "blanks around the sign": Case("a part of what -e sets is not a variable", arguments=("-e", "cleanup = true")),
    "a flag": Case("a part of what -e sets is not a variable", arguments=("-e", "cleanup=true canarytable")),
    "a colon": Case("a part of what -e sets is not a variable", arguments=("-e", "cleanup:true group_name=x")),
    "two people, one after the other": Case(
        "search is given 2 times", arguments=("-e", f"search={PERSON}", "-e", f"search={PHONE}"), base=NO_SEARCH
    ),
    # Not the canaries: ansible-core itself shows the lines of a file that has a key twice.
    "two people in a file": Case("search is given 2 times", "search: a@example.org\nsearch: b@example.org", base=NO_SEARCH),
    "two lists of holds": Case("forget_me_holds is given 2 times", "forget_me_holds: [a@example.org]\nforget_me_holds: [b@example.org]"),
    # Python
    "no Python on a scan host": Case(
        r"one did not read its share \(The Python of ansible_python_interpreter does not exist",
        "forget_me_scan_hosts: one",
        inventory="one ansible_connection=local ansible_python_interpreter=/nowhere/python3\n",
    ),
    "an old Python on a scan host": Case(
        r"one did not read its share \(The modules need Python 3.10 or newer, but Python 3.8 runs them",
        "forget_me_scan_hosts: one",
        inventory="one ansible_connection=local ansible_python_interpreter={here}/python3.8\n",
    ),
    "a Python on a scan host that lacks everything": Case(
        r"one did not read its share \(The module ended without a result",
        "forget_me_scan_hosts: one",
        inventory="one ansible_connection=local ansible_python_interpreter={here}/python3.12\n",
    ),
    # the command line and the play
    "--limit": Case("Remove --limit", arguments=("--limit", "canarytable"), inventory=TWO_HOSTS.replace("one", "canarytable")),
    "--skip-tags": Case("Remove --skip-tags", arguments=("--skip-tags", "always")),
    "--start-at-task": Case("Remove --start-at-task", arguments=("--start-at-task", "Summary")),
    "--step": Case("Remove --step", arguments=("--step",)),
    "an inventory that is not there": Case("an inventory can't be read", arguments=("-i", "/nowhere/production.yml")),
    "an inventory that is no YAML": Case("an inventory can't be read", arguments=("-i", "broken.yml")),
    "cleanup where the role is called": Case(
        "cleanup counts only as an extra variable.*use forget_me_cleanup",
        playbook=PLAY.format(hosts="localhost", play="").replace("vars: {forget_me_search", "vars: {cleanup: true, forget_me_search"),
    ),
    "holds where tasks of the role are included": Case(
        "holds is not a known variable .*did you mean forget_me_holds",
        playbook="- hosts: localhost\n  gather_facts: false\n  tasks:\n    - include_role: {name: genesys.gws.forget_me}\n"
        f"      vars: {{forget_me_search: a@example.org, forget_me_cassandra_hosts: {NOWHERE}, holds: [{PERSON}]}}\n",
    ),
    "cleanup where the playbook is imported": Case(
        "cleanup counts only as an extra variable.*use forget_me_cleanup",
        playbook=f"- import_playbook: genesys.gws.forget_me\n  vars: {{cleanup: {PERSON}, cass_hostname: {NOWHERE}}}\n",
    ),
    "several hosts": Case("this play runs on 2 hosts", playbook=PLAY.format(hosts="all", play=""), inventory=TWO_HOSTS),
    "scan hosts and free": Case(
        "needs the linear strategy",
        "forget_me_scan_hosts: two",
        playbook=PLAY.format(hosts="all", play="strategy: free"),
        inventory=TWO_HOSTS,
    ),
    "scan hosts alone": Case(
        "the play needs a host that", "forget_me_scan_hosts: one", playbook=PLAY.format(hosts="one", play=""), inventory=TWO_HOSTS
    ),
}
FILES = {
    "numbers.json": "[12025550147]",
    "numbers.yml": f"- {PERSON}\n- +12025550147\n",
    "people.txt": f"{PERSON}\n",
    "people.csv": f"E-Mail\n{PERSON}\n",
    "people.pgp": "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
    "twice.json": json.dumps([{"ref": "T-1", "identifiers": [PERSON]}])[:-2] + ', "identifiers": ["b@example.org"]}]',
    "vaulted": VaultLib([("default", VaultSecret(b"canary vault"))]).encrypt(f"{PERSON}\n{PHONE}\n").decode(),
    "password": "canary vault",
    "broken.yml": "all: [",
    "request.yml": f"# the request\nforget_me_subjects:\n  - ref: T-1\n    identifiers: [{PERSON}]\n",
}


# One of each kind of misuse runs in `make test`, all of them in `make slow`.
ORDINARY = {
    *("an octal number", "a number of a subject", "Norway", "a numeric identifier in a file of YAML"),
    *("a name of the predecessor, misspelled", "a country, misspelled", "an unknown variable in the inventory", "cleanup: ture"),
    *("a match of another kind", "a cap that is no number", "everybody twice", "half a login", "a reference that is the person"),
    *(
        "the person for a host",
        "the person for the scan hosts",
        "the person for the report folder",
        "the person in the template of the scan hosts",
    ),
    *("a file that is encrypted", "what AWX hides", "a field twice", "a hold of the inventory, lifted", "the person in a path"),
    *("a name without quotes", "two people, one after the other", "an old Python on a scan host"),
    *("a template that does harm", "a report folder that can't be made", "--limit", "--skip-tags", "several hosts"),
    *("--step", "cleanup where the role is called", "cleanup where the playbook is imported", "a blank approval"),
}


@dataclass(frozen=True)
class Ran:
    """What came of a case."""

    rc: int
    output: str
    line: str
    written: dict[str, str]


def _run(folder: Path, case: Case, bin: Path = BIN) -> Ran:
    here = folder / "here"
    (here / "open").mkdir(parents=True, mode=0o755)
    for name, content in FILES.items():
        write_private(here / name, content)
    given = [f"{name}: {json.dumps(value)}" for name, value in case.base.items()]
    extra = write_private(folder / "extra.yml", "\n".join(["---", *given, case.given, ""]))
    playbook = write_private(folder / "play.yml", case.playbook) if case.playbook else PLAYBOOK
    for name in ("python3.8", "python3.12"):  # knows its version, and can do nothing else
        write_private(here / name, f'#!/bin/sh\n[ "$1" = -V ] && echo Python {name.removeprefix("python")}.1\n').chmod(0o755)
    inventory = ("-i", str(write_private(folder / "inventory", case.inventory.replace("{here}", str(here))))) if case.inventory else ()
    before = {path.name for path in here.iterdir()}
    done = subprocess.run(
        [str(bin / "ansible-playbook"), "-v", str(playbook), "-e", f"@{extra}", *inventory, *case.arguments],
        cwd=here,
        env={**environment(folder / "home", **case.environment), "PATH": f"{bin}:/usr/bin:/bin", "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = re.findall(r"^(?:fatal|failed): \[[\w-]+\].*?\"msg\": (\"(?:[^\"\\]|\\.)*\")", done.stdout, re.MULTILINE)
    lines = [str(json.loads(lines[-1]))] if lines else re.findall(r"^\[ERROR\]: .*|^ERROR! .*", done.stderr + done.stdout, re.MULTILINE)
    written = {str(path.relative_to(folder)): path.read_text(errors="replace") for path in (folder / "home").rglob("*") if path.is_file()}
    written |= {f"here/{path.name}": "" for path in here.iterdir() if path.name not in before}
    return Ran(done.returncode, done.stdout + done.stderr, lines[-1] if lines else "", written)


@pytest.fixture(scope="module")
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The cases whose tests are collected, a few at a time."""
    folder = tmp_path_factory.mktemp("misuse")
    items: list[Any] = [item for item in request.session.items if getattr(item, "originalname", "") == "test_refused"]
    wanted = {item.callspec.params["name"] for item in items}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        futures = {
            name: pool.submit(_run, folder / str(number), case) for number, (name, case) in enumerate(CASES.items()) if name in wanted
        }
        results = {name: future.result() for name, future in futures.items()}
    table = os.environ.get("FORGET_ME_MISUSE_TABLE")
    if table:
        rows = [f"| {name} | {result.rc} | {result.line} |" for name, result in results.items()]
        Path(table).write_text("\n".join(["| input | exit code | line |", "|---|---|---|", *rows, ""]), encoding="utf-8")
    return results


def test_there_are_many() -> None:
    assert len(CASES) >= 60
    assert set(CASES) >= ORDINARY


@pytest.mark.parametrize("name", [name if name in ORDINARY else pytest.param(name, marks=pytest.mark.slow) for name in CASES])
def test_refused(ran: dict[str, Ran], name: str) -> None:
    result = ran[name]
    assert result.rc != 0, result.output
    assert re.search(CASES[name].says, result.line), f"{result.line}\n{result.output}"
    assert "\n" not in result.line
    assert "Traceback" not in result.output
    assert "bug of" not in result.output
    leaks = [
        canary for canary in CANARIES if canary in result.output or any(canary in place + text for place, text in result.written.items())
    ]
    assert leaks == [], result.output
    assert "harm" not in {Path(place).name for place in result.written}


# -- what works all the same


@pytest.mark.parametrize(
    "core",
    [version if version in cores.available()[:1] else pytest.param(version, marks=pytest.mark.slow) for version in cores.available()],
)
@pytest.mark.parametrize(
    "given",
    [
        f"search: !unsafe [{PERSON}, '{PHONE}']",
        f"search: [!unsafe {PERSON}, !unsafe '{PHONE}']",
        f"search: !unsafe {PHONE}",
        f"forget_me_subjects: !unsafe [{{ref: 1, identifiers: ['{{{{7*7}}}}@example.com', '{PHONE}']}}]",
        f"cass_username: !unsafe 4711\ncass_password: !unsafe 0123\nsearch: {PERSON}",
    ],
    ids=["a list", "in a list", "a number", "subjects", "a numeric login"],
)
def test_what_is_marked_unsafe_is_a_text(tmp_path: Path, given: str, core: str) -> None:
    """In every version of ansible-core, where 2.18 loses lists, and 2.19 makes numbers of texts."""
    base = {"cass_hostname": "127.0.0.1", "cass_port": "9"}
    result = _run(tmp_path, Case("", given, base=base), cores.venv_of(core) / "bin")
    assert "Cassandra can't be reached at 127.0.0.1 port 9" in result.line, result.output
    assert not [canary for canary in CANARIES if canary in result.output]


@pytest.mark.parametrize(
    ("arguments", "inventory", "around"),
    [
        (("--tags", "search"), "", {}),
        (("--limit", "localhost"), "localhost\n", {}),
        ((), "", {"ANSIBLE_STRATEGY": "free"}),
        ((), "", {"ANSIBLE_BECOME": "true"}),
        ((), "[all:vars]\nansible_become=true\nansible_python_interpreter=/nowhere/python\n[x]\nlocalhost\n", {}),
        ((), "[all:vars]\nsearch=canary\ncleanup=true\ngws=http://canarytable:8090\ngroup_name=canarytable\n[x]\nlocalhost\n", {}),
    ],
    ids=["--tags", "--limit localhost", "free", "become", "become and a Python in the inventory", "somebody else's variables"],
)
def test_goes_on_to_the_login(tmp_path: Path, arguments: Sequence[str], inventory: str, around: Mapping[str, str]) -> None:
    """To Cassandra, where nobody is: so everything before was right, and nothing of the inventory's was taken for ours."""
    base = {"cass_hostname": "127.0.0.1", "cass_port": "9", "search": PERSON}
    result = _run(tmp_path, Case("", arguments=arguments, inventory=inventory, environment=around, base=base))
    assert result.rc != 0
    assert "Cassandra can't be reached at 127.0.0.1 port 9" in result.line, result.output
    assert not [canary for canary in CANARIES if canary in result.output]


def test_a_file_in_ansible_vault(tmp_path: Path) -> None:
    """The role decrypts it, in memory only."""
    given = "cass_hostname: 127.0.0.1\ncass_port: 9\nforget_me_subjects_file: vaulted"
    result = _run(tmp_path, Case("", given, base={}, arguments=("--vault-password-file", "password")))
    assert "Cassandra can't be reached at 127.0.0.1 port 9" in result.line, result.output
    assert not [canary for canary in CANARIES if canary in result.output or any(canary in text for text in result.written.values())]


def test_no_task_of_the_modules_shows_what_stands_in_the_playbook(tmp_path: Path) -> None:
    """Neither an item of a loop, nor the lines of a task that fails."""
    modules: dict[str, dict[str, Any]] = {
        "search": {"login_host": "127.0.0.1", "login_port": 9},
        "delete": {"gws_url": "http://127.0.0.1:9", "gws_username": "a", "gws_password": "b"},
        "check": {},
    }
    tasks = "".join(
        f"    - genesys.gws.gws_pii_{module}: {json.dumps({'search': search, **options})}\n      ignore_errors: true\n{loop}"
        for module, options in modules.items()
        for search, loop in ((PERSON, ""), ("{{ item }}", f"      loop: {json.dumps([PERSON, PHONE, 'Ann'])}\n"))
    )
    play = "- hosts: localhost\n  gather_facts: false\n  vars: {ansible_python_interpreter: '{{ ansible_playbook_python }}'}\n  tasks:\n"
    result = _run(tmp_path, Case("", playbook=play + tasks))
    assert result.rc == 0, result.output
    assert "shorter than" in result.output, "what is wrong is said all the same"
    assert "can't be reached" in result.output
    assert not [canary for canary in CANARIES if canary in result.output], result.output
