# What the suites' `install` scripts share: each gets its client by the language's ordinary package
# client, at the versions that its folder pins. To be sourced; `here` is the suite's folder, `built`
# where it may put things.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$(cd "$(dirname "$0")" && pwd)
built=${CARGO_TARGET_DIR:-$root/target}/clients/$(basename "$here")
mkdir -p "$built"

# debian COMMAND-OR-FILE PACKAGE...: unless the first is there.
debian() {
    command -v "$1" >/dev/null || [ -e "$1" ] && return
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}" >/dev/null
}

# requirements.txt into an environment of the suite's own.
python_packages() {
    debian python3 python3 python3-venv
    [ -x "$built/venv/bin/python" ] || python3 -m venv "$built/venv"
    "$built/venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
}

# go.mod and go.sum.
go_modules() {
    debian go golang-go
    (cd "$here" && go mod download)
}

# Apache Kafka's jars, for its tools, its clients and as a broker.
kafka_jars() {
    debian java openjdk-17-jdk-headless
    debian mvn maven
    mvn -q -B -f "$root/tests/clients/java/pom.xml" dependency:build-classpath \
        -Dmdep.outputFile=target/classpath.txt
}
