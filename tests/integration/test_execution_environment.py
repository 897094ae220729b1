# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment of examples/awx: what ansible-builder makes of it is carried out, line by line, below a folder instead of in an image.

There is no container engine, no image and no dnf here: packages are asked of a stand-in that writes down what it was asked for, the image's Python is a
venv, and the collection comes from the tarball instead of from Galaxy. All else is done as it stands, and pip may use nothing but wheels. That there are
wheels for the image's own Python and C library, pip is asked, too.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.support import ROOT

pytestmark = pytest.mark.slow

BUILDER = "ansible-builder==3.2.0"
_PLACES = re.compile(
    r"(?<![\w./-])/(?=(output|build|usr/share/ansible|tmp/src|tmp/venv|opt/builder|runner|var/cache|var/lib/dnf|var/log|etc/passwd)\b)"
)


def _do(command: str | list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command if isinstance(command, list) else ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}"
    return done.stdout


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            word, _space, rest = line.strip().partition(" ")
            yield word, rest


class Build:
    """The stages of a Containerfile, each below a folder of its own."""

    def __init__(self, folder: Path, context: Path, python: Path) -> None:
        self.folder, self.context, self.python = folder, context, python
        self.asked_packages = folder / "packages.txt"
        manager = folder / "dnf"
        manager.write_text(f'#!/bin/sh\necho "$@" >>{self.asked_packages}\n')
        manager.chmod(0o755)
        (folder / "home").mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
            "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "PIP_ONLY_BINARY": ":all:",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        self.arguments: dict[str, str] = {}
        self.ran: list[str] = []

    def root(self, stage: str) -> Path:
        """Where the files of a stage are."""
        return self.folder / f"stage-{stage}"

    def _place(self, text: str, stage: str) -> str:
        return _PLACES.sub(f"{self.root(stage)}/", text)

    def run(self) -> None:
        """All stages."""
        stage, work = "", "/"
        for word, rest in _instructions((self.context / "Containerfile").read_text()):
            if word == "ARG" and "=" in rest:
                name, _equals, value = rest.partition("=")
                self.arguments[name] = shlex.split(value)[0] if value.strip('"') else ""
            elif word == "FROM":
                before, _as, stage = rest.partition(" AS ")
                work = "/"
                if before.startswith("$"):
                    self.root(stage).mkdir()
                else:
                    shutil.copytree(self.root(before), self.root(stage), symlinks=True)
                    for script in (self.root(stage) / "output/scripts").glob("*"):
                        script.write_text(script.read_text().replace(str(self.root(before)), str(self.root(stage))))
            elif word == "COPY":
                *options, source, target = rest.split()
                whence = self.root(options[0].partition("=")[2]) / source.lstrip("/") if options else self.context / source
                where = self.root(stage) / (target if target.startswith("/") else f"{work}/{target}").lstrip("/")
                self._copy(whence, where, stage)
            elif word == "WORKDIR":
                work = rest
                (self.root(stage) / work.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif word == "RUN":
                self._run(rest, stage, work)
            else:
                assert word in ("ARG", "ENV", "USER", "LABEL", "ENTRYPOINT", "CMD"), word

    def _copy(self, source: Path, target: Path, stage: str) -> None:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        for path in [target] if target.is_file() else [one for one in target.rglob("*") if one.parent.name == "scripts"]:
            path.write_text(self._place(path.read_text(), stage))

    def _run(self, command: str, stage: str, work: str) -> None:
        for place in ("tmp", "etc"):
            (self.root(stage) / place).mkdir(exist_ok=True)
        (self.root(stage) / "etc/passwd").touch()
        arguments = {**self.arguments, "PYCMD": str(self.python), "PKGMGR": str(self.folder / "dnf")}
        placed = self._place(command, stage).replace("chgrp 0 ", f"chgrp {os.getgid()} ")
        _do(placed, self.root(stage) / work.lstrip("/"), {**self.environment, **arguments})
        self.ran.append(command)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    folder = tmp_path_factory.mktemp("ee")
    around = {**os.environ, "HOME": str(folder)}
    for name, packages in (("tools", [BUILDER]), ("image", [])):
        _do([sys.executable, "-m", "venv", str(folder / name)], folder, around)
        if packages:
            _do([str(folder / name / "bin/pip"), "install", "-q", *packages], folder, around)
    project, context = folder / "project", folder / "context"
    shutil.copytree(ROOT / "examples/awx", project)
    command = [str(folder / "tools/bin/ansible-builder"), "create", "-f", "execution-environment.yml", "-c", str(context)]
    _do([*command, "--output-filename", "Containerfile"], project, {**around, "PATH": f"{folder}/tools/bin:{os.environ['PATH']}"})
    wanted = yaml.safe_load((context / "_build/requirements.yml").read_text())
    assert [entry["name"] for entry in wanted["collections"]] == ["genesys.gws"]
    _do(["make", "build"], ROOT, dict(os.environ))
    (tarball,) = (ROOT / "build/dist").glob("genesys-gws-*.tar.gz")
    (context / "_build/requirements.yml").write_text(json.dumps({"collections": [{"name": str(tarball), "type": "file"}]}))
    build = Build(folder, context, folder / "image/bin/python")
    build.run()
    return build


def test_every_step_is_carried_out(built: Build) -> None:
    assert len(built.ran) >= 15
    for part in (
        "ansible-galaxy collection install",
        "introspect.py introspect",
        "scripts/assemble",
        "check_ansible",
        "install-from-bindep",
    ):
        assert any(part in command for command in built.ran), part


def test_the_image_fits_its_package_manager_and_python(built: Build) -> None:
    """CentOS Stream 9 has dnf, and the packages python3.12 (/usr/bin/python3.12) and openssh-clients in BaseOS and AppStream."""
    assert built.arguments["EE_BASE_IMAGE"] == "quay.io/centos/centos:stream9"
    assert built.arguments["PKGMGR"] == "/usr/bin/dnf"
    assert (built.arguments["PYPKG"], built.arguments["PYCMD"]) == ("python3.12", "/usr/bin/python3.12")
    assert "install python3.12 -y" in built.asked_packages.read_text()


def test_what_is_introspected(built: Build) -> None:
    requirements = (built.root("builder") / "tmp/src/requirements.txt").read_text()
    for name in ("cassandra-driver", "requests", "phonenumbers", "ahocorasick_rs"):
        assert re.search(rf"^{name}\b", requirements, re.MULTILINE), requirements
    bindep = (built.root("builder") / "tmp/src/bindep.txt").read_text()
    assert "openssh-clients [platform:rpm]" in bindep


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_there_are_wheels_for_the_image(built: Build, tmp_path: Path, machine: str) -> None:
    """Its C library is glibc 2.34."""
    version = built.arguments["PYPKG"].removeprefix("python")
    platforms = [
        part
        for one in ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
        for part in ("--platform", f"{one}_{machine}")
    ]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--dest",
        str(tmp_path),
        "--only-binary",
        ":all:",
        "--python-version",
        version,
    ]
    wanted = [*shlex.split(built.arguments["ANSIBLE_INSTALL_REFS"]), "dumb-init==1.2.5", "bindep", "pyyaml", "packaging"]
    _do([*command, *platforms, "-r", str(built.root("builder") / "tmp/src/requirements.txt"), *wanted], tmp_path, dict(os.environ))
    assert len(list(tmp_path.glob("*.whl"))) > 15


def test_what_is_built_runs(built: Build) -> None:
    """With the Python, the packages and the collection of the image."""
    around = {**built.environment, "ANSIBLE_COLLECTIONS_PATH": str(built.root("final") / "usr/share/ansible/collections")}
    home = built.folder / "home"
    assert "gws_pii_search" in _do("ansible-doc -t module genesys.gws.gws_pii_search", home, around)
    assert "ansible-runner" in _do("pip list", home, around)
    said = _do(
        "ansible-playbook genesys.gws.forget_me -e cass_hostname=127.0.0.1 -e cass_port=9 -e search=ann@example.com || true", home, around
    )
    assert "Cassandra can't be reached at 127.0.0.1 port 9" in said, said
