import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** scenario.txt with Kafka's Java clients: prints what it sees of the broker whose address it is given. */
final class Scenario {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final String address;
    private final Admin admin;

    private Scenario(String address) {
        this.address = address;
        admin = Admin.create(Map.of("bootstrap.servers", address));
    }

    public static void main(String[] arguments) throws Exception {
        var scenario = new Scenario(arguments[0]);
        scenario.topicAndSettings();
        scenario.codecsAndIdempotence();
        scenario.recordsAndOffsets();
        scenario.large();
        scenario.group();
        scenario.partitionsAndRecords();
        scenario.unknownAndDeletion();
        scenario.admin.close();
    }

    private static void show(String key, Object sight) {
        System.out.println(key + ": " + sight);
    }

    interface Question {
        boolean ask() throws Exception;
    }

    interface Call {
        void make() throws Exception;
    }

    /** Polls for what takes effect after its answer. */
    private static void until(String what, Question condition) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.ask()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + DEADLINE + ": " + what);
            Thread.sleep(50);
        }
    }

    private static String errorOf(Call call) {
        try {
            call.make();
            return "no error";
        } catch (Exception error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            return "error " + Errors.forException(cause).code();
        }
    }

    private void create(String name, int partitions, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings))).all().get();
        until(name, () -> topics().contains(name) && partitionsOf(name).size() == partitions);
    }

    private List<TopicPartitionInfo> partitionsOf(String name) throws Exception {
        return admin.describeTopics(List.of(name)).allTopicNames().get().get(name).partitions();
    }

    private Set<String> topics() throws Exception {
        return new TreeSet<>(admin.listTopics().names().get());
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Integer partition, String value) {
        return new ProducerRecord<>(topic, partition, null, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<ProducerRecord<byte[], byte[]>> numbered(String topic) {
        return IntStream.range(0, 1000).mapToObj(i -> record(topic, 0, "value-" + i)).toList();
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records, Map<String, Object> settings) throws Exception {
        Map<String, Object> all = new HashMap<>(Map.of(
            "bootstrap.servers", address, "linger.ms", 20, "max.request.size", 8 << 20, "max.block.ms", 5000));
        all.putAll(settings);
        try (var producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
            for (var one : sent) one.get();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
            "bootstrap.servers", address, "enable.auto.commit", false, "auto.offset.reset", "earliest"));
        all.putAll(settings);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** That many records of partition 0 from an offset on. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int count, long offset) throws Exception {
        try (var consumer = consumer(Map.of())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            until(count + " records of " + topic, () -> {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
                return records.size() >= count;
            });
            return records;
        }
    }

    private static long inOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        return IntStream.range(0, records.size())
            .filter(i -> records.get(i).offset() == i && text(records.get(i)).equals("value-" + i))
            .count();
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private long offset(String topic, OffsetSpec at) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, at)).partitionResult(partition).get().offset();
    }

    private String setting(String topic, String key) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(key).value();
    }

    private void setSetting(String topic, String key, String value) throws Exception {
        var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }

    private void topicAndSettings() throws Exception {
        Map<String, String> settings = Map.of("retention.ms", "86400000");
        create("orders", 3, settings);
        var found = partitionsOf("orders");
        var leaders = found.stream().map(p -> p.leader().idString()).distinct().collect(Collectors.joining(","));
        show("topic", "orders has " + found.size() + " partitions led by " + leaders);
        show("topic again", errorOf(() -> create("orders", 3, settings)));
        show("setting", "retention.ms=" + setting("orders", "retention.ms"));
        setSetting("orders", "retention.ms", "3600000");
        until("setting", () -> setting("orders", "retention.ms").equals("3600000"));
        show("setting altered", "retention.ms=" + setting("orders", "retention.ms"));
        show("setting refused", errorOf(() -> setSetting("orders", "retention.ms", "soon")));
    }

    private void codecsAndIdempotence() throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            String topic = "codec-" + codec;
            create(topic, 1, Map.of());
            send(numbered(topic), Map.of("compression.type", codec, "enable.idempotence", false));
            show("codec " + codec, inOrder(read(topic, 1000, 0)) + " of 1000 in order");
        }
        create("idempotent", 1, Map.of());
        send(numbered("idempotent"), Map.of("enable.idempotence", true, "acks", "all"));
        show("idempotent", inOrder(read("idempotent", 1000, 0)) + " of 1000 in order");
    }

    private static String quoted(byte[] value) {
        return value == null ? "null" : '"' + new String(value, StandardCharsets.UTF_8) + '"';
    }

    private void recordsAndOffsets() throws Exception {
        create("records", 1, Map.of("retention.ms", "-1"));
        String[][] sent = {{"k1", "v1"}, {null, "no key"}, {"k1", null}, {"", ""}};
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String[] pair : sent) {
            long timestamp = 1700000000000L + 1000L * records.size();
            records.add(new ProducerRecord<>("records", 0, timestamp, bytes(pair[0]), bytes(pair[1])));
        }
        records.get(0).headers().add(new RecordHeader("a", bytes("1"))).add(new RecordHeader("b", bytes("")));
        send(records, Map.of());
        for (var record : read("records", 4, 0)) {
            var headers = Arrays.stream(record.headers().toArray())
                .map(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(","));
            show("record " + record.offset(), "key " + quoted(record.key()) + " value " + quoted(record.value())
                + " headers " + (headers.isEmpty() ? "none" : headers) + " timestamp " + record.timestamp());
        }
        show("offsets", offset("records", OffsetSpec.earliest()) + " to " + offset("records", OffsetSpec.latest()));
        for (long timestamp : new long[] {1700000001500L, 1800000000000L}) {
            long offset = offset("records", OffsetSpec.forTimestamp(timestamp));
            show("offset at " + timestamp, offset == -1 ? "none" : offset);
        }
        long start = offset("records", OffsetSpec.forTimestamp(1700000001500L));
        show("from timestamp 1700000001500", read("records", 2, start).stream()
            .map(record -> String.valueOf(record.offset())).collect(Collectors.joining(",")));
        show("from offset 997", read("idempotent", 3, 997).stream().map(Scenario::text)
            .collect(Collectors.joining(",")));
    }

    private void large() throws Exception {
        create("large", 1, Map.of("max.message.bytes", "4194304"));
        byte[] value = new byte[3 << 20];
        for (int i = 0; i < value.length; i++) value[i] = (byte) (i % 251);
        send(List.of(new ProducerRecord<>("large", value)), Map.of());
        byte[] got = read("large", 1, 0).get(0).value();
        show("large", got.length + " bytes " + (Arrays.equals(got, value) ? "as they were" : "changed"));
        show("too large", errorOf(() -> send(List.of(new ProducerRecord<>("records", value)), Map.of())));
    }

    /** A member of `workers` that remembers what it has read. */
    private final class Member {
        final KafkaConsumer<byte[], byte[]> consumer =
            consumer(Map.of("group.id", "workers", "heartbeat.interval.ms", 500));
        final Set<String> seen = new TreeSet<>();

        Member() {
            consumer.subscribe(List.of("orders"));
        }

        void poll() {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> seen.add(text(record)));
        }

        Set<Integer> owned() {
            return consumer.assignment().stream().map(TopicPartition::partition)
                .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void pollUntil(String what, List<Member> members, Question condition) throws Exception {
        until(what, () -> {
            members.forEach(Member::poll);
            return condition.ask();
        });
    }

    private static <T> String listed(Collection<T> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static <T> Set<T> both(Set<T> one, Set<T> other) {
        Set<T> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    private void sendOrders(int from, int to) throws Exception {
        send(IntStream.range(from, to).mapToObj(i -> record("orders", i % 3, "order-" + i)).toList(), Map.of());
    }

    private void deleteGroup() throws Exception {
        admin.deleteConsumerGroups(List.of("workers")).all().get();
    }

    private void group() throws Exception {
        var first = new Member();
        pollUntil("alone", List.of(first), () -> first.owned().size() == 3);
        show("group alone", "1 member has " + listed(first.owned()));
        var second = new Member();
        var members = List.of(first, second);
        pollUntil("together", members, () -> !first.owned().isEmpty() && !second.owned().isEmpty()
            && Collections.disjoint(first.owned(), second.owned()) && both(first.owned(), second.owned()).size() == 3);
        show("group together", "2 members have " + listed(both(first.owned(), second.owned()))
            + ", each at least one");
        sendOrders(0, 30);
        pollUntil("read", members, () -> both(first.seen, second.seen).size() == 30);
        show("group read", both(first.seen, second.seen).size() + " of 30");
        show("group deleted while in use", errorOf(this::deleteGroup));
        members.forEach(member -> member.consumer.commitSync());
        second.consumer.close();
        pollUntil("one left", List.of(first), () -> first.owned().size() == 3);
        show("group after one left", "1 member has " + listed(first.owned()));
        first.consumer.close();
        var committed = admin.listConsumerGroupOffsets("workers").partitionsToOffsetAndMetadata().get();
        show("group committed", IntStream.range(0, 3)
            .mapToObj(p -> String.valueOf(committed.get(new TopicPartition("orders", p)).offset()))
            .collect(Collectors.joining(",")));
        sendOrders(30, 33);
        var third = new Member();
        pollUntil("resumed", List.of(third), () -> third.seen.size() >= 3);
        show("group resumed", listed(third.seen));
        third.consumer.commitSync();
        third.consumer.close();
        var workers = List.of("workers");
        until("empty", () -> admin.describeConsumerGroups(workers).all().get().get("workers").members().isEmpty());
        var described = admin.describeConsumerGroups(workers).all().get().get("workers");
        show("group described", described.groupState() + " with " + described.members().size() + " members");
        deleteGroup();
        until("deleted", () -> admin.listGroups().all().get().stream().noneMatch(g -> g.groupId().equals("workers")));
        show("group deleted", "not listed");
    }

    private void partitionsAndRecords() throws Exception {
        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(5))).all().get();
        until("partitions", () -> partitionsOf("orders").size() == 5);
        show("partitions", "orders has " + partitionsOf("orders").size() + " partitions");
        show("partitions fewer", errorOf(() ->
            admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(2))).all().get()));
        var before = Map.of(new TopicPartition("idempotent", 0), RecordsToDelete.beforeOffset(500));
        admin.deleteRecords(before).all().get();
        long start = offset("idempotent", OffsetSpec.earliest());
        show("records deleted", "idempotent starts at " + start);
        var left = read("idempotent", 500, start);
        show("records left", left.size() + " from " + left.get(0).offset());
    }

    private void unknownAndDeletion() throws Exception {
        show("unknown topic", errorOf(() -> partitionsOf("absent")));
        var absent = List.of(record("absent", null, "nobody's"));
        String sent = errorOf(() -> send(absent, Map.of("max.block.ms", 1000)));
        show("send to unknown topic", sent.equals("no error") ? "accepted" : "refused");
        show("delete unknown topic", errorOf(() -> admin.deleteTopics(List.of("absent")).all().get()));
        show("topics", listed(topics()));
        admin.deleteTopics(topics()).all().get();
        until("deleted", () -> topics().isEmpty());
        show("topics deleted", "none");
    }
}
