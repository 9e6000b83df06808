import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../compile/compile.js'
import { renderFiles } from '../../compile/renderFiles.js'
import { testModel } from '../../compile/testing.js'
import type { Target } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'

const target: Target = {
  name: 'prod',
  kafka: { brokers: { template: `\${BROKERS}` } },
  flink: { gateway: { template: 'http://flink:8083' } },
  clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' } },
}
const columns = { ts: 'DateTime64(3)', value: 'Float64' }
const second = { measure: 'count()', window: { kind: 'trailing', ms: 1000 }, tier: 1 } as const

function topics(...args: Parameters<typeof testModel>): Map<string, ResourceOf<'kafka.topic'>['spec']> {
  const { resources } = compile(testModel(...args))
  return new Map(resources.flatMap(r => (r.kind === 'kafka.topic' ? [[r.spec.name, r.spec] as const] : [])))
}

test('a source has its topic and its dead letters; tier 1 on Flink has the updates', () => {
  const made = topics(columns, { events_now: second }, { target, source: { partitions: 12 } })
  expect([...made.keys()]).toEqual(['shop.events', 'shop.events.dead-letters', 'shop.updates'])
  expect(made.get('shop.events')).toMatchObject({
    partitions: 12,
    replication: 3,
    config: { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'min.insync.replicas': '2' },
  })
  expect(made.get('shop.updates')!.config['cleanup.policy']).toBe('compact,delete')
})

test('without Kafka there is no topic, without tier 1 or Flink no updates', () => {
  expect(topics(columns, { events_now: second }).size).toBe(0)
  expect(topics(columns, { events_now: { ...second, tier: 2 } }, { target }).has('shop.updates')).toBe(false)
  const { flink: _, ...withoutFlink } = target
  expect(topics(columns, { events_now: second }, { target: withoutFlink }).has('shop.updates')).toBe(false)
})

test('one copy and no end of retention', () => {
  const retention = { topicMs: null, rawMs: null, rollupMs: null }
  const raw = topics(columns, { n: second }, { target, source: { replication: 1, retention } }).get('shop.events')!
  expect(raw.config['min.insync.replicas']).toBe('1')
  expect(raw.config['retention.ms']).toBe('-1')
})

test('the script hands every topic to the tool', () => {
  const model = testModel(columns, { events_now: second }, { target, source: { topic: 'raw-events' } })
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-kafka-'))
  const [tool, script, log] = ['tool', 'create.sh', 'log'].map(name => join(dir, name)) as [string, string, string]
  writeFileSync(tool, `#!/bin/sh\nfor a; do printf '%s\\n' "$a"; done >> ${log}\n`, { mode: 0o755 })
  writeFileSync(script, renderFiles(compile(model)).get('kafka/create-topics.sh')!)
  execFileSync('/bin/sh', [script], { env: { BROKERS: 'k1:9092,k2:9092', KAFKA_TOPICS: tool, PATH: process.env.PATH } })
  const calls = readFileSync(log, 'utf8')
    .split('--bootstrap-server\n')
    .slice(1)
    .map(call => call.trim().split('\n'))
  expect(calls.map(args => args[args.indexOf('--topic') + 1])).toEqual([
    'raw-events',
    'raw-events.dead-letters',
    'shop.updates',
  ])
  for (const args of calls) {
    expect(args[0]).toBe('k1:9092,k2:9092')
    expect(args).toContain('--if-not-exists')
    expect(args).toContain('min.insync.replicas=2')
  }
  rmSync(dir, { recursive: true })
})
