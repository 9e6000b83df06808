import { describe, expect, it } from 'vitest'
import type { SourceConfig } from '../model/serviceConfig.js'
import { Encoded } from '../service/ingest/encoded.js'
import { createDecoder } from '../service/ingest/eventDecoder.js'
import { createCanaryEvents } from './canaryEvents.js'

const TYPES = [
  'UInt8',
  'Int64',
  'UInt256',
  'Float32',
  'Decimal(18, 2)',
  'Decimal(4, 4)',
  'Bool',
  'String',
  'LowCardinality(String)',
  'UUID',
  'Date',
  'DateTime',
  'DateTime64(6)',
  "Enum8('a' = 1, 'b' = 2)",
  'IPv4',
  'IPv6',
  'Nullable(Int32)',
]
const columns = TYPES.map((type, i) => ({ name: `c${i}`, type }))
const source = (time: Partial<SourceConfig['columns'][number]>, rest: Partial<SourceConfig> = {}): SourceConfig => ({
  name: 'events',
  topic: 'events',
  table: 'events',
  deadLetters: 'd',
  canaries: 'c',
  timestamp: 'ts',
  accept: { olderMs: 60_000, newerMs: 60_000 },
  columns: [{ name: 'ts', type: 'DateTime64(3)', ...time }, ...columns],
  ...rest,
})

describe('a canary of any source', () => {
  it.each<[string, SourceConfig]>([
    ['every column type', source({})],
    ['epoch seconds', source({}, { format: 'epoch_seconds' })],
    ['ISO times', source({}, { format: 'best_effort' })],
    ['whole seconds', source({ type: 'DateTime' })],
    ['a nested time', source({ from: ['meta', 'at'] })],
    ['an id', source({}, { id: 'c1', dedupMs: 60_000 })],
  ])('is accepted: %s', (_, of) => {
    const make = createCanaryEvents(of, 1)
    const { decode } = createDecoder(of)
    const events = new Encoded(0n)
    const now = Date.now()
    for (let i = 0; i < 200; i++) decode(make(now + i), i, now, true, events)
    expect(events.errors).toEqual([])
    expect(events.canaries).toBe(200)
    expect(JSON.parse(make(now))._canary).toBe(now)
  })
})
