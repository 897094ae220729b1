# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is watched: everything that it shows, sends or leaves anywhere, by place. Which of it is a leak, `support.Canaries` says."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.support import PLAYBOOK, ROOT, Canaries, environment, write_private

HERE = Path(__file__).parent
PLACES = (
    *("stdout", "stderr", "log", "events", "callbacks", "facts", "retry", "reports", "junit", "tree"),
    *("syslog", "arguments", "temporary files", "left in HOME", "file names"),
)


@dataclass
class Watched:
    """What a run has left, by place: texts."""

    rc: int
    places: dict[str, list[str]] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """What was shown."""
        return "".join(self.places["stdout"] + self.places["stderr"])

    def leaks(self, canaries: Canaries) -> dict[str, list[str]]:
        """What leaked, by place; places without leaks are left out."""
        found = {place: [one for text in texts for one in canaries.sing(text)] for place, texts in self.places.items()}
        return {place: leaks[:5] for place, leaks in found.items() if leaks}


class Watch:
    """Runs ansible-playbook (or ansible-runner) of some version of ansible-core, with everything switched on that may show or keep something."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self.folder, self._bin = folder, bin
        # Short: ansible-core 2.22 has a socket below it, whose address may have no more than some hundred characters.
        self.home = Path(tempfile.mkdtemp(prefix="seen-"))
        weakref.finalize(self, shutil.rmtree, self.home, ignore_errors=True)
        self.reports = folder / "reports"
        self.witness = folder / "witness"
        self.witness.mkdir(parents=True)
        self._seen: dict[str, bytes] = {}

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return environment(
            self.home,
            **{
                "PATH": f"{self._bin}:/usr/local/bin:/usr/bin:/bin",
                "PYTHONPATH": str(HERE / "witness"),
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
                "LEAK_WITNESS": str(self.witness),
                "LEAK_EVERYTHING": str(self.witness / "callbacks"),
                "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "witness_plugins"),
                "ANSIBLE_CALLBACKS_ENABLED": "everything,ansible.builtin.junit,ansible.builtin.tree",
                "ANSIBLE_CALLBACK_TREE_DIR": str(self.folder / "tree"),
                "JUNIT_OUTPUT_DIR": str(self.folder / "junit"),
                "ANSIBLE_LOG_PATH": str(self.folder / "log"),
                "ANSIBLE_CACHE_PLUGIN": "jsonfile",
                "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "facts"),
                "ANSIBLE_RETRY_FILES_ENABLED": "true",
                "ANSIBLE_RETRY_FILES_SAVE_PATH": str(self.folder / "retry"),
                **more,
            },
        )

    def play(
        self,
        given: Mapping[str, Any] | str,
        *,
        playbook: Path = PLAYBOOK,
        arguments: Sequence[str] = ("-vvv",),
        env: Mapping[str, str] | None = None,
        runner: bool = False,
        expect_files: bool = True,
    ) -> Watched:
        """Run with these extra variables (or this YAML text of them), which come in a file of mode 0600."""
        content = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        if runner:
            private = self.folder / "private"
            write_private(private / "env" / "extravars", content)
            (private / "project").mkdir(parents=True)
            write_private(private / "project" / "play.yml", f"- import_playbook: {playbook}\n")
            command = [str(self._bin / "ansible-runner"), "run", str(private), "-p", "play.yml", "--ident", "job", *arguments]
        else:
            extra = write_private(self.folder / "given" / "extra.yml", content)
            command = [str(self._bin / "ansible-playbook"), *arguments, str(playbook), "-e", f"@{extra}"]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        over = threading.Event()
        watcher = ThreadPoolExecutor(1)
        looking = watcher.submit(self._look, over)
        try:
            stdout, stderr = process.communicate(timeout=900)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            over.set()
            watcher.shutdown()
        looking.result()  # raises what has stopped it: who no longer looks sees no leak
        return Watched(process.returncode, self._places(stdout, stderr))

    def _look(self, over: threading.Event) -> None:
        """Files come and go: keep each state that is seen. What Python removes, the witness inside has written down as well."""
        while not over.is_set():
            for folder, _folders, names in os.walk(self.home):  # which passes over folders that have gone meanwhile; rglob() fails
                for path in (Path(folder, name) for name in names):
                    with contextlib.suppress(OSError):
                        if path.is_file() and path.stat().st_size < 4 << 20:
                            self._seen[f"{path}:{path.stat().st_size}"] = path.read_bytes()
            time.sleep(0.05)

    def _places(self, stdout: str, stderr: str) -> dict[str, list[str]]:
        def below(path: Path) -> list[str]:
            files = [path] if path.is_file() else sorted(path.rglob("*"))
            return [one.read_bytes().decode("utf-8", "replace") for one in files if one.is_file()]

        noted = {place: below(self.witness / place) for place in ("syslog", "arguments", "removed", "callbacks")}
        left = [path for path in self.home.rglob("*") if path.is_file()]
        places = {
            "stdout": [stdout],
            "stderr": [stderr],
            "log": below(self.folder / "log"),
            "events": below(self.folder / "private" / "artifacts"),
            "callbacks": noted["callbacks"],
            "facts": below(self.folder / "facts"),
            "retry": below(self.folder / "retry"),
            "reports": below(self.reports),
            "junit": below(self.folder / "junit"),
            "tree": below(self.folder / "tree"),
            "syslog": noted["syslog"],
            "arguments": noted["arguments"],
            "temporary files": noted["removed"] + [content.decode("utf-8", "replace") for content in self._seen.values()],
            "left in HOME": [path.read_bytes().decode("utf-8", "replace") for path in left],
            "file names": [str(path) for folder in (self.folder, self.home) for path in folder.rglob("*")] + list(self._seen),
        }
        assert set(places) == set(PLACES)
        return places
