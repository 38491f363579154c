"""scenario.txt with kafka-python: prints what it sees of the broker whose address it is given."""

import sys
import threading
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetSpec, TopicPartition, errors
from kafka.admin import ConfigResource, ConfigResourceType

BOOTSTRAP = sys.argv[1]
DEADLINE_S = 30
admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)


def show(key, sight):
    print(f"{key}: {sight}", flush=True)


def until(what, condition):
    """Polls for what takes effect after its answer."""
    end = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        time.sleep(0.05)
    return found


def error_of(call):
    try:
        call()
    except errors.KafkaError as error:
        return f"error {getattr(error, 'errno', 'of the client')}"
    return "no error"


def create(name, partitions=1, **settings):
    configs = {key.replace("_", "."): value for key, value in settings.items()}
    admin.create_topics(
        {name: {"num_partitions": partitions, "replication_factor": 1, "configs": configs}},
        wait_for_metadata=True,
    )


def partitions_of(name):
    return admin.describe_topics([name])[0]["partitions"]


def topics():
    return sorted(t for t in admin.list_topics() if not t.startswith("__"))


def send(topic, records, **settings):
    """Sends records, which are arguments of `send`, and fails as the first of them does."""
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, linger_ms=20, **settings)
    try:
        futures = [producer.send(topic, **record) for record in records]
        producer.flush(DEADLINE_S)
        for future in futures:
            future.get(DEADLINE_S)
    finally:
        producer.close(DEADLINE_S)


def numbered(count):
    return [{"value": b"value-%d" % i} for i in range(count)]


def read(topic, count, offset=0):
    """That many records of partition 0 from an offset on."""
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP, max_partition_fetch_bytes=4 << 20)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, offset)
    records = []
    end = time.monotonic() + DEADLINE_S
    while len(records) < count:
        assert time.monotonic() < end, f"{len(records)} of {count} records of {topic}"
        records += consumer.poll(500).get(partition, [])
    consumer.close()
    return records


def in_order(records):
    return sum(r.offset == i and r.value == b"value-%d" % i for i, r in enumerate(records))


def offset_for(topic, spec):
    partition = TopicPartition(topic, 0)
    return admin.list_partition_offsets({partition: spec})[partition].offset


def setting(topic, key):
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    return found["topic"][topic][key]["value"]


def set_setting(topic, key, value):
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, {key: value})
    return admin.alter_configs([resource], incremental=True)["topic"][topic]


def topic_and_settings():
    create("orders", 3, retention_ms="86400000")
    found = partitions_of("orders")
    leaders = ",".join(sorted({str(p["leader_id"]) for p in found}))
    show("topic", f"orders has {len(found)} partitions led by {leaders}")
    show("topic again", error_of(lambda: create("orders", 3)))
    show("setting", "retention.ms=" + setting("orders", "retention.ms"))
    assert set_setting("orders", "retention.ms", "3600000") == "OK"
    until("setting", lambda: setting("orders", "retention.ms") == "3600000")
    show("setting altered", "retention.ms=" + setting("orders", "retention.ms"))
    # The client answers with the text of an error, which begins with its code in brackets.
    refused = set_setting("orders", "retention.ms", "soon")
    show("setting refused", "error " + refused.removeprefix("[Error ").partition("]")[0])


def codecs_and_idempotence():
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        topic = f"codec-{codec}"
        create(topic)
        compression = None if codec == "none" else codec
        send(topic, numbered(1000), compression_type=compression, enable_idempotence=False)
        show(f"codec {codec}", f"{in_order(read(topic, 1000))} of 1000 in order")
    create("idempotent")
    send("idempotent", numbered(1000), enable_idempotence=True, acks="all")
    show("idempotent", f"{in_order(read('idempotent', 1000))} of 1000 in order")


def text(value):
    return "null" if value is None else f'"{value.decode()}"'


def records_and_offsets():
    create("records", retention_ms="-1")
    sent = [
        {"key": b"k1", "value": b"v1", "headers": [("a", b"1"), ("b", b"")]},
        {"value": b"no key"},
        {"key": b"k1"},
        {"key": b"", "value": b""},
    ]
    for i, record in enumerate(sent):
        record["timestamp_ms"] = 1700000000000 + 1000 * i
    send("records", sent)
    for record in read("records", 4):
        headers = ",".join(f"{name}={value.decode()}" for name, value in record.headers)
        show(
            f"record {record.offset}",
            f"key {text(record.key)} value {text(record.value)} "
            f"headers {headers or 'none'} timestamp {record.timestamp}",
        )
    show("offsets", f"{offset_for('records', OffsetSpec.EARLIEST)} to {offset_for('records', OffsetSpec.LATEST)}")
    for timestamp in (1700000001500, 1800000000000):
        offset = offset_for("records", timestamp)
        show(f"offset at {timestamp}", "none" if offset == -1 else offset)
    start = offset_for("records", 1700000001500)
    show("from timestamp 1700000001500", ",".join(str(r.offset) for r in read("records", 2, start)))
    show("from offset 997", ",".join(r.value.decode() for r in read("idempotent", 3, 997)))


def large():
    create("large", max_message_bytes="4194304")
    value = bytes(i % 251 for i in range(3 << 20))
    send("large", [{"value": value}], max_request_size=8 << 20)
    got = read("large", 1)[0].value
    show("large", f"{len(got)} bytes " + ("as they were" if got == value else "changed"))
    show("too large", error_of(lambda: send("records", [{"value": value}], max_request_size=8 << 20)))


class Member:
    """A member of `workers` that polls in a thread of its own until it leaves, and remembers what
    it has read. Polls are long and nothing is done between them: kafka-python 3.0.12 drops the
    assignment of a member that completes its join while no poll waits for it."""

    def __init__(self):
        self.seen = set()
        self.consumer = KafkaConsumer(
            "orders",
            bootstrap_servers=BOOTSTRAP,
            group_id="workers",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=500,
        )
        self.leaving = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.leaving.is_set():
            for records in self.consumer.poll(1000).values():
                self.seen |= {record.value.decode() for record in records}
        self.consumer.commit()
        self.consumer.close()

    def owns(self):
        return {partition.partition for partition in self.consumer.assignment()}

    def leave(self):
        self.leaving.set()
        self.thread.join(DEADLINE_S)
        assert not self.thread.is_alive(), "a member does not leave"


def listed(numbers):
    return ",".join(str(n) for n in sorted(numbers))


def send_orders(numbers):
    send("orders", [{"value": b"order-%d" % i, "partition": i % 3} for i in numbers])


def delete_group():
    result = admin.delete_groups(["workers"])["workers"]
    return "no error" if result == "OK" else f"error {getattr(errors, result).errno}"


def groups():
    return [g["group_id"] for g in admin.list_groups()]


def group():
    first = Member()
    until("alone", lambda: len(first.owns()) == 3)
    show("group alone", f"1 member has {listed(first.owns())}")
    second = Member()
    everything = {0, 1, 2}
    until(
        "together",
        lambda: first.owns() and second.owns() and not first.owns() & second.owns()
        and first.owns() | second.owns() == everything,
    )
    show("group together", f"2 members have {listed(first.owns() | second.owns())}, each at least one")
    send_orders(range(30))
    wanted = {f"order-{i}" for i in range(30)}
    until("read", lambda: first.seen | second.seen >= wanted)
    show("group read", f"{len(first.seen | second.seen)} of 30")
    show("group deleted while in use", delete_group())
    second.leave()
    until("one left", lambda: first.owns() == everything)
    show("group after one left", f"1 member has {listed(first.owns())}")
    first.leave()
    committed = admin.list_group_offsets("workers")["workers"]
    show("group committed", ",".join(str(committed[TopicPartition("orders", p)].offset) for p in range(3)))
    send_orders(range(30, 33))
    third = Member()
    until("resumed", lambda: len(third.seen) >= 3)
    show("group resumed", ",".join(sorted(third.seen)))
    third.leave()

    def described():
        return admin.describe_groups(["workers"])["workers"]

    until("empty", lambda: not described()["members"])
    show("group described", f"{described()['group_state']} with {len(described()['members'])} members")
    assert delete_group() == "no error"
    until("deleted", lambda: "workers" not in groups())
    show("group deleted", "listed" if "workers" in groups() else "not listed")


def partitions_and_records():
    admin.create_partitions({"orders": 5})
    until("partitions", lambda: len(partitions_of("orders")) == 5)
    show("partitions", f"orders has {len(partitions_of('orders'))} partitions")
    show("partitions fewer", error_of(lambda: admin.create_partitions({"orders": 2})))
    admin.delete_records({TopicPartition("idempotent", 0): 500})
    start = offset_for("idempotent", OffsetSpec.EARLIEST)
    show("records deleted", f"idempotent starts at {start}")
    left = read("idempotent", 500, start)
    assert left[-1].value == b"value-999"
    show("records left", f"{len(left)} from {left[0].offset}")


def unknown_and_deletion():
    show("unknown topic", f"error {admin.describe_topics(['absent'])[0]['error_code']}")
    refused = error_of(lambda: send("absent", numbered(1), max_block_ms=1000)) != "no error"
    show("send to unknown topic", "refused" if refused else "accepted")
    show("delete unknown topic", error_of(lambda: admin.delete_topics(["absent"])))
    show("topics", ",".join(topics()))
    admin.delete_topics(topics())
    until("deleted", lambda: not topics())
    show("topics deleted", ",".join(topics()) or "none")


topic_and_settings()
codecs_and_idempotence()
records_and_offsets()
large()
group()
partitions_and_records()
unknown_and_deletion()
