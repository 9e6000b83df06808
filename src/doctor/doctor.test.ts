import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schemaErrors } from '../../test/support/schema.js'
import { testModel } from '../compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import type { Target } from '../model/model.js'
import { checkVersion } from './clickhouse.js'
import { examine } from './doctor.js'
import { checkDisk, checkNode } from './local.js'
import type { DoctorReport } from './report.js'
import { measureSkew, skewFinding } from './skew.js'

let ch: TestClickHouse
const dir = mkdtempSync(`${tmpdir()}/rtdash-doctor-`)
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(async () => {
  await ch.stop()
  rmSync(dir, { recursive: true })
})

function run(target: Partial<Target>): Promise<DoctorReport> {
  const model = testModel({ ts: 'DateTime64(3)' }, {}, { target: { name: 'here', clickhouse: server(''), ...target } })
  return examine({ file: 'metrics.yaml', dir, model, texts: new Map() })
}
const server = (path: string, user = ch.server): Target['clickhouse'] => {
  const url = new URL(path, ch.server.url)
  url.username = user.username
  url.password = user.password
  return { kind: 'server', url: { template: url.href } }
}
const verdicts = ({ checks }: DoctorReport) =>
  Object.fromEntries(checks.map(({ component, check, verdict }) => [`${component} ${check}`, verdict]))

test('a server where all is well', async () => {
  const report = await run({})
  expect(verdicts(report)).toMatchObject({
    'local node': 'ok',
    'local folder': 'ok',
    'clickhouse version': 'ok',
    'clickhouse grants': 'ok',
    'clickhouse clock': 'ok',
  })
  expect(report.ok).toBe(true)
  expect(schemaErrors('doctor', report)).toBeNull()
})

test('without a running stack the embedded engine is tried', async () => {
  const report = await run({ clickhouse: { kind: 'embedded' } })
  expect(report.checks.find(({ check }) => check === 'embedded-clickhouse')).toMatchObject({
    verdict: 'ok',
    observed: expect.stringMatching(/^26\.7\..* starts and stops in/),
  })
})

test('an account that may only read, a cluster that is unknown', async () => {
  const readonly = await run({ clickhouse: server('', { ...ch.server, ...ch.server.reader }) })
  expect(verdicts(readonly)['clickhouse read-only']).toBe('problem')
  const clustered = await run({ clickhouse: { ...server(''), cluster: 'main' } as Target['clickhouse'] })
  expect(clustered.ok).toBe(false)
  expect(verdicts(clustered)).toMatchObject({
    'clickhouse cluster': 'problem',
    'clickhouse macros': 'problem',
    'clickhouse keeper': 'problem',
  })
})

test('what does not answer, and a variable that is not set, are findings with a way out', async () => {
  const port = await closedPort()
  const report = await run({
    clickhouse: { kind: 'server', url: { template: `http://a:secret@127.0.0.1:${port}` } },
    redis: { url: { template: `redis://127.0.0.1:${port}` } },
    flink: { gateway: { template: `http://127.0.0.1:${port}` } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the setting as the file writes it
    kafka: { brokers: { template: '${RTDASH_DOCTOR_TEST}' } },
    push: { url: { template: `http://127.0.0.1:${port}` } },
  })
  const found = report.checks.filter(({ verdict }) => verdict === 'problem')
  expect(found.map(({ component, check }) => `${component} ${check}`)).toEqual([
    'clickhouse reachable',
    'kafka reachable',
    'flink reachable',
    'redis reachable',
    'service reachable',
  ])
  expect(found[1]!.observed).toContain('RTDASH_DOCTOR_TEST')
  expect(found.every(({ advice }) => advice !== '')).toBe(true)
  expect(JSON.stringify(report)).not.toContain('secret')
})

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>(resolve => void holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  await new Promise(resolve => holder.close(resolve))
  return port
}

describe('what is not well', () => {
  test.each([
    [checkNode('20.18.3'), 'problem'],
    [checkNode('20.19.0'), 'ok'],
    [checkNode('24.1.0'), 'ok'],
    [checkDisk(500e6), 'problem'],
    [checkDisk(3e9), 'warning'],
    [checkVersion('24.9.1.1'), 'problem'],
    [checkVersion('24.10.1.1'), 'ok'],
    [checkVersion('26.7.3.1'), 'ok'],
  ])('%o', (finding, verdict) => expect(finding.verdict).toBe(verdict))

  test.each([
    [0, 'ok'],
    [1000, 'warning'],
    [-60_000, 'problem'],
  ])('a clock %i ms ahead', async (ahead, verdict) => {
    const skew = await measureSkew(async () => Date.now() + ahead)
    expect(skew.ahead - ahead).toBeLessThan(100)
    expect(skewFinding(skew).verdict).toBe(verdict)
  })
})
