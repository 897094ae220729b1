#!/usr/bin/env bash
# Says in one line each which prerequisite is missing. Usage: prerequisites.sh PYTHON [build]
# With "build" only what building the tarball needs.
set -u
python=${1:-python3}
missing=0

miss() {
    echo "setup: $1" >&2
    missing=1
}

if ! command -v "$python" >/dev/null; then
    miss "'$python' not found: install Python 3.11, 3.12 or 3.13, or name one with 'make PYTHON=...'"
elif ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    miss "'$python' is not Python 3.11, 3.12 or 3.13: name one with 'make PYTHON=...'"
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    miss "'$python' has no venv or no ensurepip: install them (Debian: python3-venv)"
fi

command -v git >/dev/null || miss "git not found: install it (Debian: git)"
[ "${2:-}" = build ] && exit "$missing"

command -v mvn >/dev/null || miss "mvn not found: install Maven (Debian: maven); the lab fetches Cassandra with it"

if ! command -v java >/dev/null; then
    miss "java not found: install Java 17 (Debian: openjdk-17-jre-headless); the lab runs Cassandra on it"
elif ! java -version 2>&1 | grep -q 'version "17\.'; then
    miss "java is not Java 17: put a Java 17 first in PATH; the lab runs Cassandra on it"
fi

exit "$missing"
