"""scenario.txt with aiokafka: prints what it sees of the broker whose address it is given."""

import asyncio
import sys
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

BOOTSTRAP = sys.argv[1]
DEADLINE_S = 30


def show(key, sight):
    print(f"{key}: {sight}", flush=True)


async def until(what, condition):
    """Polls for what takes effect after its answer."""
    end = time.monotonic() + DEADLINE_S
    while not (found := await condition()):
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        await asyncio.sleep(0.05)
    return found


async def error_of(call):
    try:
        await call
    except KafkaError as error:
        return f"error {getattr(error, 'errno', 'of the client')}"
    return "no error"


def text(value):
    return "null" if value is None else f'"{value.decode()}"'


def listed(numbers):
    return ",".join(str(n) for n in sorted(numbers))


def numbered(count):
    return [{"value": b"value-%d" % i} for i in range(count)]


def in_order(records):
    return sum(r.offset == i and r.value == b"value-%d" % i for i, r in enumerate(records))


async def send(topic, records, **settings):
    """Sends records, which are arguments of `send`, and fails as the first of them does."""
    settings = {"max_request_size": 8 << 20, "request_timeout_ms": 5000} | settings
    async with AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, linger_ms=20, **settings) as producer:
        futures = [await producer.send(topic, **record) for record in records]
        await producer.flush()
        for future in futures:
            await future


async def read(topic, count, offset=0):
    """That many records of partition 0 from an offset on."""
    partition = TopicPartition(topic, 0)
    records = []
    async with AIOKafkaConsumer(bootstrap_servers=BOOTSTRAP, max_partition_fetch_bytes=4 << 20) as consumer:
        consumer.assign([partition])
        consumer.seek(partition, offset)
        end = time.monotonic() + DEADLINE_S
        while len(records) < count:
            assert time.monotonic() < end, f"{len(records)} of {count} records of {topic}"
            records += (await consumer.getmany(timeout_ms=500)).get(partition, [])
    return records


async def send_orders(numbers):
    await send("orders", [{"value": b"order-%d" % i, "partition": i % 3} for i in numbers])


class Member:
    """A member of `workers` that reads in a task of its own and remembers what it has read."""

    @classmethod
    async def join(cls):
        member = cls()
        member.seen = set()
        member.consumer = AIOKafkaConsumer(
            "orders",
            bootstrap_servers=BOOTSTRAP,
            group_id="workers",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=500,
        )
        await member.consumer.start()
        member.reading = asyncio.create_task(member.read())
        return member

    async def read(self):
        async for record in self.consumer:
            self.seen.add(record.value.decode())

    def owns(self):
        return {partition.partition for partition in self.consumer.assignment()}

    async def leave(self):
        self.reading.cancel()
        await self.consumer.stop()


class Scenario:
    def __init__(self, admin):
        self.admin = admin
        # A consumer of no topic, for questions about offsets.
        self.asking = AIOKafkaConsumer(bootstrap_servers=BOOTSTRAP)

    async def run(self):
        await self.asking.start()
        try:
            await self.topic_and_settings()
            await self.codecs_and_idempotence()
            await self.records_and_offsets()
            await self.large()
            await self.group()
            await self.partitions_and_records()
            await self.unknown_and_deletion()
        finally:
            await self.asking.stop()

    async def create(self, name, partitions=1, **settings):
        configs = {key.replace("_", "."): value for key, value in settings.items()}
        topic = NewTopic(name, partitions, 1, topic_configs=configs)
        error = (await self.admin.create_topics([topic])).topic_errors[0][1]
        if error == 0:
            await until(name, lambda: self.has_partitions(name, partitions))
        return f"error {error}"

    async def partitions_of(self, name):
        return (await self.admin.describe_topics([name]))[0]["partitions"]

    async def has_partitions(self, name, count):
        return len(await self.partitions_of(name)) == count

    async def topics(self):
        return sorted(t for t in await self.admin.list_topics() if not t.startswith("__"))

    async def first_offset(self, topic):
        partition = TopicPartition(topic, 0)
        return (await self.asking.beginning_offsets([partition]))[partition]

    async def end_offset(self, topic):
        partition = TopicPartition(topic, 0)
        return (await self.asking.end_offsets([partition]))[partition]

    async def offset_at(self, topic, timestamp):
        partition = TopicPartition(topic, 0)
        found = (await self.asking.offsets_for_times({partition: timestamp}))[partition]
        return found and found.offset

    async def setting(self, topic, key):
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
        resource = (await self.admin.describe_configs(asked))[0].resources[0]
        return next(entry[1] for entry in resource[4] if entry[0] == key)

    async def set_setting(self, topic, key, value):
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic, {key: value})]
        return f"error {(await self.admin.alter_configs(asked))[0].resources[0][0]}"

    async def topic_and_settings(self):
        await self.create("orders", 3, retention_ms="86400000")
        found = await self.partitions_of("orders")
        show("topic", f"orders has {len(found)} partitions led by {listed({p['leader'] for p in found})}")
        show("topic again", await self.create("orders", 3))
        show("setting", "retention.ms=" + await self.setting("orders", "retention.ms"))
        assert await self.set_setting("orders", "retention.ms", "3600000") == "error 0"

        async def altered():
            return await self.setting("orders", "retention.ms") == "3600000"

        await until("setting", altered)
        show("setting altered", "retention.ms=" + await self.setting("orders", "retention.ms"))
        show("setting refused", await self.set_setting("orders", "retention.ms", "soon"))

    async def codecs_and_idempotence(self):
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            topic = f"codec-{codec}"
            await self.create(topic)
            await send(topic, numbered(1000), compression_type=None if codec == "none" else codec)
            show(f"codec {codec}", f"{in_order(await read(topic, 1000))} of 1000 in order")
        await self.create("idempotent")
        await send("idempotent", numbered(1000), enable_idempotence=True, acks="all")
        show("idempotent", f"{in_order(await read('idempotent', 1000))} of 1000 in order")

    async def records_and_offsets(self):
        await self.create("records", retention_ms="-1")
        sent = [
            {"key": b"k1", "value": b"v1", "headers": [("a", b"1"), ("b", b"")]},
            {"value": b"no key"},
            {"key": b"k1"},
            {"key": b"", "value": b""},
        ]
        for i, record in enumerate(sent):
            record["timestamp_ms"] = 1700000000000 + 1000 * i
        await send("records", sent)
        for record in await read("records", 4):
            headers = ",".join(f"{name}={value.decode()}" for name, value in record.headers)
            show(
                f"record {record.offset}",
                f"key {text(record.key)} value {text(record.value)} "
                f"headers {headers or 'none'} timestamp {record.timestamp}",
            )
        show("offsets", f"{await self.first_offset('records')} to {await self.end_offset('records')}")
        for timestamp in (1700000001500, 1800000000000):
            offset = await self.offset_at("records", timestamp)
            show(f"offset at {timestamp}", "none" if offset is None else offset)
        start = await self.offset_at("records", 1700000001500)
        show("from timestamp 1700000001500", ",".join(str(r.offset) for r in await read("records", 2, start)))
        show("from offset 997", ",".join(r.value.decode() for r in await read("idempotent", 3, 997)))

    async def large(self):
        await self.create("large", max_message_bytes="4194304")
        value = bytes(i % 251 for i in range(3 << 20))
        await send("large", [{"value": value}])
        got = (await read("large", 1))[0].value
        show("large", f"{len(got)} bytes " + ("as they were" if got == value else "changed"))
        show("too large", await error_of(send("records", [{"value": value}])))

    async def group(self):
        first = await Member.join()
        everything = {0, 1, 2}

        async def alone():
            return first.owns() == everything

        await until("alone", alone)
        show("group alone", f"1 member has {listed(first.owns())}")
        second = await Member.join()

        async def together():
            one, other = first.owns(), second.owns()
            return one and other and not one & other and one | other == everything

        await until("together", together)
        show("group together", f"2 members have {listed(first.owns() | second.owns())}, each at least one")
        await send_orders(range(30))
        wanted = {f"order-{i}" for i in range(30)}

        async def all_read():
            return first.seen | second.seen >= wanted

        await until("read", all_read)
        show("group read", f"{len(first.seen | second.seen)} of 30")
        for member in (first, second):
            await member.consumer.commit()
        await second.leave()
        await until("one left", alone)
        show("group after one left", f"1 member has {listed(first.owns())}")
        await first.leave()
        committed = await self.admin.list_consumer_group_offsets("workers")
        show("group committed", ",".join(str(committed[TopicPartition("orders", p)].offset) for p in range(3)))
        await send_orders(range(30, 33))
        third = await Member.join()

        async def resumed():
            return len(third.seen) >= 3

        await until("resumed", resumed)
        show("group resumed", ",".join(sorted(third.seen)))
        await third.consumer.commit()
        await third.leave()

        async def described():
            return (await self.admin.describe_consumer_groups(["workers"]))[0].groups[0]

        async def empty():
            return not (await described())[5]

        await until("empty", empty)
        found = await described()
        show("group described", f"{found[2]} with {len(found[5])} members")

    async def partitions_and_records(self):
        async def raise_to(count):
            await self.admin.create_partitions({"orders": NewPartitions(count)})

        await raise_to(5)
        await until("partitions", lambda: self.has_partitions("orders", 5))
        show("partitions", f"orders has {len(await self.partitions_of('orders'))} partitions")
        show("partitions fewer", await error_of(raise_to(2)))
        await self.admin.delete_records({TopicPartition("idempotent", 0): RecordsToDelete(500)})
        start = await self.first_offset("idempotent")
        show("records deleted", f"idempotent starts at {start}")
        left = await read("idempotent", 500, start)
        assert left[-1].value == b"value-999"
        show("records left", f"{len(left)} from {left[0].offset}")

    async def unknown_and_deletion(self):
        show("unknown topic", f"error {(await self.admin.describe_topics(['absent']))[0]['error_code']}")
        refused = await error_of(send("absent", numbered(1))) != "no error"
        show("send to unknown topic", "refused" if refused else "accepted")
        response = await self.admin.delete_topics(["absent"])
        show("delete unknown topic", f"error {response.topic_error_codes[0][1]}")
        show("topics", ",".join(await self.topics()))
        await self.admin.delete_topics(await self.topics())

        async def none_left():
            return not await self.topics()

        await until("deleted", none_left)
        show("topics deleted", ",".join(await self.topics()) or "none")


async def main():
    admin = AIOKafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    await admin.start()
    try:
        await Scenario(admin).run()
    finally:
        await admin.close()


asyncio.run(main())
