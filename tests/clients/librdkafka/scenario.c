// scenario.txt with librdkafka: prints what it sees of the broker whose address it is given.
#include <librdkafka/rdkafka.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000, TURN_MS = 50, LARGE = 3 << 20, LINE = 512 };

static const char *address;
static rd_kafka_t *admin;
static rd_kafka_queue_t *answers;
static char error[LINE];

static void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static void must(rd_kafka_resp_err_t code, const char *what) {
    if (code) give_up("%s: %s", what, rd_kafka_err2str(code));
}

static void show_error(const char *key, rd_kafka_resp_err_t code) { printf("%s: error %d\n", key, code); }

// Polls for what takes effect after its answer: one turn, and whether the time is up.
static void turn(int *left_ms, const char *what) {
    if ((*left_ms -= TURN_MS) < 0) give_up("not within %d ms: %s", DEADLINE_MS, what);
    usleep(TURN_MS * 1000);
}

// A client with settings, pairs of key and value that end with NULL.
static rd_kafka_t *client(rd_kafka_type_t type, const char *const settings[]) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", address, error, sizeof error);
    for (; settings[0]; settings += 2)
        if (rd_kafka_conf_set(conf, settings[0], settings[1], error, sizeof error) != RD_KAFKA_CONF_OK)
            give_up("%s", error);
    rd_kafka_t *made = rd_kafka_new(type, conf, error, sizeof error);
    if (!made) give_up("%s", error);
    return made;
}

// The answer to the admin call that was just made. Its own error is the caller's.
static rd_kafka_event_t *answer(void) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(answers, DEADLINE_MS);
    if (!event) give_up("no answer");
    must(rd_kafka_event_error(event), rd_kafka_event_error_string(event));
    return event;
}

static rd_kafka_resp_err_t topic_error(const rd_kafka_topic_result_t **results) {
    return rd_kafka_topic_result_error(results[0]);
}

// The number of partitions, or minus the code of an error; in `leader` that of the last one.
static int partitions_of(const char *name, int *leader) {
    const struct rd_kafka_metadata *found;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(admin, name, NULL);
    must(rd_kafka_metadata(admin, 0, topic, &found, DEADLINE_MS), "metadata");
    const struct rd_kafka_metadata_topic *only = &found->topics[0];
    int count = only->err ? -only->err : only->partition_cnt;
    for (int i = 0; i < only->partition_cnt; i++) *leader = only->partitions[i].leader;
    rd_kafka_metadata_destroy(found);
    rd_kafka_topic_destroy(topic);
    return count;
}

static void await_partitions(const char *name, int count) {
    int leader;
    for (int left = DEADLINE_MS; partitions_of(name, &leader) != count;) turn(&left, name);
}

static rd_kafka_resp_err_t create(const char *name, int partitions, const char *key, const char *value) {
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, 1, error, sizeof error);
    if (key) rd_kafka_NewTopic_set_config(topic, key, value);
    rd_kafka_CreateTopics(admin, &topic, 1, NULL, answers);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_event_t *event = answer();
    size_t count;
    rd_kafka_resp_err_t code =
        topic_error(rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count));
    rd_kafka_event_destroy(event);
    if (!code) await_partitions(name, partitions);
    return code;
}

static void setting(const char *topic, const char *key, char *value) {
    rd_kafka_ConfigResource_t *asked = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_DescribeConfigs(admin, &asked, 1, NULL, answers);
    rd_kafka_ConfigResource_destroy(asked);
    rd_kafka_event_t *event = answer();
    size_t count;
    const rd_kafka_ConfigResource_t **found =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    must(rd_kafka_ConfigResource_error(found[0]), "describe settings");
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(found[0], &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(rd_kafka_ConfigEntry_name(entries[i]), key))
            snprintf(value, LINE, "%s", rd_kafka_ConfigEntry_value(entries[i]));
    rd_kafka_event_destroy(event);
}

static rd_kafka_resp_err_t set_setting(const char *topic, const char *key, const char *value) {
    rd_kafka_ConfigResource_t *change = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_ConfigResource_set_config(change, key, value);
    rd_kafka_AlterConfigs(admin, &change, 1, NULL, answers);
    rd_kafka_ConfigResource_destroy(change);
    rd_kafka_event_t *event = answer();
    size_t count;
    rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)[0]);
    rd_kafka_event_destroy(event);
    return code;
}

static void topic_and_settings(void) {
    char value[LINE];
    int leader = -1;
    must(create("orders", 3, "retention.ms", "86400000"), "create");
    int count = partitions_of("orders", &leader);
    printf("topic: orders has %d partitions led by %d\n", count, leader);
    show_error("topic again", create("orders", 3, NULL, NULL));
    setting("orders", "retention.ms", value);
    printf("setting: retention.ms=%s\n", value);
    must(set_setting("orders", "retention.ms", "3600000"), "set");
    for (int left = DEADLINE_MS; setting("orders", "retention.ms", value), strcmp(value, "3600000");)
        turn(&left, "setting");
    printf("setting altered: retention.ms=%s\n", value);
    show_error("setting refused", set_setting("orders", "retention.ms", "soon"));
}

static void delivered(rd_kafka_t *producer, const rd_kafka_message_t *record, void *opaque) {
    (void)producer;
    rd_kafka_resp_err_t *first = opaque;
    if (record->err && !*first) *first = record->err;
}

static rd_kafka_t *producer(const char *const settings[], rd_kafka_resp_err_t *first) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const char *const own[] = {"bootstrap.servers", address, "linger.ms", "20", "message.max.bytes", "8388608",
                               "topic.metadata.propagation.max.ms", "1000", NULL};
    const char *const *const all[] = {own, settings};
    for (int i = 0; i < 2; i++)
        for (const char *const *pair = all[i]; pair[0]; pair += 2)
            if (rd_kafka_conf_set(conf, pair[0], pair[1], error, sizeof error) != RD_KAFKA_CONF_OK)
                give_up("%s", error);
    *first = RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_conf_set_opaque(conf, first);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *made = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!made) give_up("%s", error);
    return made;
}

static const char *const none[] = {NULL};

// Waits for what was sent, and ends the producer.
static void flush(rd_kafka_t *from) {
    must(rd_kafka_flush(from, DEADLINE_MS), "flush");
    rd_kafka_destroy(from);
}

static rd_kafka_resp_err_t send_numbered(const char *topic, const char *prefix, int from, int to, int partitions,
                                         const char *const settings[]) {
    rd_kafka_resp_err_t first;
    rd_kafka_t *to_broker = producer(settings, &first);
    for (int i = from; i < to; i++) {
        char value[LINE];
        int size = snprintf(value, sizeof value, "%s%d", prefix, i);
        must(rd_kafka_producev(to_broker, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(i % partitions),
                               RD_KAFKA_V_VALUE(value, size), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
             "produce");
    }
    flush(to_broker);
    return first;
}

static rd_kafka_resp_err_t send_large(const char *topic, const void *value) {
    rd_kafka_resp_err_t first;
    rd_kafka_t *to_broker = producer(none, &first);
    must(rd_kafka_producev(to_broker, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE((void *)value, LARGE), RD_KAFKA_V_END),
         "produce");
    flush(to_broker);
    return first;
}

static rd_kafka_t *consumer(const char *group) {
    const char *const settings[] = {"group.id", group, "enable.auto.commit", "false", "auto.offset.reset", "earliest",
                                    "heartbeat.interval.ms", "500", NULL};
    rd_kafka_t *made = client(RD_KAFKA_CONSUMER, settings);
    must(rd_kafka_poll_set_consumer(made), "consumer");
    return made;
}

static void end_consumer(rd_kafka_t *which) {
    must(rd_kafka_consumer_close(which), "close");
    rd_kafka_destroy(which);
}

// That many records of partition 0 from an offset on, for the caller to destroy.
static void read_records(const char *topic, int count, int64_t offset, rd_kafka_message_t **records) {
    rd_kafka_t *from = consumer("nobody");
    rd_kafka_topic_partition_list_t *start = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(start, topic, 0)->offset = offset;
    must(rd_kafka_assign(from, start), "assign");
    rd_kafka_topic_partition_list_destroy(start);
    for (int i = 0; i < count; i++) {
        records[i] = rd_kafka_consumer_poll(from, DEADLINE_MS);
        if (!records[i]) give_up("%d of %d records of %s", i, count, topic);
        must(records[i]->err, topic);
    }
    // Records hold on to the client; it goes with the process.
    rd_kafka_consumer_close(from);
}

static void destroy_records(rd_kafka_message_t **records, int count) {
    for (int i = 0; i < count; i++) rd_kafka_message_destroy(records[i]);
}

static int in_order(const char *topic) {
    rd_kafka_message_t *records[1000];
    int found = 0;
    read_records(topic, 1000, 0, records);
    for (int i = 0; i < 1000; i++) {
        char expected[LINE];
        size_t size = (size_t)snprintf(expected, sizeof expected, "value-%d", i);
        found += records[i]->offset == i && records[i]->len == size && !memcmp(records[i]->payload, expected, size);
    }
    destroy_records(records, 1000);
    return found;
}

static void codecs_and_idempotence(void) {
    const char *const codecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    for (int i = 0; i < 5; i++) {
        char topic[LINE];
        snprintf(topic, sizeof topic, "codec-%s", codecs[i]);
        must(create(topic, 1, NULL, NULL), "create");
        const char *const settings[] = {"compression.codec", codecs[i], NULL};
        must(send_numbered(topic, "value-", 0, 1000, 1, settings), "send");
        printf("codec %s: %d of 1000 in order\n", codecs[i], in_order(topic));
    }
    must(create("idempotent", 1, NULL, NULL), "create");
    const char *const settings[] = {"enable.idempotence", "true", "acks", "all", NULL};
    must(send_numbered("idempotent", "value-", 0, 1000, 1, settings), "send");
    printf("idempotent: %d of 1000 in order\n", in_order("idempotent"));
}

static void print_text(const char *name, const void *bytes, size_t size) {
    if (bytes) printf(" %s \"%.*s\"", name, (int)size, (const char *)bytes);
    else printf(" %s null", name);
}

static int64_t offset_at(const char *topic, int64_t timestamp) {
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(asked, topic, 0)->offset = timestamp;
    must(rd_kafka_offsets_for_times(admin, asked, DEADLINE_MS), "offsets for times");
    int64_t offset = asked->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(asked);
    return offset;
}

static void records_and_offsets(void) {
    must(create("records", 1, "retention.ms", "-1"), "create");
    const char *const keys[] = {"k1", NULL, "k1", ""};
    const char *const values[] = {"v1", "no key", NULL, ""};
    rd_kafka_resp_err_t first;
    rd_kafka_t *to_broker = producer(none, &first);
    for (int i = 0; i < 4; i++) {
        rd_kafka_headers_t *headers = rd_kafka_headers_new(2);
        if (i == 0) {
            rd_kafka_header_add(headers, "a", -1, "1", 1);
            rd_kafka_header_add(headers, "b", -1, "", 0);
        }
        must(rd_kafka_producev(to_broker, RD_KAFKA_V_TOPIC("records"), RD_KAFKA_V_PARTITION(0),
                               RD_KAFKA_V_KEY(keys[i], keys[i] ? strlen(keys[i]) : 0),
                               RD_KAFKA_V_VALUE((void *)values[i], values[i] ? strlen(values[i]) : 0),
                               RD_KAFKA_V_TIMESTAMP(1700000000000 + 1000 * i), RD_KAFKA_V_HEADERS(headers),
                               RD_KAFKA_V_END),
             "produce");
    }
    flush(to_broker);
    must(first, "send");
    rd_kafka_message_t *records[4];
    read_records("records", 4, 0, records);
    for (int i = 0; i < 4; i++) {
        printf("record %lld:", (long long)records[i]->offset);
        print_text("key", records[i]->key, records[i]->key_len);
        print_text("value", records[i]->payload, records[i]->len);
        rd_kafka_headers_t *headers;
        const char *name;
        const void *value;
        size_t size, count = 0;
        printf(" headers ");
        if (!rd_kafka_message_headers(records[i], &headers))
            while (!rd_kafka_header_get_all(headers, count, &name, &value, &size))
                printf("%s%s=%.*s", count++ ? "," : "", name, (int)size, (const char *)value);
        rd_kafka_timestamp_type_t type;
        printf("%s timestamp %lld\n", count ? "" : "none", (long long)rd_kafka_message_timestamp(records[i], &type));
    }
    destroy_records(records, 4);
    int64_t low, high;
    must(rd_kafka_query_watermark_offsets(admin, "records", 0, &low, &high, DEADLINE_MS), "watermarks");
    printf("offsets: %lld to %lld\n", (long long)low, (long long)high);
    int64_t start = offset_at("records", 1700000001500);
    printf("offset at 1700000001500: %lld\n", (long long)start);
    if (offset_at("records", 1800000000000) == RD_KAFKA_OFFSET_END) printf("offset at 1800000000000: none\n");
    read_records("records", 2, start, records);
    printf("from timestamp 1700000001500: %lld,%lld\n", (long long)records[0]->offset, (long long)records[1]->offset);
    destroy_records(records, 2);
    read_records("idempotent", 3, 997, records);
    printf("from offset 997: ");
    for (int i = 0; i < 3; i++)
        printf("%.*s%s", (int)records[i]->len, (const char *)records[i]->payload, i < 2 ? "," : "\n");
    destroy_records(records, 3);
}

static void large(void) {
    unsigned char *value = malloc(LARGE);
    if (!value) give_up("no memory");
    for (int i = 0; i < LARGE; i++) value[i] = (unsigned char)(i % 251);
    must(create("large", 1, "max.message.bytes", "4194304"), "create");
    must(send_large("large", value), "send");
    rd_kafka_message_t *record;
    read_records("large", 1, 0, &record);
    bool same = record->len == LARGE && !memcmp(record->payload, value, LARGE);
    printf("large: %zu bytes %s\n", record->len, same ? "as they were" : "changed");
    rd_kafka_message_destroy(record);
    show_error("too large", send_large("records", value));
    free(value);
}

static rd_kafka_t *join(void) {
    rd_kafka_t *member = consumer("workers");
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, "orders", RD_KAFKA_PARTITION_UA);
    must(rd_kafka_subscribe(member, topics), "subscribe");
    rd_kafka_topic_partition_list_destroy(topics);
    return member;
}

// The partitions that a member owns, a bit each.
static unsigned owned(rd_kafka_t *member) {
    rd_kafka_topic_partition_list_t *assignment;
    unsigned bits = 0;
    must(rd_kafka_assignment(member, &assignment), "assignment");
    for (int i = 0; i < assignment->cnt; i++) bits |= 1u << assignment->elems[i].partition;
    rd_kafka_topic_partition_list_destroy(assignment);
    return bits;
}

// One look for a record `order-N`, which is marked in `seen`.
static void poll_member(rd_kafka_t *member, bool seen[33]) {
    rd_kafka_message_t *record = rd_kafka_consumer_poll(member, TURN_MS);
    if (!record) return;
    must(record->err, rd_kafka_message_errstr(record));
    char value[LINE];
    snprintf(value, sizeof value, "%.*s", (int)record->len, (const char *)record->payload);
    int number = -1;
    if (sscanf(value, "order-%d", &number) != 1 || number < 0 || number > 32) give_up("read %s", value);
    seen[number] = true;
    rd_kafka_message_destroy(record);
}

static int count_seen(const bool seen[33]) {
    int count = 0;
    for (int i = 0; i < 33; i++) count += seen[i];
    return count;
}

static rd_kafka_resp_err_t delete_group(void) {
    rd_kafka_DeleteGroup_t *asked = rd_kafka_DeleteGroup_new("workers");
    rd_kafka_DeleteGroups(admin, &asked, 1, NULL, answers);
    rd_kafka_DeleteGroup_destroy(asked);
    rd_kafka_event_t *event = answer();
    size_t count;
    const rd_kafka_error_t *failed = rd_kafka_group_result_error(
        rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count)[0]);
    rd_kafka_resp_err_t code = failed ? rd_kafka_error_code(failed) : RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_event_destroy(event);
    return code;
}

// The members of `workers`, or -1 when it is not listed; in `state` its state.
static int members(char *state) {
    const struct rd_kafka_group_list *all;
    must(rd_kafka_list_groups(admin, NULL, &all, DEADLINE_MS), "list groups");
    int found = -1;
    for (int i = 0; i < all->group_cnt; i++)
        if (!strcmp(all->groups[i].group, "workers")) {
            found = all->groups[i].member_cnt;
            snprintf(state, LINE, "%s", all->groups[i].state);
        }
    rd_kafka_group_list_destroy(all);
    return found;
}

static void group(void) {
    bool seen[33] = {false};
    rd_kafka_t *first = join(), *second;
    for (int left = DEADLINE_MS; owned(first) != 7; turn(&left, "alone")) poll_member(first, seen);
    printf("group alone: 1 member has 0,1,2\n");
    second = join();
    for (int left = DEADLINE_MS;
         !owned(first) || !owned(second) || owned(first) & owned(second) || (owned(first) | owned(second)) != 7;
         turn(&left, "together")) {
        poll_member(first, seen);
        poll_member(second, seen);
    }
    printf("group together: 2 members have 0,1,2, each at least one\n");
    must(send_numbered("orders", "order-", 0, 30, 3, none), "send");
    for (int left = DEADLINE_MS; count_seen(seen) < 30; left -= 2 * TURN_MS) {
        if (left < 0) give_up("%d of 30 read", count_seen(seen));
        poll_member(first, seen);
        poll_member(second, seen);
    }
    printf("group read: %d of 30\n", count_seen(seen));
    show_error("group deleted while in use", delete_group());
    must(rd_kafka_commit(first, NULL, 0), "commit");
    must(rd_kafka_commit(second, NULL, 0), "commit");
    end_consumer(second);
    for (int left = DEADLINE_MS; owned(first) != 7; turn(&left, "one left")) poll_member(first, seen);
    printf("group after one left: 1 member has 0,1,2\n");
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(3);
    rd_kafka_topic_partition_list_add_range(asked, "orders", 0, 2);
    must(rd_kafka_committed(first, asked, DEADLINE_MS), "committed");
    printf("group committed: %lld,%lld,%lld\n", (long long)asked->elems[0].offset, (long long)asked->elems[1].offset,
           (long long)asked->elems[2].offset);
    rd_kafka_topic_partition_list_destroy(asked);
    end_consumer(first);
    must(send_numbered("orders", "order-", 30, 33, 3, none), "send");
    bool resumed[33] = {false};
    rd_kafka_t *third = join();
    for (int left = DEADLINE_MS; count_seen(resumed) < 3; left -= TURN_MS) {
        if (left < 0) give_up("%d of 3 read", count_seen(resumed));
        poll_member(third, resumed);
    }
    printf("group resumed: ");
    for (int i = 0, shown = 0; i < 33; i++)
        if (resumed[i]) printf("%sorder-%d", shown++ ? "," : "", i);
    must(rd_kafka_commit(third, NULL, 0), "commit");
    end_consumer(third);
    char state[LINE];
    for (int left = DEADLINE_MS; members(state) != 0;) turn(&left, "empty");
    printf("\ngroup described: %s with %d members\n", state, members(state));
    must(delete_group(), "delete");
    for (int left = DEADLINE_MS; members(state) != -1;) turn(&left, "deleted");
    printf("group deleted: not listed\n");
}

static rd_kafka_resp_err_t raise_to(size_t partitions) {
    rd_kafka_NewPartitions_t *asked = rd_kafka_NewPartitions_new("orders", partitions, error, sizeof error);
    rd_kafka_CreatePartitions(admin, &asked, 1, NULL, answers);
    rd_kafka_NewPartitions_destroy(asked);
    rd_kafka_event_t *event = answer();
    size_t count;
    rd_kafka_resp_err_t code = topic_error(
        rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count));
    rd_kafka_event_destroy(event);
    return code;
}

static void partitions_and_records(void) {
    int leader;
    must(raise_to(5), "raise");
    await_partitions("orders", 5);
    printf("partitions: orders has %d partitions\n", partitions_of("orders", &leader));
    show_error("partitions fewer", raise_to(2));
    rd_kafka_topic_partition_list_t *before = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(before, "idempotent", 0)->offset = 500;
    rd_kafka_DeleteRecords_t *asked = rd_kafka_DeleteRecords_new(before);
    rd_kafka_DeleteRecords(admin, &asked, 1, NULL, answers);
    rd_kafka_DeleteRecords_destroy(asked);
    rd_kafka_topic_partition_list_destroy(before);
    rd_kafka_event_t *event = answer();
    must(rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event))->elems[0].err, "delete");
    rd_kafka_event_destroy(event);
    int64_t low, high;
    must(rd_kafka_query_watermark_offsets(admin, "idempotent", 0, &low, &high, DEADLINE_MS), "watermarks");
    printf("records deleted: idempotent starts at %lld\n", (long long)low);
    rd_kafka_message_t *records[500];
    read_records("idempotent", 500, low, records);
    printf("records left: %lld from %lld\n", (long long)(records[499]->offset + 1 - low), (long long)low);
    destroy_records(records, 500);
}

static int by_name(const void *one, const void *other) { return strcmp(*(char *const *)one, *(char *const *)other); }

// The topics that are not internal, sorted; the caller frees them.
static int topics(char *names[], int room) {
    const struct rd_kafka_metadata *all;
    must(rd_kafka_metadata(admin, 1, NULL, &all, DEADLINE_MS), "metadata");
    int count = 0;
    for (int i = 0; i < all->topic_cnt && count < room; i++)
        if (strncmp(all->topics[i].topic, "__", 2)) names[count++] = strdup(all->topics[i].topic);
    rd_kafka_metadata_destroy(all);
    qsort(names, (size_t)count, sizeof *names, by_name);
    return count;
}

static rd_kafka_resp_err_t delete_topic(const char *name) {
    rd_kafka_DeleteTopic_t *asked = rd_kafka_DeleteTopic_new(name);
    rd_kafka_DeleteTopics(admin, &asked, 1, NULL, answers);
    rd_kafka_DeleteTopic_destroy(asked);
    rd_kafka_event_t *event = answer();
    size_t count;
    rd_kafka_resp_err_t code =
        topic_error(rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count));
    rd_kafka_event_destroy(event);
    return code;
}

static void unknown_and_deletion(void) {
    int leader;
    show_error("unknown topic", -partitions_of("absent", &leader));
    if (send_numbered("absent", "value-", 0, 1, 1, none)) printf("send to unknown topic: refused\n");
    show_error("delete unknown topic", delete_topic("absent"));
    char *names[32];
    int count = topics(names, 32);
    printf("topics: ");
    for (int i = 0; i < count; i++) {
        printf("%s%s", names[i], i + 1 < count ? "," : "\n");
        must(delete_topic(names[i]), names[i]);
        free(names[i]);
    }
    for (int left = DEADLINE_MS; (count = topics(names, 32));) {
        while (count) free(names[--count]);
        turn(&left, "deleted");
    }
    printf("topics deleted: none\n");
}

int main(int count, char **arguments) {
    if (count != 2) give_up("usage: scenario ADDRESS");
    address = arguments[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    admin = client(RD_KAFKA_PRODUCER, none);
    answers = rd_kafka_queue_new(admin);
    topic_and_settings();
    codecs_and_idempotence();
    records_and_offsets();
    large();
    group();
    partitions_and_records();
    unknown_and_deletion();
    rd_kafka_queue_destroy(answers);
    rd_kafka_destroy(admin);
    return 0;
}
