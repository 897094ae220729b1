# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo`: one person is found and forgotten, in a real Cassandra, through the stand-in for GWS, with vaulted credentials.

Shows dry run, erasure and a second dry run, each as the real `ansible-playbook`, and compares Cassandra before and after by itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.lab.cassandra import LabError
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import decoded, population

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
VAULT_PASSWORD = "demo"


def _inventory(folder: Path, lab: Lab) -> None:
    """An inventory with the groups gws and gws_cassandra, and the credentials in an encrypted file."""
    host, port = lab.gws.url.rpartition("/")[2].split(":")
    (folder / "group_vars" / "all").mkdir(parents=True)
    (folder / "hosts.yml").write_text(
        "all:\n  children:\n"
        f"    gws:\n      hosts:\n        gws1: {{ansible_host: {host}, gws_scheme: http, gws_port: {port}}}\n"
        f"    gws_cassandra:\n      hosts:\n        cassandra1: {{ansible_host: {lab.node.address}}}\n"
    )
    (folder / "group_vars" / "all" / "vars.yml").write_text(
        f"forget_me_cassandra_port: {lab.node.cql_port}\nforget_me_region: US\nforget_me_work_dir: {folder / 'work'}\n"
    )
    vault = folder / "group_vars" / "all" / "vault.yml"
    vault.touch(mode=0o600)
    vault.write_text(f"vault_gws_username: {lab.credentials['username']}\nvault_gws_password: {lab.credentials['password']}\n")
    password = folder / "vault-password"
    password.touch(mode=0o600)
    password.write_text(VAULT_PASSWORD)
    subprocess.run([BIN / "ansible-vault", "encrypt", "--vault-password-file", password, vault], check=True, capture_output=True)


def _playbook(folder: Path, title: str, *extra: str) -> None:
    """A run of the playbook, its tasks left out and its summary shown."""
    print(f"\n=== {title}: ansible-playbook playbooks/forget_me.yml -i … -e @request.yml {' '.join(extra)}", flush=True)
    command: list[str | Path] = [
        BIN / "ansible-playbook",
        "playbooks/forget_me.yml",
        "-i",
        folder / "hosts.yml",
        "-e",
        f"@{folder / 'request.yml'}",
    ]
    command += ["--vault-password-file", folder / "vault-password", *extra]
    environment = {**os.environ, "ANSIBLE_HOME": str(folder / "ansible"), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    shown = False
    for line in done.stdout.splitlines():
        shown = shown or line.startswith("TASK [genesys.gws.forget_me : Summary]")
        if shown and line.startswith('        "'):
            print("   ", line.strip().strip(",").strip('"'))
    print(f"    exit code {done.returncode}", flush=True)
    if done.returncode:
        raise LabError(f"the run failed:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")


def main() -> int:
    """Start the lab, show the runs, prove it from outside, stop the lab."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    folder = Path(tempfile.mkdtemp(prefix="gws-demo-"))
    try:
        print("Starting Cassandra 5.0 and the stand-in for GWS, with 200 agents and 20,000 settings ...", flush=True)
        people = population(200, 20_000)
        with Lab(people=people, config=GwsConfig(csrf=True)) as lab:
            _inventory(folder, lab)
            person = people.truth.subjects[0]
            request = folder / "request.yml"
            request.touch(mode=0o600)
            identifiers = ", ".join(f'"{identifier}"' for identifier in person.identifiers)
            request.write_text(f"forget_me_subjects:\n  - ref: TICKET-4711\n    identifiers: [{identifiers}]\n")
            before = lab.settings()
            _playbook(folder, "1. Dry run")
            if lab.settings() != before or any(asked.method != "GET" for asked in lab.gws.requests):
                raise LabError("the dry run changed something")
            print("    Compared in Cassandra: nothing changed; the API received nothing but GET.")
            _playbook(folder, "2. Erase", "-e", "cleanup=true")
            after, expected = lab.settings(), people.expected(person.ref)
            gone = sum(1 for place in before if place not in after)
            cut = sum(1 for place, setting in after.items() if decoded(setting) != decoded(before[place]))
            wrong = sum(1 for place, setting in before.items() if decoded(after.get(place)) != decoded(expected.get(place, setting)))
            print(
                f"    Compared in Cassandra: {len(before):,} settings before, {gone} gone, {cut} cut, the others equal; {wrong} not as they should be."
            )
            if wrong:
                raise LabError("something else was changed, or something was left")
            _playbook(folder, "3. Dry run again")
    except LabError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: interrupted; everything that it started was stopped", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
