# Starts and ends what a suite runs on. BROKER=penstock (the default) or kafka, which is Apache
# Kafka 4.3.1 from its jars. For Penstock WAL=file (the default) or object, which keeps log and
# objects in a MinIO of its own; PENSTOCK is the absolute path of a program to run instead of the
# debug build. Everything listens on loopback and keeps its data in `data`, a folder under `work`.

broker=${BROKER:-penstock}
wal=${WAL:-file}
server=${PENSTOCK:-${CARGO_TARGET_DIR:-$root/target}/debug/penstock}
broker_id=
minio_id=
data=$work/data
# Processes of the suite beside the broker; they end with it at the latest.
others=()

# start_broker KEY=VALUE...: starts it on the data that is there, and sets `bootstrap`.
start_broker() {
    case $broker in
    penstock) start_penstock "$@" ;;
    kafka) start_kafka "$@" ;;
    *) echo "BROKER is penstock or kafka, not $broker" >&2; exit 2 ;;
    esac
}

kill_broker() {
    kill -9 "$broker_id"
    wait "$broker_id" 2>/dev/null || true
    broker_id=
}

# Both end with 0, or 143 from a JVM, after SIGTERM.
stop_broker() {
    kill -TERM "$broker_id"
    wait "$broker_id" || [ $? -eq 143 ]
    broker_id=
}

# What is left of them when the suite ends, however it does.
end_brokers() {
    local id
    for id in $broker_id $minio_id "${others[@]}"; do
        kill -9 "$id" 2>/dev/null || true
        wait "$id" 2>/dev/null || true
    done
}

start_penstock() {
    need "$server"
    local settings=()
    case $wal in
    file) ;;
    object)
        [ -n "$minio_id" ] || start_minio
        settings=(--set "wal.url=object" --set
            "storage.url=s3://penstock/suite?endpoint=http://$minio&region=us-east-1&path_style=true")
        ;;
    *) echo "WAL is file or object, not $wal" >&2; exit 2 ;;
    esac
    local setting
    for setting in "$@"; do settings+=(--set "$setting"); done
    : >"$work/ready"
    PENSTOCK_LOG=warn "$server" server --set data.dir="$data" \
        --set listeners=PLAINTEXT://127.0.0.1:0 --set admin.listener=127.0.0.1:0 \
        --set internal.listener=127.0.0.1:0 "${settings[@]}" >"$work/ready" 2>>"$work/log" &
    broker_id=$!
    # Reads until the server has said its line, or has ended.
    local line
    line=$(timeout 60 tail --pid="$broker_id" -n +1 -f "$work/ready" | head -n 1) || true
    bootstrap=$(sed -n 's,.*PLAINTEXT://\([0-9.:]*\).*,\1,p' <<<"$line")
    [ -n "$bootstrap" ] || { echo "the server did not start" >&2; exit 1; }
}

start_minio() {
    # Where `go install` puts it.
    PATH=$PATH:$HOME/go/bin
    need minio
    export AWS_ACCESS_KEY_ID=penstock AWS_SECRET_ACCESS_KEY=penstock-secret
    local port
    port=$(free_port)
    minio=127.0.0.1:$port
    # A folder is a bucket.
    mkdir -p "$work/minio/penstock"
    MINIO_ROOT_USER=$AWS_ACCESS_KEY_ID MINIO_ROOT_PASSWORD=$AWS_SECRET_ACCESS_KEY MINIO_BROWSER=off \
        minio server --quiet --address "$minio" "$work/minio" >>"$work/log" 2>&1 &
    minio_id=$!
    wait_for_port "$port" "$minio_id"
}

start_kafka() {
    need java
    need "$classpath_file"
    local port controller settings=$data.properties
    port=$(free_port)
    controller=$(free_port)
    {
        cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
log.dirs=$data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
PROPERTIES
        printf '%s\n' "$@"
    } >"$settings"
    local kafka=(java -Xmx512m -XX:TieredStopAtLevel=1 -cp "$(cat "$classpath_file")")
    [ -e "$data/meta.properties" ] ||
        timeout 60 "${kafka[@]}" kafka.tools.StorageTool format --cluster-id AAAAAAAAAAAAAAAAAAAAAA \
            --config "$settings" >>"$work/log" 2>&1
    "${kafka[@]}" kafka.Kafka "$settings" >>"$work/log" 2>&1 &
    broker_id=$!
    wait_for_port "$port" "$broker_id"
    bootstrap=127.0.0.1:$port
}

# A port of loopback that nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for_port PORT PROCESS: until somebody listens, as long as the process lives.
wait_for_port() {
    local end=$((SECONDS + 60))
    until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        kill -0 "$2" 2>/dev/null && ((SECONDS < end)) ||
            { echo "nothing listens on port $1" >&2; exit 1; }
        sleep 0.1
    done
}
