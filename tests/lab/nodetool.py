# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nodetool and sstabledump of a node's version, out of the same jars: as commands for a playbook, or run at once."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tests.lab.cassandra import (
    DEFAULT_VERSION,
    CassandraNode,
    LabError,
    default_cache_dir,
    fetch_artifacts,
    fetch_jars,
    java_for,
    version_tuple,
)

_NODETOOL_3 = Path(__file__).with_name("Nodetool3.java")
_NODETOOL = "org.apache.cassandra.tools.NodeTool"
_OPENS = (
    "java.base/java.io",
    "java.base/java.lang",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/sun.nio.ch",
    "java.base/jdk.internal.ref",
)
_EXPORTS = ("java.base/jdk.internal.misc", "java.base/jdk.internal.ref", "java.base/sun.nio.ch", "java.rmi/sun.rmi.transport.tcp")
_QUIET = '<configuration><root level="OFF"/></configuration>'


def java_tool(node: CassandraNode, main: str, *arguments: str) -> list[str]:
    """The command that runs a class of the node's Cassandra, with the node's configuration."""
    version = node.version
    cache = node.cache_dir or default_cache_dir()
    quiet = node.folder / "logback-quiet.xml"
    quiet.write_text(_QUIET, encoding="ascii")
    options = ["-Xmx256M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dlogback.configurationFile={quiet}"]
    options += [f"-Dcassandra.config={(node.folder / 'cassandra.yaml').as_uri()}", f"-Dcassandra.storagedir={node.folder / 'data'}"]
    options += [f"-Duser.home={node.folder}", f"-Djava.io.tmpdir={node.folder}", "-Dcom.sun.jndi.rmiURLParsing=legacy"]
    options += [f"--add-opens={name}=ALL-UNNAMED" for name in _OPENS] + [f"--add-exports={name}=ALL-UNNAMED" for name in _EXPORTS]
    jars = [str(fetch_jars(version, cache) / "*")]
    if version_tuple(version) < (3,):  # the jars of these do not name what nodetool needs to parse its arguments
        airline = fetch_artifacts("airline-0.6", ["io.airlift:airline:0.6"], cache, "download what nodetool needs")
        jars += [str(airline / name) for name in ("airline-0.6.jar", "javax.inject-1.jar")]
    java = java_for(DEFAULT_VERSION, cache)  # the Java 11 of the lab lacks the part of JNDI that finds a node
    return [str(java), *options, "-cp", os.pathsep.join(jars), main, *arguments]


def nodetool_command(node: CassandraNode) -> list[str]:
    """nodetool for this node, to be followed by what it shall do."""
    main = str(_NODETOOL_3) if (3,) <= version_tuple(node.version) < (4,) else _NODETOOL
    return java_tool(node, main, "-h", "127.0.0.1", "-p", str(node.jmx_port))


def nodetool(node: CassandraNode, *arguments: str) -> str:
    """Run nodetool and return what it printed."""
    done = subprocess.run([*nodetool_command(node), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"nodetool {' '.join(arguments)} ended with {done.returncode}: {(done.stdout + done.stderr)[:1500]}")
    return done.stdout


def nodetool_script(node: CassandraNode, folder: Path) -> Path:
    """An executable file that is the nodetool of this node."""
    script = folder / f"nodetool-{node.address}"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(nodetool_command(node))} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script
