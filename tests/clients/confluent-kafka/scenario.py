"""scenario.txt with confluent-kafka: prints what it sees of the broker whose address it is given."""

import sys
import time

from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

BOOTSTRAP = {"bootstrap.servers": sys.argv[1]}
DEADLINE_S = 30
admin = AdminClient(BOOTSTRAP)


def show(key, sight):
    print(f"{key}: {sight}", flush=True)


def until(what, condition):
    """Polls for what takes effect after its answer."""
    end = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        time.sleep(0.05)
    return found


def done(futures):
    """The results of an admin call, by what it was asked for."""
    return {asked: future.result(DEADLINE_S) for asked, future in futures.items()}


def error_of(call):
    try:
        call()
    except KafkaException as error:
        return f"error {error.args[0].code()}"
    return "no error"


def create(name, partitions=1, **settings):
    config = {key.replace("_", "."): value for key, value in settings.items()}
    done(admin.create_topics([NewTopic(name, partitions, 1, config=config)]))
    until(name, lambda: len(partitions_of(name)) == partitions)


def partitions_of(name):
    topic = admin.list_topics(timeout=DEADLINE_S).topics.get(name)
    return list(topic.partitions.values()) if topic else []


def topics():
    return sorted(t for t in admin.list_topics(timeout=DEADLINE_S).topics if not t.startswith("__"))


def send(topic, records, **settings):
    """Sends records, which are arguments of `produce`, and fails as the first of them does."""
    failures = []
    config = {key.replace("_", "."): value for key, value in settings.items()}
    producer = Producer(BOOTSTRAP | {"linger.ms": 20, "message.timeout.ms": 30000} | config)
    for record in records:
        producer.produce(topic, on_delivery=lambda e, _: e and failures.append(e), **record)
    assert producer.flush(DEADLINE_S) == 0, "not sent in time"
    if failures:
        raise KafkaException(failures[0])


def numbered(count, prefix="value"):
    return [{"value": f"{prefix}-{i}"} for i in range(count)]


def read(topic, count, offset=0):
    """That many records of partition 0 from an offset on."""
    consumer = Consumer(
        BOOTSTRAP | {"group.id": "nobody", "enable.auto.commit": False, "fetch.message.max.bytes": 4 << 20}
    )
    consumer.assign([TopicPartition(topic, 0, offset)])
    records = []
    end = time.monotonic() + DEADLINE_S
    while len(records) < count:
        assert time.monotonic() < end, f"{len(records)} of {count} records of {topic}"
        records += [checked(record) for record in consumer.consume(count - len(records), 1)]
    consumer.close()
    return records


def checked(record):
    if record.error():
        raise KafkaException(record.error())
    return record


def in_order(records):
    return sum(r.offset() == i and r.value() == b"value-%d" % i for i, r in enumerate(records))


def offset_for(topic, spec):
    partition = TopicPartition(topic, 0)
    return done(admin.list_offsets({partition: spec}))[partition].offset


def setting(topic, key):
    resource = ConfigResource("topic", topic)
    return done(admin.describe_configs([resource]))[resource][key].value


def set_setting(topic, key, value):
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    done(admin.incremental_alter_configs([ConfigResource("topic", topic, incremental_configs=[entry])]))


def topic_and_settings():
    create("orders", 3, retention_ms="86400000")
    found = partitions_of("orders")
    leaders = ",".join(sorted({str(p.leader) for p in found}))
    show("topic", f"orders has {len(found)} partitions led by {leaders}")
    show("topic again", error_of(lambda: create("orders", 3)))
    show("setting", "retention.ms=" + setting("orders", "retention.ms"))
    set_setting("orders", "retention.ms", "3600000")
    until("setting", lambda: setting("orders", "retention.ms") == "3600000")
    show("setting altered", "retention.ms=" + setting("orders", "retention.ms"))
    show("setting refused", error_of(lambda: set_setting("orders", "retention.ms", "soon")))


def codecs_and_idempotence():
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        topic = f"codec-{codec}"
        create(topic)
        send(topic, numbered(1000), compression_codec=codec)
        show(f"codec {codec}", f"{in_order(read(topic, 1000))} of 1000 in order")
    create("idempotent")
    send("idempotent", numbered(1000), enable_idempotence=True, acks="all")
    show("idempotent", f"{in_order(read('idempotent', 1000))} of 1000 in order")


def text(value):
    return "null" if value is None else f'"{value.decode()}"'


def records_and_offsets():
    create("records", retention_ms="-1")
    sent = [
        {"key": "k1", "value": "v1", "headers": [("a", b"1"), ("b", b"")]},
        {"value": "no key"},
        {"key": "k1"},
        {"key": "", "value": ""},
    ]
    for i, record in enumerate(sent):
        record["timestamp"] = 1700000000000 + 1000 * i
    send("records", sent)
    for record in read("records", 4):
        headers = ",".join(f"{name}={value.decode()}" for name, value in record.headers() or [])
        kind, timestamp = record.timestamp()
        assert kind != TIMESTAMP_NOT_AVAILABLE
        show(
            f"record {record.offset()}",
            f"key {text(record.key())} value {text(record.value())} "
            f"headers {headers or 'none'} timestamp {timestamp}",
        )
    show("offsets", f"{offset_for('records', OffsetSpec.earliest())} to {offset_for('records', OffsetSpec.latest())}")
    for timestamp in (1700000001500, 1800000000000):
        offset = offset_for("records", OffsetSpec.for_timestamp(timestamp))
        show(f"offset at {timestamp}", "none" if offset == -1 else offset)
    start = offset_for("records", OffsetSpec.for_timestamp(1700000001500))
    show("from timestamp 1700000001500", ",".join(str(r.offset()) for r in read("records", 2, start)))
    show("from offset 997", ",".join(r.value().decode() for r in read("idempotent", 3, 997)))


def large():
    create("large", max_message_bytes="4194304")
    value = bytes(i % 251 for i in range(3 << 20))
    send("large", [{"value": value}], message_max_bytes=8 << 20)
    got = read("large", 1)[0].value()
    show("large", f"{len(got)} bytes " + ("as they were" if got == value else "changed"))
    show("too large", error_of(lambda: send("records", [{"value": value}], message_max_bytes=8 << 20)))


class Member:
    """A member of `workers` that remembers what it has read."""

    def __init__(self):
        self.seen = set()
        self.consumer = Consumer(
            BOOTSTRAP | {"group.id": "workers", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        )
        self.consumer.subscribe(["orders"])

    def poll(self):
        record = self.consumer.poll(0.05)
        if record:
            self.seen.add(checked(record).value().decode())

    def owns(self):
        return {partition.partition for partition in self.consumer.assignment()}

    def commit(self):
        self.consumer.commit(asynchronous=False)


def poll_until(what, members, condition):
    def step():
        for member in members:
            member.poll()
        return condition()

    until(what, step)


def listed(numbers):
    return ",".join(str(n) for n in sorted(numbers))


def send_orders(numbers):
    send("orders", [{"value": f"order-{i}", "partition": i % 3} for i in numbers])


def delete_group():
    done(admin.delete_consumer_groups(["workers"]))


def groups():
    return [g.group_id for g in admin.list_consumer_groups().result(DEADLINE_S).valid]


def group():
    first = Member()
    poll_until("alone", [first], lambda: len(first.owns()) == 3)
    show("group alone", f"1 member has {listed(first.owns())}")
    second = Member()
    both = [first, second]
    everything = {0, 1, 2}
    poll_until(
        "together",
        both,
        lambda: first.owns() and second.owns() and not first.owns() & second.owns()
        and first.owns() | second.owns() == everything,
    )
    show("group together", f"2 members have {listed(first.owns() | second.owns())}, each at least one")
    send_orders(range(30))
    wanted = {f"order-{i}" for i in range(30)}
    poll_until("read", both, lambda: first.seen | second.seen >= wanted)
    show("group read", f"{len(first.seen | second.seen)} of 30")
    show("group deleted while in use", error_of(delete_group))
    for member in both:
        member.commit()
    second.consumer.close()
    poll_until("one left", [first], lambda: first.owns() == everything)
    show("group after one left", f"1 member has {listed(first.owns())}")
    first.consumer.close()
    committed = done(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions("workers")]))["workers"]
    offsets = {p.partition: p.offset for p in committed.topic_partitions}
    show("group committed", ",".join(str(offsets[p]) for p in range(3)))
    send_orders(range(30, 33))
    third = Member()
    poll_until("resumed", [third], lambda: len(third.seen) >= 3)
    show("group resumed", ",".join(sorted(third.seen)))
    third.commit()
    third.consumer.close()

    def described():
        return done(admin.describe_consumer_groups(["workers"]))["workers"]

    until("empty", lambda: not described().members)
    show("group described", f"{described().state.name.capitalize()} with {len(described().members)} members")
    delete_group()
    until("deleted", lambda: "workers" not in groups())
    show("group deleted", "listed" if "workers" in groups() else "not listed")


def partitions_and_records():
    def raise_to(count):
        done(admin.create_partitions([NewPartitions("orders", count)]))

    raise_to(5)
    until("partitions", lambda: len(partitions_of("orders")) == 5)
    show("partitions", f"orders has {len(partitions_of('orders'))} partitions")
    show("partitions fewer", error_of(lambda: raise_to(2)))
    done(admin.delete_records([TopicPartition("idempotent", 0, 500)]))
    start = offset_for("idempotent", OffsetSpec.earliest())
    show("records deleted", f"idempotent starts at {start}")
    left = read("idempotent", 500, start)
    assert left[-1].value() == b"value-999"
    show("records left", f"{len(left)} from {left[0].offset()}")


def unknown_and_deletion():
    absent = admin.list_topics("absent", timeout=DEADLINE_S).topics["absent"]
    show("unknown topic", f"error {absent.error.code()}")
    # By default the client hopes for half a minute that the topic is only new.
    patience = {"topic_metadata_propagation_max_ms": 1000}
    refused = error_of(lambda: send("absent", numbered(1), **patience)) != "no error"
    show("send to unknown topic", "refused" if refused else "accepted")
    show("delete unknown topic", error_of(lambda: done(admin.delete_topics(["absent"]))))
    show("topics", ",".join(topics()))
    done(admin.delete_topics(topics()))
    until("deleted", lambda: not topics())
    show("topics deleted", ",".join(topics()) or "none")


topic_and_settings()
codecs_and_idempotence()
records_and_offsets()
large()
group()
partitions_and_records()
unknown_and_deletion()
