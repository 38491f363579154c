# What the client suites share: a server of their own, and checks that say what they expected.
# To be sourced; sets `root`, `work`, `server`, and after `start_server` `bootstrap` and `admin`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
server=${CARGO_TARGET_DIR:-$root/target}/debug/penstock
server_id=

need() {
    command -v "$1" >/dev/null || { echo "missing: $1 (see .ci/install)" >&2; exit 1; }
}

start_server() {
    : >"$work/ready"
    PENSTOCK_LOG=warn "$server" server --set data.dir="$work/data" \
        --set listeners=PLAINTEXT://127.0.0.1:0 --set admin.listener=127.0.0.1:0 \
        --set internal.listener=127.0.0.1:0 "$@" >"$work/ready" 2>>"$work/log" &
    server_id=$!
    # Reads until the server has said its line, or has ended.
    local line
    line=$(timeout 60 tail --pid="$server_id" -n +1 -f "$work/ready" | head -n 1) || true
    bootstrap=$(sed -n 's,.*PLAINTEXT://\([0-9.:]*\).*,\1,p' <<<"$line")
    admin=$(sed -n 's,.*http://\([0-9.:]*\).*,\1,p' <<<"$line")
    [ -n "$bootstrap" ] || { echo "the server did not start:" >&2; cat "$work/log" >&2; exit 1; }
}

kill_server() {
    kill -9 "$server_id"
    wait "$server_id" 2>/dev/null || true
    server_id=
}

stop_server() {
    kill -TERM "$server_id"
    wait "$server_id"
    server_id=
}

finish() {
    local status=$?
    [ -z "$server_id" ] || kill -9 "$server_id" 2>/dev/null || true
    if [ $status -ne 0 ] && [ -s "$work/log" ]; then
        echo "--- the server said:" >&2
        tail -n 50 "$work/log" >&2
    fi
    rm -rf "$work"
}
trap finish EXIT

passed=0

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
    echo "ok     $name"
    passed=$((passed + 1))
}
