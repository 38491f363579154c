// scenario.txt with kafkajs: prints what it sees of the broker whose address it is given.
'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = require('kafkajs')
const lz4 = require('lz4-napi')
const { ZstdCodec } = require('zstd-codec')

const DEADLINE_MS = 30000
const retry = { initialRetryTime: 100, maxRetryTime: 500, retries: 30 }
const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING, retry })
const admin = kafka.admin()

const show = (key, sight) => console.log(`${key}: ${sight}`)

// Polls for what takes effect after its answer.
async function until(what, condition) {
  const end = Date.now() + DEADLINE_MS
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`)
    await sleep(50)
  }
}

// An aggregate holds errors or groups, and what was tried again holds its last error as the cause.
function codeOf(error) {
  const inner = error.errors?.[0] ?? error.groups?.[0]?.error ?? error.cause
  return error.code ?? (inner ? codeOf(inner) : error.message)
}

async function errorOf(call) {
  try {
    await call()
  } catch (error) {
    return `error ${codeOf(error)}`
  }
  return 'no error'
}

async function installCodecs() {
  CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: (encoder) => lz4.compressFrame(encoder.buffer),
    decompress: (buffer) => lz4.decompressFrame(buffer),
  })
  const { Simple } = await new Promise((resolve) => ZstdCodec.run(resolve))
  const zstd = new Simple()
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer)),
    decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
  })
}

async function create(topic, numPartitions = 1, settings = {}) {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] })
  await until(topic, async () => (await partitionsOf(topic)).length === numPartitions)
}

const partitionsOf = async (topic) => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions

const topics = async () => (await admin.listTopics()).filter((topic) => !topic.startsWith('__')).sort()

async function send(topic, messages, { compression, ...settings } = {}) {
  const producer = kafka.producer({ allowAutoTopicCreation: false, ...settings })
  await producer.connect()
  try {
    await producer.send({ topic, messages, compression, acks: -1 })
  } finally {
    await producer.disconnect()
  }
}

const numbered = (count) => Array.from({ length: count }, (_, i) => ({ value: `value-${i}`, partition: 0 }))

// That many records of partition 0 from an offset on. The client reads only as a group's member.
let readers = 0
async function read(topic, count, offset = 0) {
  const consumer = kafka.consumer({
    groupId: `reader-${readers++}`,
    maxBytesPerPartition: 4 << 20,
    maxWaitTimeInMs: 100,
    retry,
  })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    const records = []
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (partition === 0 && records.length < count) records.push(message)
      },
    })
    consumer.seek({ topic, partition: 0, offset: String(offset) })
    await until(`${count} records of ${topic}`, () => records.length === count)
    return records
  } finally {
    await consumer.disconnect()
  }
}

const inOrder = (records) =>
  records.filter((record, i) => record.offset === String(i) && record.value.toString() === `value-${i}`).length

const offsetsOf = async (topic) => (await admin.fetchTopicOffsets(topic))[0]

const offsetAt = async (topic, timestamp) => (await admin.fetchTopicOffsetsByTimestamp(topic, timestamp))[0].offset

async function setting(topic, name) {
  const asked = [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }]
  const { resources } = await admin.describeConfigs({ resources: asked, includeSynonyms: false })
  return resources[0].configEntries.find((entry) => entry.configName === name).configValue
}

const setSetting = (topic, name, value) =>
  admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] }],
  })

async function topicAndSettings() {
  await create('orders', 3, { 'retention.ms': '86400000' })
  const found = await partitionsOf('orders')
  show('topic', `orders has ${found.length} partitions led by ${listed(found.map((p) => p.leader))}`)
  // createTopics answers this one error with false.
  const again = { topics: [{ topic: 'orders', numPartitions: 3, replicationFactor: 1 }] }
  if ((await admin.createTopics(again)) === false) show('topic again', 'error 36')
  show('setting', `retention.ms=${await setting('orders', 'retention.ms')}`)
  await setSetting('orders', 'retention.ms', '3600000')
  await until('setting', async () => (await setting('orders', 'retention.ms')) === '3600000')
  show('setting altered', `retention.ms=${await setting('orders', 'retention.ms')}`)
  show('setting refused', await errorOf(() => setSetting('orders', 'retention.ms', 'soon')))
}

async function codecsAndIdempotence() {
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    const topic = `codec-${codec}`
    const key = Object.keys(CompressionTypes).find((name) => name.toLowerCase() === codec)
    await create(topic)
    await send(topic, numbered(1000), { compression: CompressionTypes[key] })
    show(`codec ${codec}`, `${inOrder(await read(topic, 1000))} of 1000 in order`)
  }
  await create('idempotent')
  await send('idempotent', numbered(1000), { idempotent: true, maxInFlightRequests: 1 })
  show('idempotent', `${inOrder(await read('idempotent', 1000))} of 1000 in order`)
}

const text = (value) => (value === null ? 'null' : JSON.stringify(value.toString()))

async function recordsAndOffsets() {
  await create('records', 1, { 'retention.ms': '-1' })
  const sent = [
    { key: 'k1', value: 'v1', headers: { a: '1', b: '' } },
    { value: 'no key' },
    { key: 'k1', value: null },
    { key: '', value: '' },
  ]
  await send(
    'records',
    sent.map((record, i) => ({ ...record, timestamp: String(1700000000000 + 1000 * i), partition: 0 }))
  )
  for (const { offset, key, value, headers, timestamp } of await read('records', 4)) {
    const seen = Object.entries(headers).map(([name, content]) => `${name}=${content}`)
    const what = `key ${text(key)} value ${text(value)} headers ${seen.join(',') || 'none'}`
    show(`record ${offset}`, `${what} timestamp ${timestamp}`)
  }
  const { low, high } = await offsetsOf('records')
  show('offsets', `${low} to ${high}`)
  const start = await offsetAt('records', 1700000001500)
  show('offset at 1700000001500', start)
  const offsets = (await read('records', 2, start)).map((record) => record.offset)
  show('from timestamp 1700000001500', offsets.join(','))
  const values = (await read('idempotent', 3, 997)).map((record) => record.value.toString())
  show('from offset 997', values.join(','))
}

async function large() {
  await create('large', 1, { 'max.message.bytes': '4194304' })
  const value = Buffer.from(Uint8Array.from({ length: 3 << 20 }, (_, i) => i % 251))
  await send('large', [{ value }])
  const [got] = await read('large', 1)
  show('large', `${got.value.length} bytes ${got.value.equals(value) ? 'as they were' : 'changed'}`)
  show('too large', await errorOf(() => send('records', [{ value }])))
}

// A member of `workers` that remembers what it owns and what it has read.
class Member {
  owned = []
  seen = new Set()
  next = {}

  static async join() {
    const member = new Member()
    member.consumer = kafka.consumer({ groupId: 'workers', heartbeatInterval: 500, maxWaitTimeInMs: 100, retry })
    const { GROUP_JOIN, REBALANCING } = member.consumer.events
    member.consumer.on(GROUP_JOIN, ({ payload }) => (member.owned = payload.memberAssignment.orders ?? []))
    member.consumer.on(REBALANCING, () => (member.owned = []))
    await member.consumer.connect()
    await member.consumer.subscribe({ topic: 'orders', fromBeginning: true })
    await member.consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        member.seen.add(message.value.toString())
        member.next[partition] = Number(message.offset) + 1
      },
    })
    return member
  }

  commit() {
    const offsets = this.owned.map((partition) => ({
      topic: 'orders', partition, offset: String(this.next[partition]),
    }))
    return this.consumer.commitOffsets(offsets)
  }
}

const listed = (values) => [...new Set(values)].sort().join(',')

function sendOrders(from, to) {
  const messages = []
  for (let i = from; i < to; i++) messages.push({ value: `order-${i}`, partition: i % 3 })
  return send('orders', messages)
}

async function group() {
  const first = await Member.join()
  await until('alone', () => first.owned.length === 3)
  show('group alone', `1 member has ${listed(first.owned)}`)
  const second = await Member.join()
  await until('together', () => {
    const [one, other] = [first.owned.length, second.owned.length]
    return one > 0 && other > 0 && one + other === 3
  })
  show('group together', `2 members have ${listed([...first.owned, ...second.owned])}, each at least one`)
  await sendOrders(0, 30)
  const count = () => new Set([...first.seen, ...second.seen]).size
  await until('read', () => count() === 30)
  show('group read', `${count()} of 30`)
  show('group deleted while in use', await errorOf(() => admin.deleteGroups(['workers'])))
  await first.commit()
  await second.commit()
  await second.consumer.disconnect()
  await until('one left', () => first.owned.length === 3)
  show('group after one left', `1 member has ${listed(first.owned)}`)
  await first.consumer.disconnect()
  const [committed] = await admin.fetchOffsets({ groupId: 'workers', topics: ['orders'] })
  const offsets = committed.partitions.sort((a, b) => a.partition - b.partition).map((p) => p.offset)
  show('group committed', offsets.join(','))
  await sendOrders(30, 33)
  const third = await Member.join()
  await until('resumed', () => third.seen.size >= 3)
  show('group resumed', listed(third.seen))
  await third.commit()
  await third.consumer.disconnect()
  const described = async () => (await admin.describeGroups(['workers'])).groups[0]
  await until('empty', async () => (await described()).members.length === 0)
  const { state, members } = await described()
  show('group described', `${state} with ${members.length} members`)
  await admin.deleteGroups(['workers'])
  const groups = async () => (await admin.listGroups()).groups.map((found) => found.groupId)
  await until('deleted', async () => !(await groups()).includes('workers'))
  show('group deleted', 'not listed')
}

async function partitionsAndRecords() {
  const raiseTo = (count) => admin.createPartitions({ topicPartitions: [{ topic: 'orders', count }] })
  await raiseTo(5)
  await until('partitions', async () => (await partitionsOf('orders')).length === 5)
  show('partitions', `orders has ${(await partitionsOf('orders')).length} partitions`)
  show('partitions fewer', await errorOf(() => raiseTo(2)))
  // The client looks for the leader only among topics that it was asked about lately.
  await offsetsOf('idempotent')
  await admin.deleteTopicRecords({ topic: 'idempotent', partitions: [{ partition: 0, offset: '500' }] })
  const { low } = await offsetsOf('idempotent')
  show('records deleted', `idempotent starts at ${low}`)
  const left = await read('idempotent', 500, low)
  show('records left', `${left.length} from ${left[0].offset}`)
}

async function unknownAndDeletion() {
  show('unknown topic', await errorOf(() => partitionsOf('absent')))
  const refused = (await errorOf(() => send('absent', numbered(1), { retry: { retries: 1 } }))) !== 'no error'
  show('send to unknown topic', refused ? 'refused' : 'accepted')
  show('delete unknown topic', await errorOf(() => admin.deleteTopics({ topics: ['absent'] })))
  show('topics', (await topics()).join(','))
  await admin.deleteTopics({ topics: await topics() })
  await until('deleted', async () => (await topics()).length === 0)
  show('topics deleted', 'none')
}

async function main() {
  await installCodecs()
  await admin.connect()
  try {
    await topicAndSettings()
    await codecsAndIdempotence()
    await recordsAndOffsets()
    await large()
    await group()
    await partitionsAndRecords()
    await unknownAndDeletion()
  } finally {
    await admin.disconnect()
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  }
)
