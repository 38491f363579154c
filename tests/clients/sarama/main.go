// scenario.txt with sarama: prints what it sees of the broker whose address it is given.
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

	"github.com/IBM/sarama"
)

const deadline = 30 * time.Second

var (
	address = os.Args[1:2]
	client  = must(sarama.NewClient(address, config()))
	admin   = must(sarama.NewClusterAdminFromClient(client))
)

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.MaxVersion
	c.Producer.Return.Successes = true
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.MaxMessageBytes = 8 << 20
	c.Producer.Partitioner = sarama.NewManualPartitioner
	c.Producer.Flush.Frequency = 20 * time.Millisecond
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	c.Consumer.Fetch.Default = 4 << 20
	return c
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
	var of sarama.KError
	var several sarama.ProducerErrors
	if errors.As(err, &several) {
		err = several[0].Err
	}
	if errors.As(err, &of) {
		return fmt.Sprintf("error %d", of)
	}
	return fmt.Sprint("error ", err)
}

func create(name string, partitions int32, settings ...string) error {
	configs := map[string]*string{}
	for i := 0; i < len(settings); i += 2 {
		configs[settings[i]] = &settings[i+1]
	}
	err := admin.CreateTopic(name, &sarama.TopicDetail{
		NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs,
	}, false)
	if err == nil {
		until(name, func() bool { return len(describe(name).Partitions) == int(partitions) })
	}
	return err
}

func describe(name string) *sarama.TopicMetadata {
	return must(admin.DescribeTopics([]string{name}))[0]
}

func topics() []string {
	names := slices.Sorted(maps.Keys(must(admin.ListTopics())))
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "__") })
}

func send(topic string, records []*sarama.ProducerMessage, change func(*sarama.Config)) error {
	c := config()
	change(c)
	producer := must(sarama.NewSyncProducer(address, c))
	defer producer.Close()
	for _, record := range records {
		record.Topic = topic
	}
	return producer.SendMessages(records)
}

func unchanged(*sarama.Config) {}

func numbered(count int) []*sarama.ProducerMessage {
	records := make([]*sarama.ProducerMessage, count)
	for i := range records {
		records[i] = &sarama.ProducerMessage{Value: sarama.StringEncoder(fmt.Sprint("value-", i))}
	}
	return records
}

// read returns that many records of partition 0 from an offset on.
func read(topic string, count int, offset int64) []*sarama.ConsumerMessage {
	consumer := must(sarama.NewConsumer(address, config()))
	defer consumer.Close()
	partition := must(consumer.ConsumePartition(topic, 0, offset))
	defer partition.Close()
	var records []*sarama.ConsumerMessage
	for late := time.After(deadline); len(records) < count; {
		select {
		case record := <-partition.Messages():
			records = append(records, record)
		case <-late:
			log.Panicf("%d of %d records of %s", len(records), count, topic)
		}
	}
	return records
}

func inOrder(records []*sarama.ConsumerMessage) (count int) {
	for i, record := range records {
		if record.Offset == int64(i) && string(record.Value) == fmt.Sprint("value-", i) {
			count++
		}
	}
	return count
}

func offsetAt(topic string, timestamp int64) int64 {
	return must(client.GetOffset(topic, 0, timestamp))
}

func setting(topic, key string) string {
	resource := sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{key}}
	return must(admin.DescribeConfig(resource))[0].Value
}

func setSetting(topic, key, value string) error {
	return admin.IncrementalAlterConfig(sarama.TopicResource, topic, map[string]sarama.IncrementalAlterConfigsEntry{
		key: {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &value},
	}, false)
}

func topicAndSettings() {
	check(create("orders", 3, "retention.ms", "86400000"))
	found := describe("orders").Partitions
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
	codecs := []sarama.CompressionCodec{
		sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4,
		sarama.CompressionZSTD,
	}
	for _, codec := range codecs {
		topic := "codec-" + codec.String()
		check(create(topic, 1))
		check(send(topic, numbered(1000), func(c *sarama.Config) { c.Producer.Compression = codec }))
		show("codec "+codec.String(), "%d of 1000 in order", inOrder(read(topic, 1000, 0)))
	}
	check(create("idempotent", 1))
	check(send("idempotent", numbered(1000), func(c *sarama.Config) {
		c.Producer.Idempotent = true
		c.Net.MaxOpenRequests = 1
	}))
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
	sent := []*sarama.ProducerMessage{
		{Key: sarama.StringEncoder("k1"), Value: sarama.StringEncoder("v1"), Headers: []sarama.RecordHeader{
			{Key: []byte("a"), Value: []byte("1")}, {Key: []byte("b"), Value: []byte{}},
		}},
		{Value: sarama.StringEncoder("no key")},
		{Key: sarama.StringEncoder("k1")},
		{Key: sarama.ByteEncoder{}, Value: sarama.ByteEncoder{}},
	}
	for i, record := range sent {
		record.Timestamp = time.UnixMilli(1700000000000 + 1000*int64(i))
	}
	check(send("records", sent, unchanged))
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
	show("offsets", "%d to %d", offsetAt("records", sarama.OffsetOldest), offsetAt("records", sarama.OffsetNewest))
	for _, timestamp := range []int64{1700000001500, 1800000000000} {
		offset := fmt.Sprint(offsetAt("records", timestamp))
		if offset == "-1" {
			offset = "none"
		}
		show(fmt.Sprint("offset at ", timestamp), "%s", offset)
	}
	seen := []string{}
	for _, record := range read("records", 2, offsetAt("records", 1700000001500)) {
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
	record := func() []*sarama.ProducerMessage {
		return []*sarama.ProducerMessage{{Value: sarama.ByteEncoder(value)}}
	}
	check(send("large", record(), unchanged))
	got := read("large", 1, 0)[0].Value
	if !bytes.Equal(got, value) {
		log.Panic("changed")
	}
	show("large", "%d bytes as they were", len(got))
	show("too large", "%s", code(send("records", record(), unchanged)))
}

// A member of `workers` that remembers what it owns and what it has read.
type member struct {
	sarama.ConsumerGroup
	leave func()

	lock    sync.Mutex
	session sarama.ConsumerGroupSession
	seen    map[string]bool
}

func join() *member {
	m := &member{ConsumerGroup: must(sarama.NewConsumerGroup(address, "workers", config())), seen: map[string]bool{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		// A session ends with each rebalance, and Consume with the session.
		for ctx.Err() == nil {
			check(m.Consume(ctx, []string{"orders"}, m))
		}
	}()
	m.leave = func() {
		cancel()
		<-done
		check(m.Close())
	}
	return m
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.session = session
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.session = nil
	return nil
}

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case record, open := <-claim.Messages():
			if !open {
				return nil
			}
			session.MarkMessage(record, "")
			m.lock.Lock()
			m.seen[string(record.Value)] = true
			m.lock.Unlock()
		case <-session.Context().Done():
			return nil
		}
	}
}

func (m *member) owned() map[string]bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	owned := map[string]bool{}
	if m.session != nil {
		for _, partition := range m.session.Claims()["orders"] {
			owned[fmt.Sprint(partition)] = true
		}
	}
	return owned
}

func (m *member) read() map[string]bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	return maps.Clone(m.seen)
}

func (m *member) commit() {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.session.Commit()
}

func sorted(sets ...map[string]bool) string {
	all := []string{}
	for _, set := range sets {
		all = slices.AppendSeq(all, maps.Keys(set))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}

func sendOrders(from, to int) {
	records := []*sarama.ProducerMessage{}
	for i := from; i < to; i++ {
		records = append(records, &sarama.ProducerMessage{
			Value: sarama.StringEncoder(fmt.Sprint("order-", i)), Partition: int32(i % 3),
		})
	}
	check(send("orders", records, unchanged))
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
	sendOrders(0, 30)
	count := func() int { return len(strings.Split(sorted(first.read(), second.read()), ",")) }
	until("read", func() bool { return count() == 30 })
	show("group read", "%d of 30", count())
	show("group deleted while in use", "%s", code(admin.DeleteConsumerGroup("workers")))
	first.commit()
	second.commit()
	second.leave()
	until("one left", func() bool { return len(first.owned()) == 3 })
	show("group after one left", "1 member has %s", sorted(first.owned()))
	first.leave()
	committed := must(admin.ListConsumerGroupOffsets("workers", map[string][]int32{"orders": {0, 1, 2}}))
	offsets := []string{}
	for partition := range int32(3) {
		offsets = append(offsets, fmt.Sprint(committed.GetBlock("orders", partition).Offset))
	}
	show("group committed", "%s", strings.Join(offsets, ","))
	sendOrders(30, 33)
	third := join()
	until("resumed", func() bool { return len(third.read()) >= 3 })
	show("group resumed", "%s", sorted(third.read()))
	third.commit()
	third.leave()
	var described *sarama.GroupDescription
	until("empty", func() bool {
		described = must(admin.DescribeConsumerGroups([]string{"workers"}))[0]
		return len(described.Members) == 0
	})
	show("group described", "%s with %d members", described.State, len(described.Members))
	check(admin.DeleteConsumerGroup("workers"))
	until("deleted", func() bool {
		_, listed := must(admin.ListConsumerGroups())["workers"]
		return !listed
	})
	show("group deleted", "not listed")
}

func partitionsAndRecords() {
	check(admin.CreatePartitions("orders", 5, nil, false))
	until("partitions", func() bool { return len(describe("orders").Partitions) == 5 })
	show("partitions", "orders has %d partitions", len(describe("orders").Partitions))
	show("partitions fewer", "%s", code(admin.CreatePartitions("orders", 2, nil, false)))
	check(admin.DeleteRecords("idempotent", map[int32]int64{0: 500}))
	start := offsetAt("idempotent", sarama.OffsetOldest)
	show("records deleted", "idempotent starts at %d", start)
	left := read("idempotent", 500, start)
	show("records left", "%d from %d", len(left), left[0].Offset)
}

func unknownAndDeletion() {
	show("unknown topic", "%s", code(describe("absent").Err))
	if err := send("absent", numbered(1), unchanged); err != nil {
		show("send to unknown topic", "refused")
	}
	show("delete unknown topic", "%s", code(admin.DeleteTopic("absent")))
	show("topics", "%s", strings.Join(topics(), ","))
	for _, topic := range topics() {
		check(admin.DeleteTopic(topic))
	}
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
