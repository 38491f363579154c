// scenario.txt with kafka-go: prints what it sees of the broker whose address it is given.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

const deadline = 30 * time.Second

var (
	address = os.Args[1]
	ctx     = context.Background()
	admin   = &kafka.Client{Addr: kafka.TCP(address), Timeout: deadline}
)

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func show(key, sight string, values ...any) {
	fmt.Printf("%s: %s\n", key, fmt.Sprintf(sight, values...))
}

// until polls for what takes effect after its answer.
func until(what string, condition func() bool) {
	for end := time.Now().Add(deadline); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			log.Panicf("not within %s: %s", deadline, what)
		}
	}
}

func code(err error) string {
	var of kafka.Error
	var several kafka.WriteErrors
	if errors.As(err, &several) {
		err = several[0]
	}
	if errors.As(err, &of) {
		return fmt.Sprintf("error %d", of)
	}
	return fmt.Sprint("error ", err)
}

func create(name string, partitions int, settings ...string) error {
	configs := []kafka.ConfigEntry{}
	for i := 0; i < len(settings); i += 2 {
		configs = append(configs, kafka.ConfigEntry{ConfigName: settings[i], ConfigValue: settings[i+1]})
	}
	err := must(admin.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{
		{Topic: name, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs},
	}})).Errors[name]
	if err == nil {
		until(name, func() bool { return len(describe(name).Partitions) == partitions })
	}
	return err
}

func describe(name string) kafka.Topic {
	return must(admin.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{name}})).Topics[0]
}

func topics() []string {
	names := []string{}
	for _, topic := range must(admin.Metadata(ctx, &kafka.MetadataRequest{})).Topics {
		if !strings.HasPrefix(topic.Name, "__") {
			names = append(names, topic.Name)
		}
	}
	slices.Sort(names)
	return names
}

func send(topic string, records []kafka.Message, codec kafka.Compression) error {
	writer := &kafka.Writer{
		Addr: kafka.TCP(address), Topic: topic, Compression: codec, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 20 * time.Millisecond, BatchBytes: 8 << 20, MaxAttempts: 2,
		// Orders go to the partition of their number modulo 3.
		Balancer: kafka.BalancerFunc(func(record kafka.Message, partitions ...int) int {
			number, isOrder := strings.CutPrefix(string(record.Value), "order-")
			if !isOrder {
				return 0
			}
			return must(strconv.Atoi(number)) % 3
		}),
	}
	defer writer.Close()
	return writer.WriteMessages(ctx, records...)
}

func numbered(prefix string, from, to int) []kafka.Message {
	records := []kafka.Message{}
	for i := from; i < to; i++ {
		records = append(records, kafka.Message{Value: fmt.Append(nil, prefix, i)})
	}
	return records
}

// A reader's Close waits for its last fetch, so that a fetch must not wait long.
func newReader(topic string, partition int) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{address}, Topic: topic, Partition: partition, MaxBytes: 8 << 20,
		MaxWait: 100 * time.Millisecond,
	})
}

// read returns that many records of partition 0 from where `start` puts the reader.
func read(topic string, count int, start func(*kafka.Reader) error) []kafka.Message {
	bounded, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	reader := newReader(topic, 0)
	defer reader.Close()
	check(start(reader))
	records := []kafka.Message{}
	for len(records) < count {
		records = append(records, must(reader.ReadMessage(bounded)))
	}
	return records
}

func at(offset int64) func(*kafka.Reader) error {
	return func(reader *kafka.Reader) error { return reader.SetOffset(offset) }
}

func inOrder(records []kafka.Message) (count int) {
	for i, record := range records {
		if record.Offset == int64(i) && string(record.Value) == fmt.Sprint("value-", i) {
			count++
		}
	}
	return count
}

func offsets(topic string, ask kafka.OffsetRequest) kafka.PartitionOffsets {
	found := must(admin.ListOffsets(ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{topic: {ask}},
	})).Topics[topic][0]
	check(found.Error)
	return found
}

func setting(topic, key string) string {
	found := must(admin.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{
			{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{key}},
		},
	}))
	return found.Resources[0].ConfigEntries[0].ConfigValue
}

func setSetting(topic, key, value string) error {
	return must(admin.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			Configs: []kafka.IncrementalAlterConfigsRequestConfig{
				{Name: key, Value: value, ConfigOperation: kafka.ConfigOperationSet},
			},
		}},
	})).Resources[0].Error
}

func topicAndSettings() {
	check(create("orders", 3, "retention.ms", "86400000"))
	found := describe("orders").Partitions
	leaders := map[string]bool{}
	for _, partition := range found {
		leaders[fmt.Sprint(partition.Leader.ID)] = true
	}
	show("topic", "orders has %d partitions led by %s", len(found), sorted(leaders))
	show("topic again", "%s", code(create("orders", 3)))
	show("setting", "retention.ms=%s", setting("orders", "retention.ms"))
	check(setSetting("orders", "retention.ms", "3600000"))
	until("setting", func() bool { return setting("orders", "retention.ms") == "3600000" })
	show("setting altered", "retention.ms=%s", setting("orders", "retention.ms"))
	show("setting refused", "%s", code(setSetting("orders", "retention.ms", "soon")))
}

func codecs() {
	for _, codec := range []kafka.Compression{0, kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		name := codec.String()
		if codec == 0 {
			name = "none"
		}
		check(create("codec-"+name, 1))
		check(send("codec-"+name, numbered("value-", 0, 1000), codec))
		show("codec "+name, "%d of 1000 in order", inOrder(read("codec-"+name, 1000, at(0))))
	}
	// Later steps read this topic.
	check(create("idempotent", 1))
	check(send("idempotent", numbered("value-", 0, 1000), 0))
}

func text(value []byte) string {
	if value == nil {
		return "null"
	}
	return strconv.Quote(string(value))
}

func recordsAndOffsets() {
	check(create("records", 1, "retention.ms", "-1"))
	sent := []kafka.Message{
		{Key: []byte("k1"), Value: []byte("v1"), Headers: []kafka.Header{
			{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte{}},
		}},
		{Value: []byte("no key")},
		{Key: []byte("k1")},
		{Key: []byte{}, Value: []byte{}},
	}
	for i := range sent {
		sent[i].Time = time.UnixMilli(1700000000000 + 1000*int64(i))
	}
	check(send("records", sent, 0))
	for _, record := range read("records", 4, at(0))[:3] {
		headers := []string{}
		for _, header := range record.Headers {
			headers = append(headers, fmt.Sprintf("%s=%s", header.Key, header.Value))
		}
		if len(headers) == 0 {
			headers = []string{"none"}
		}
		show(fmt.Sprint("record ", record.Offset), "key %s value %s headers %s timestamp %d",
			text(record.Key), text(record.Value), strings.Join(headers, ","), record.Time.UnixMilli())
	}
	show("offsets", "%d to %d", offsets("records", kafka.FirstOffsetOf(0)).FirstOffset,
		offsets("records", kafka.LastOffsetOf(0)).LastOffset)
	for _, timestamp := range []int64{1700000001500, 1800000000000} {
		found := "none"
		asked := kafka.TimeOffsetOf(0, time.UnixMilli(timestamp))
		for offset := range offsets("records", asked).Offsets {
			if offset >= 0 {
				found = fmt.Sprint(offset)
			}
		}
		show(fmt.Sprint("offset at ", timestamp), "%s", found)
	}
	seen := []string{}
	fromTime := func(reader *kafka.Reader) error { return reader.SetOffsetAt(ctx, time.UnixMilli(1700000001500)) }
	for _, record := range read("records", 2, fromTime) {
		seen = append(seen, fmt.Sprint(record.Offset))
	}
	show("from timestamp 1700000001500", "%s", strings.Join(seen, ","))
	seen = nil
	for _, record := range read("idempotent", 3, at(997)) {
		seen = append(seen, string(record.Value))
	}
	show("from offset 997", "%s", strings.Join(seen, ","))
}

func large() {
	check(create("large", 1, "max.message.bytes", "4194304"))
	value := make([]byte, 3<<20)
	for i := range value {
		value[i] = byte(i % 251)
	}
	check(send("large", []kafka.Message{{Value: value}}, 0))
	got := read("large", 1, at(0))[0].Value
	if !bytes.Equal(got, value) {
		log.Panic("changed")
	}
	show("large", "%d bytes as they were", len(got))
	show("too large", "%s", code(send("records", []kafka.Message{{Value: value}}, 0)))
}

// A member of `workers` that remembers what it owns and what it has read.
type member struct {
	group *kafka.ConsumerGroup
	done  chan struct{}

	lock       sync.Mutex
	generation *kafka.Generation
	seen       map[string]bool
	next       map[int]int64
}

func join() *member {
	m := &member{done: make(chan struct{}), seen: map[string]bool{}, next: map[int]int64{}}
	m.group = must(kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: "workers", Brokers: []string{address}, Topics: []string{"orders"}, StartOffset: kafka.FirstOffset,
		HeartbeatInterval: 500 * time.Millisecond, JoinGroupBackoff: 100 * time.Millisecond,
	}))
	go m.follow()
	return m
}

// follow takes part in one generation after the other.
func (m *member) follow() {
	defer close(m.done)
	for {
		generation, err := m.group.Next(ctx)
		if errors.Is(err, kafka.ErrGroupClosed) {
			return
		}
		if err != nil {
			// The client joins again by itself.
			continue
		}
		m.lock.Lock()
		m.generation, m.next = generation, map[int]int64{}
		m.lock.Unlock()
		for _, given := range generation.Assignments["orders"] {
			generation.Start(func(ctx context.Context) { m.read(ctx, given) })
		}
	}
}

func (m *member) read(ctx context.Context, given kafka.PartitionAssignment) {
	reader := newReader("orders", given.ID)
	defer reader.Close()
	check(reader.SetOffset(given.Offset))
	for {
		record, err := reader.ReadMessage(ctx)
		if err != nil {
			return
		}
		m.lock.Lock()
		m.seen[string(record.Value)] = true
		m.next[given.ID] = record.Offset + 1
		m.lock.Unlock()
	}
}

func (m *member) owned() map[string]bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	owned := map[string]bool{}
	if m.generation != nil {
		for _, given := range m.generation.Assignments["orders"] {
			owned[fmt.Sprint(given.ID)] = true
		}
	}
	return owned
}

func (m *member) readSoFar() map[string]bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	return maps.Clone(m.seen)
}

func (m *member) commit() {
	m.lock.Lock()
	defer m.lock.Unlock()
	check(m.generation.CommitOffsets(map[string]map[int]int64{"orders": m.next}))
}

func (m *member) leave() {
	check(m.group.Close())
	<-m.done
}

func sorted(sets ...map[string]bool) string {
	all := []string{}
	for _, set := range sets {
		all = slices.AppendSeq(all, maps.Keys(set))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

func deleteGroup() error {
	return must(admin.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{"workers"}})).Errors["workers"]
}

func group() {
	first := join()
	until("alone", func() bool { return len(first.owned()) == 3 })
	show("group alone", "1 member has %s", sorted(first.owned()))
	second := join()
	until("together", func() bool {
		one, other := len(first.owned()), len(second.owned())
		return one > 0 && other > 0 && one+other == 3
	})
	show("group together", "2 members have %s, each at least one", sorted(first.owned(), second.owned()))
	check(send("orders", numbered("order-", 0, 30), 0))
	count := func() int { return len(strings.Split(sorted(first.readSoFar(), second.readSoFar()), ",")) }
	until("read", func() bool { return count() == 30 })
	show("group read", "%d of 30", count())
	show("group deleted while in use", "%s", code(deleteGroup()))
	first.commit()
	second.commit()
	second.leave()
	until("one left", func() bool { return len(first.owned()) == 3 })
	show("group after one left", "1 member has %s", sorted(first.owned()))
	first.leave()
	committed := must(admin.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: "workers", Topics: map[string][]int{"orders": {0, 1, 2}},
	}))
	positions := make([]string, 3)
	for _, partition := range committed.Topics["orders"] {
		positions[partition.Partition] = fmt.Sprint(partition.CommittedOffset)
	}
	show("group committed", "%s", strings.Join(positions, ","))
	check(send("orders", numbered("order-", 30, 33), 0))
	third := join()
	until("resumed", func() bool { return len(third.readSoFar()) >= 3 })
	show("group resumed", "%s", sorted(third.readSoFar()))
	third.commit()
	third.leave()
	var described kafka.DescribeGroupsResponseGroup
	until("empty", func() bool {
		described = must(admin.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{"workers"}})).Groups[0]
		return len(described.Members) == 0
	})
	show("group described", "%s with %d members", described.GroupState, len(described.Members))
	check(deleteGroup())
	until("deleted", func() bool {
		groups := must(admin.ListGroups(ctx, &kafka.ListGroupsRequest{})).Groups
		return !slices.ContainsFunc(groups, func(g kafka.ListGroupsResponseGroup) bool { return g.GroupID == "workers" })
	})
	show("group deleted", "not listed")
}

func partitions() {
	raiseTo := func(count int32) error {
		return must(admin.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{
			Topics: []kafka.TopicPartitionsConfig{{Name: "orders", Count: count}},
		})).Errors["orders"]
	}
	check(raiseTo(5))
	until("partitions", func() bool { return len(describe("orders").Partitions) == 5 })
	show("partitions", "orders has %d partitions", len(describe("orders").Partitions))
	show("partitions fewer", "%s", code(raiseTo(2)))
}

func deleteTopics(names ...string) map[string]error {
	return must(admin.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: names})).Errors
}

func unknownAndDeletion() {
	show("unknown topic", "%s", code(describe("absent").Error))
	if err := send("absent", numbered("value-", 0, 1), 0); err != nil {
		show("send to unknown topic", "refused")
	}
	show("delete unknown topic", "%s", code(deleteTopics("absent")["absent"]))
	show("topics", "%s", strings.Join(topics(), ","))
	for _, err := range deleteTopics(topics()...) {
		check(err)
	}
	until("deleted", func() bool { return len(topics()) == 0 })
	show("topics deleted", "none")
}

func main() {
	topicAndSettings()
	codecs()
	recordsAndOffsets()
	large()
	group()
	partitions()
	unknownAndDeletion()
}
