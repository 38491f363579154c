// scenario.txt with franz-go: prints what it sees of the broker whose address it is given.
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

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const deadline = 30 * time.Second

var (
	address = os.Args[1]
	ctx     = context.Background()
	admin   = kadm.NewClient(client())
)

func client(options ...kgo.Opt) *kgo.Client {
	options = append(options, kgo.SeedBrokers(address), kgo.MetadataMinAge(50*time.Millisecond))
	return must(kgo.NewClient(options...))
}

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
	var of *kerr.Error
	if errors.As(err, &of) {
		return fmt.Sprintf("error %d", of.Code)
	}
	return fmt.Sprint("error ", err)
}

func create(name string, partitions int32, settings ...string) error {
	configs := map[string]*string{}
	for i := 0; i < len(settings); i += 2 {
		configs[settings[i]] = &settings[i+1]
	}
	response, err := admin.CreateTopic(ctx, partitions, 1, configs, name)
	if err == nil {
		err = response.Err
	}
	if err == nil {
		until(name, func() bool { return len(partitionsOf(name)) == int(partitions) })
	}
	return err
}

func partitionsOf(name string) []kadm.PartitionDetail {
	return must(admin.ListTopics(ctx, name))[name].Partitions.Sorted()
}

func topics() []string {
	return must(admin.ListTopics(ctx)).Names()
}

func send(topic string, records []*kgo.Record, options ...kgo.Opt) error {
	options = append(options, kgo.DefaultProduceTopic(topic), kgo.ProducerLinger(20*time.Millisecond),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(8<<20),
		kgo.UnknownTopicRetries(1))
	producer := client(options...)
	defer producer.Close()
	return producer.ProduceSync(ctx, records...).FirstErr()
}

func numbered(count int) []*kgo.Record {
	records := make([]*kgo.Record, count)
	for i := range records {
		records[i] = kgo.StringRecord(fmt.Sprint("value-", i))
	}
	return records
}

// read returns that many records of partition 0 from an offset on.
func read(topic string, count int, offset int64) []*kgo.Record {
	bounded, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	consumer := client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
		topic: {0: kgo.NewOffset().At(offset)},
	}))
	defer consumer.Close()
	var records []*kgo.Record
	for len(records) < count {
		fetches := consumer.PollFetches(bounded)
		check(fetches.Err())
		records = append(records, fetches.Records()...)
	}
	return records
}

func inOrder(records []*kgo.Record) (count int) {
	for i, record := range records {
		if record.Offset == int64(i) && string(record.Value) == fmt.Sprint("value-", i) {
			count++
		}
	}
	return count
}

func offsetOf(listed kadm.ListedOffsets, err error) func(topic string) int64 {
	return func(topic string) int64 {
		check(err)
		offset, _ := listed.Lookup(topic, 0)
		check(offset.Err)
		return offset.Offset
	}
}

// offsetAt asks the broker itself: kadm would answer the end where there is none.
func offsetAt(topic string, timestamp int64) string {
	listed, _ := must(admin.ListOffsetsAfterMilli(ctx, timestamp, topic)).Lookup(topic, 0)
	if listed.Timestamp == -1 {
		return "none"
	}
	return strconv.FormatInt(listed.Offset, 10)
}

func setting(topic, key string) string {
	configs := must(must(admin.DescribeTopicConfigs(ctx, topic)).On(topic, nil))
	at := slices.IndexFunc(configs.Configs, func(c kadm.Config) bool { return c.Key == key })
	return configs.Configs[at].MaybeValue()
}

func setSetting(topic, key, value string) error {
	change := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: key, Value: &value}}
	return must(must(admin.AlterTopicConfigs(ctx, change, topic)).On(topic, nil)).Err
}

func topicAndSettings() {
	check(create("orders", 3, "retention.ms", "86400000"))
	found := partitionsOf("orders")
	leaders := map[string]bool{}
	for _, partition := range found {
		leaders[fmt.Sprint(partition.Leader)] = true
	}
	show("topic", "orders has %d partitions led by %s", len(found), sorted(leaders))
	show("topic again", "%s", code(create("orders", 3)))
	show("setting", "retention.ms=%s", setting("orders", "retention.ms"))
	check(setSetting("orders", "retention.ms", "3600000"))
	until("setting", func() bool { return setting("orders", "retention.ms") == "3600000" })
	show("setting altered", "retention.ms=%s", setting("orders", "retention.ms"))
	show("setting refused", "%s", code(setSetting("orders", "retention.ms", "soon")))
}

func codecsAndIdempotence() {
	codecs := []struct {
		name  string
		codec kgo.CompressionCodec
	}{
		{"none", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()},
		{"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()},
	}
	for _, codec := range codecs {
		topic := "codec-" + codec.name
		check(create(topic, 1))
		check(send(topic, numbered(1000), kgo.ProducerBatchCompression(codec.codec), kgo.DisableIdempotentWrite()))
		show("codec "+codec.name, "%d of 1000 in order", inOrder(read(topic, 1000, 0)))
	}
	check(create("idempotent", 1))
	check(send("idempotent", numbered(1000), kgo.RequiredAcks(kgo.AllISRAcks())))
	show("idempotent", "%d of 1000 in order", inOrder(read("idempotent", 1000, 0)))
}

func text(value []byte) string {
	if value == nil {
		return "null"
	}
	return strconv.Quote(string(value))
}

func recordsAndOffsets() {
	check(create("records", 1, "retention.ms", "-1"))
	sent := []*kgo.Record{
		{Key: []byte("k1"), Value: []byte("v1"), Headers: []kgo.RecordHeader{
			{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte{}},
		}},
		{Value: []byte("no key")},
		{Key: []byte("k1")},
		{Key: []byte{}, Value: []byte{}},
	}
	for i, record := range sent {
		record.Timestamp = time.UnixMilli(1700000000000 + 1000*int64(i))
	}
	check(send("records", sent))
	for _, record := range read("records", 4, 0) {
		headers := []string{}
		for _, header := range record.Headers {
			headers = append(headers, fmt.Sprintf("%s=%s", header.Key, header.Value))
		}
		if len(headers) == 0 {
			headers = []string{"none"}
		}
		show(fmt.Sprint("record ", record.Offset), "key %s value %s headers %s timestamp %d",
			text(record.Key), text(record.Value), strings.Join(headers, ","), record.Timestamp.UnixMilli())
	}
	show("offsets", "%d to %d", offsetOf(admin.ListStartOffsets(ctx, "records"))("records"),
		offsetOf(admin.ListEndOffsets(ctx, "records"))("records"))
	for _, timestamp := range []int64{1700000001500, 1800000000000} {
		show(fmt.Sprint("offset at ", timestamp), "%s", offsetAt("records", timestamp))
	}
	start := must(strconv.ParseInt(offsetAt("records", 1700000001500), 10, 64))
	seen := []string{}
	for _, record := range read("records", 2, start) {
		seen = append(seen, fmt.Sprint(record.Offset))
	}
	show("from timestamp 1700000001500", "%s", strings.Join(seen, ","))
	seen = nil
	for _, record := range read("idempotent", 3, 997) {
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
	plain := kgo.ProducerBatchCompression(kgo.NoCompression())
	check(send("large", []*kgo.Record{{Value: value}}, plain))
	got := read("large", 1, 0)[0].Value
	if !bytes.Equal(got, value) {
		log.Panic("changed")
	}
	show("large", "%d bytes as they were", len(got))
	show("too large", "%s", code(send("records", []*kgo.Record{{Value: value}}, plain)))
}

// A member of `workers` that remembers what it owns and what it has read.
type member struct {
	*kgo.Client
	seen map[string]bool
	// What the client's own goroutine says that it was given.
	lock  sync.Mutex
	given map[string]bool
}

func join() *member {
	m := &member{given: map[string]bool{}, seen: map[string]bool{}}
	change := func(owned bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, changed map[string][]int32) {
			m.lock.Lock()
			defer m.lock.Unlock()
			for _, partition := range changed["orders"] {
				m.given[fmt.Sprint(partition)] = owned
			}
		}
	}
	m.Client = client(kgo.ConsumerGroup("workers"), kgo.ConsumeTopics("orders"), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.HeartbeatInterval(500*time.Millisecond),
		kgo.OnPartitionsAssigned(change(true)), kgo.OnPartitionsRevoked(change(false)),
		kgo.OnPartitionsLost(change(false)))
	return m
}

func (m *member) owned() map[string]bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	owned := maps.Clone(m.given)
	maps.DeleteFunc(owned, func(_ string, owned bool) bool { return !owned })
	return owned
}

func (m *member) poll() {
	bounded, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for _, record := range m.PollFetches(bounded).Records() {
		m.seen[string(record.Value)] = true
	}
}

func pollUntil(what string, condition func() bool, members ...*member) {
	until(what, func() bool {
		for _, m := range members {
			m.poll()
		}
		return condition()
	})
}

func sorted(sets ...map[string]bool) string {
	all := []string{}
	for _, set := range sets {
		for name := range set {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

func sendOrders(from, to int) {
	records := []*kgo.Record{}
	for i := from; i < to; i++ {
		records = append(records, &kgo.Record{Value: fmt.Append(nil, "order-", i), Partition: int32(i % 3)})
	}
	check(send("orders", records))
}

func deleteGroup() error {
	_, err := admin.DeleteGroup(ctx, "workers")
	return err
}

func group() {
	first := join()
	pollUntil("alone", func() bool { return len(first.owned()) == 3 }, first)
	show("group alone", "1 member has %s", sorted(first.owned()))
	second := join()
	pollUntil("together", func() bool {
		return len(first.owned()) > 0 && len(second.owned()) > 0 && len(first.owned())+len(second.owned()) == 3
	}, first, second)
	show("group together", "2 members have %s, each at least one", sorted(first.owned(), second.owned()))
	sendOrders(0, 30)
	count := func() int { return len(strings.Split(sorted(first.seen, second.seen), ",")) }
	pollUntil("read", func() bool { return count() == 30 }, first, second)
	show("group read", "%d of 30", count())
	show("group deleted while in use", "%s", code(deleteGroup()))
	check(first.CommitUncommittedOffsets(ctx))
	check(second.CommitUncommittedOffsets(ctx))
	second.Close()
	pollUntil("one left", func() bool { return len(first.owned()) == 3 }, first)
	show("group after one left", "1 member has %s", sorted(first.owned()))
	first.Close()
	committed := must(admin.FetchOffsets(ctx, "workers"))
	offsets := []string{}
	for partition := range int32(3) {
		offset, _ := committed.Lookup("orders", partition)
		offsets = append(offsets, fmt.Sprint(offset.At))
	}
	show("group committed", "%s", strings.Join(offsets, ","))
	sendOrders(30, 33)
	third := join()
	pollUntil("resumed", func() bool { return len(third.seen) >= 3 }, third)
	show("group resumed", "%s", sorted(third.seen))
	check(third.CommitUncommittedOffsets(ctx))
	third.Close()
	var described kadm.DescribedGroup
	until("empty", func() bool {
		described = must(admin.DescribeGroups(ctx, "workers"))["workers"]
		return len(described.Members) == 0
	})
	show("group described", "%s with %d members", described.State, len(described.Members))
	check(deleteGroup())
	listed := func() bool { return slices.Contains(must(admin.ListGroups(ctx)).Groups(), "workers") }
	until("deleted", func() bool { return !listed() })
	show("group deleted", "not listed")
}

func partitionsAndRecords() {
	raiseTo := func(count int) error {
		return must(must(admin.UpdatePartitions(ctx, count, "orders")).On("orders", nil)).Err
	}
	check(raiseTo(5))
	until("partitions", func() bool { return len(partitionsOf("orders")) == 5 })
	show("partitions", "orders has %d partitions", len(partitionsOf("orders")))
	show("partitions fewer", "%s", code(raiseTo(2)))
	before := kadm.Offsets{}
	before.AddOffset("idempotent", 0, 500, -1)
	check(must(admin.DeleteRecords(ctx, before)).Error())
	start := offsetOf(admin.ListStartOffsets(ctx, "idempotent"))("idempotent")
	show("records deleted", "idempotent starts at %d", start)
	left := read("idempotent", 500, start)
	show("records left", "%d from %d", len(left), left[0].Offset)
}

func unknownAndDeletion() {
	show("unknown topic", "%s", code(must(admin.ListTopics(ctx, "absent"))["absent"].Err))
	if err := send("absent", numbered(1)); err != nil {
		show("send to unknown topic", "refused")
	}
	_, err := admin.DeleteTopic(ctx, "absent")
	show("delete unknown topic", "%s", code(err))
	show("topics", "%s", strings.Join(topics(), ","))
	check(must(admin.DeleteTopics(ctx, topics()...)).Error())
	until("deleted", func() bool { return len(topics()) == 0 })
	show("topics deleted", "none")
}

func main() {
	topicAndSettings()
	codecsAndIdempotence()
	recordsAndOffsets()
	large()
	group()
	partitionsAndRecords()
	unknownAndDeletion()
}
