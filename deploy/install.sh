#!/usr/bin/env bash
# Make .venv and install citedesk in it from the hashed locks: `deploy/install.sh base|dev`.
# Told step by step; nothing is installed that no lock names.
set -euo pipefail
cd "$(dirname "$0")/.."

lock="${1:?which lock: base or dev}"
venv=.venv

fits() { # is this command a Python that citedesk runs on, with venv and pip in it?
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
        >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    cat >&2 <<'TEXT'
setup: no Python 3.11, 3.12 or 3.13 with its venv module was found.
       Debian and Ubuntu: apt-get install python3 python3-venv
       Fedora: dnf install python3.13    macOS: brew install python@3.13
       Or name one: make setup PYTHON=/path/to/python3.13
TEXT
    exit 1
}

install() {
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet "$@"
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python="$(find_python)"
    echo "setup: making $venv with $("$python" --version) ($python)"
    "$python" -m venv --clear "$venv"
fi
count="$(grep -c '==' "requirements/$lock.txt")"
echo "setup: installing up to $count packages of requirements/$lock.txt (hashes checked; a minute or two the first time)"
# Not all compiled: most modules are never met. It halves the time of the install and spares 100 MB.
install --no-compile --require-hashes -r "requirements/$lock.txt" -r requirements/build.txt
echo "setup: installing citedesk from this checkout"
install --no-deps --no-build-isolation --editable .
echo "setup: compiling what a start meets"
"$venv/bin/python" -m deploy.compile
echo "setup: done: $venv/bin/citedesk"
