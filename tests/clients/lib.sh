# What the client suites share: a broker of their own, and checks that say what they expected.
# To be sourced by a suite's `run`; sets `root` (the project), `here` (the suite's folder), `built`
# (where it builds and installs), `work` (gone afterwards), and after `start_broker` `bootstrap`.
# BROKER and WAL choose what it runs on; broker.sh says how.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$(cd "$(dirname "$0")" && pwd)
built=${CARGO_TARGET_DIR:-$root/target}/clients/$(basename "$here")
classpath_file=$root/tests/clients/java/target/classpath.txt
work=$(mktemp -d)
mkdir -p "$built"

# need PATH-OR-COMMAND: a suite whose client is not there fails; it is never skipped.
need() {
    command -v "$1" >/dev/null || [ -s "$1" ] ||
        { echo "missing: $1 (see tests/clients/install)" >&2; exit 1; }
}

source "$root/tests/clients/broker.sh"

finish() {
    local status=$?
    end_brokers
    if [ $status -ne 0 ] && [ -s "$work/log" ]; then
        echo "--- the broker said:" >&2
        tail -n 50 "$work/log" >&2
    fi
    rm -rf "$work"
}
trap finish EXIT

passed=0

ok() {
    echo "ok     $1"
    passed=$((passed + 1))
}

# check NAME EXPECTED COMMAND...: what the command prints is exactly what was expected. Commands
# bound their own time.
check() {
    local name=$1 expected=$2 got
    shift 2
    if ! got=$("$@" 2>"$work/errors"); then
        echo "FAILED $name: $*" >&2
        cat "$work/errors" >&2
        exit 1
    fi
    if [ "$got" != "$expected" ]; then
        echo "FAILED $name" >&2
        diff <(printf '%s\n' "$expected") <(printf '%s\n' "$got") >&2 || true
        exit 1
    fi
    ok "$name"
}

# eventually NAME EXPECTED COMMAND...: as check, for what comes to be true within two minutes.
eventually() {
    local name=$1 expected=$2 got= end=$((SECONDS + 120))
    shift 2
    until got=$("$@" 2>"$work/errors") && [ "$got" = "$expected" ]; do
        if ((SECONDS >= end)); then
            echo "FAILED $name: not within two minutes" >&2
            diff <(printf '%s\n' "$expected") <(printf '%s\n' "$got") >&2 || true
            cat "$work/errors" >&2
            exit 1
        fi
        sleep 0.1
    done
    ok "$name"
}

# scenario COMMAND...: starts a broker and runs the client's program with its address; what it
# prints is exactly scenario.txt without the keys that the file `lacks` beside it names.
scenario() {
    start_broker auto.create.topics.enable=false group.initial.rebalance.delay.ms=0
    local lacks=$here/lacks key reason
    [ -e "$lacks" ] || lacks=/dev/null
    grep -v '^\(#\|$\)' "$root/tests/clients/scenario.txt" >"$work/expected"
    while IFS=: read -r key reason; do
        grep -q "^$key:" "$work/expected" || { echo "lacks: no such key: $key" >&2; exit 1; }
        sed -i "/^$key:/d" "$work/expected"
        echo "lacks  $key:$reason"
    done < <(grep -v '^#' "$lacks")
    if ! timeout 120 "$@" "$bootstrap" >"$work/seen" 2>"$work/errors"; then
        echo "FAILED the program ended with an error or took longer than 120 s:" >&2
        tail -n 50 "$work/errors" >&2
        diff "$work/expected" "$work/seen" >&2 || true
        exit 1
    fi
    if ! diff "$work/expected" "$work/seen" >&2; then
        echo "FAILED: < is what scenario.txt expects, > what was seen" >&2
        exit 1
    fi
    while read -r line; do ok "$line"; done <"$work/seen"
    stop_broker
}

passed() { echo "$passed passed, 0 failed"; }
