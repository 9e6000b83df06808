import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compile } from '../src/compile/compile.js'
import { renderFiles } from '../src/compile/renderFiles.js'
import { check } from '../src/config/check.js'

// compose.yaml as compiled for the storefront on several targets. There is no Docker here: what can be checked without
// it is checked by the official schema, and by the programs themselves where they check their configuration.

interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile?: string }
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, object>>
  readonly healthcheck?: object
  readonly profiles?: readonly string[]
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
}

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')

const targets = {
  all: `
    kafka: { brokers: "\${KAFKA_BROKERS}" }
    flink: { gateway: "\${FLINK_GATEWAY}", jobmanager: "\${FLINK_JOBMANAGER}" }
    clickhouse: { url: "\${CLICKHOUSE_URL}", cluster: main }
    redis: { url: "\${REDIS_URL}" }
    push: { url: "\${PUSH_URL:-http://127.0.0.1:8080}" }`,
  few: `
    clickhouse: { url: "\${CLICKHOUSE_URL}" }`,
  elsewhere: `
    kafka: { brokers: "kafka.example.com:9092" }
    clickhouse: { url: "https://rtdash:\${CH_PASSWORD}@ch.example.com:\${CH_PORT:-8443}" }
    redis: { url: "\${REDIS_URL}" }`,
}

let folder: string
let outputs: Record<string, ReadonlyMap<string, string>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rtdash-compose-'))
  const text = read('../examples/storefront/metrics.yaml').replace(/^targets:[\s\S]*/m, '')
  const lines = Object.entries(targets).map(([name, target]) => `  ${name}:${target}\n`)
  const file = join(folder, 'metrics.yaml')
  writeFileSync(file, `${text}targets:\n${lines.join('')}`)
  outputs = {}
  for (const target of Object.keys(targets)) {
    const { model, diagnostics } = await check(file, { target })
    if (!model) throw new Error(diagnostics.map(({ message }) => message).join('; '))
    outputs[target] = renderFiles(compile(model))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

const textOf = (target: string, path: string): string => outputs[target]!.get(path)!
const servicesOf = (target: string) => (parse(textOf(target, 'compose.yaml')) as Compose).services

/** Name → default, undefined where it must be set, of each variable that Compose fills in. */
function variablesIn(text: string): Map<string, string | undefined> {
  const found = text.matchAll(/\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)\}/g)
  return new Map([...found].map(([, name, otherwise]) => [name!, otherwise]))
}

describe.each(Object.keys(targets))('compose.yaml for %s', target => {
  it('is valid by the schema of the Compose Specification', () => {
    const validate = new Ajv2020({ strict: false, formats: { duration: true, subnet_ip_address: true } }).compile(
      JSON.parse(read('support/compose/compose-spec.json')),
    )
    const document = parse(textOf(target, 'compose.yaml'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    document.services.gateway.helthcheck = {}
    expect(validate(document)).toBe(false)
  })

  it('reads no variable that env.example does not explain, and the other way round', () => {
    const document = textOf(target, 'compose.yaml').replace(/^#.*\n/gm, '')
    const used = variablesIn(document)
    expect(used.size).toBeGreaterThan(5)
    expect(document.match(/\$\{/g)).toHaveLength(document.match(/\$\{[A-Z_]+:[-?][^}]*\}/g)!.length)
    const explained = [...textOf(target, 'compose/env.example').matchAll(/^# .+\n(#?)([A-Z_]+)=(.*)$/gm)]
    expect(new Map(explained.map(([, optional, name, value]) => [name, optional ? value : undefined]))).toEqual(used)
    for (const [, optional, name, value] of explained) if (!optional) expect(value, name).toBe('')
  })

  it('names an exact version of every image, and for every service how to tell that it is well', () => {
    for (const [name, { image, build, healthcheck, profiles }] of Object.entries(servicesOf(target))) {
      if (build) {
        const path = normalize(join(build.context, build.dockerfile ?? 'Dockerfile'))
        const dockerfile = textOf(target, path)
        expect(dockerfile, path).toMatch(/^FROM \S+:\d/m)
        if (!profiles) expect(healthcheck ?? /^HEALTHCHECK/m.test(dockerfile), name).toBeTruthy()
      } else {
        expect(image, name).toMatch(/:v?\d+\.\d+(\.\d+)?(-alpine)?$/)
        expect(healthcheck, name).toBeDefined()
      }
    }
  })

  it('mounts only files that are compiled, and waits only for services that there are', () => {
    const services = servicesOf(target)
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map(volume => volume.split(':')[0]!))
    const files = mounted.filter(path => path.startsWith('./')).map(normalize)
    expect(files).toEqual(expect.arrayContaining(['compose/nginx.conf', 'compose/prometheus.yaml']))
    for (const path of files) expect(outputs[target]!.has(path), path).toBe(true)
    const awaited = Object.values(services).flatMap(({ depends_on = {} }) => Object.keys(depends_on))
    expect(Object.keys(services)).toEqual(expect.arrayContaining(awaited))
  })

  it('has a gateway that nginx takes, and a configuration that Prometheus takes', async () => {
    const nginx = join(folder, 'nginx.conf')
    writeFileSync(nginx, textOf(target, 'compose/nginx.conf'))
    const settings = `pid ${join(folder, 'nginx.pid')};`
    expect(
      (
        await execa('nginx', ['-t', '-p', folder, '-c', nginx, '-g', settings], {
          env: { PATH: `${process.env.PATH}:/usr/sbin` },
        })
      ).stderr,
    ).toContain('test is successful')
    const prometheus = join(folder, 'prometheus.yaml')
    // The check wants to see the file of the token.
    writeFileSync(prometheus, textOf(target, 'compose/prometheus.yaml').replace('/run/secrets/scrape-token', nginx))
    expect((await execa('promtool', ['check', 'config', prometheus])).stdout).toContain('SUCCESS')
  })
})

describe('what runs', () => {
  const names = (target: string) => Object.keys(servicesOf(target)).sort()
  const always = ['gateway', 'grafana', 'prometheus', 'push-1', 'rtdash']

  it('is all that the target names, a broker for each copy of a record, and two push nodes', () => {
    const kafka = ['kafka-1', 'kafka-2', 'kafka-3']
    const flink = ['flink-jobmanager', 'flink-sql-gateway', 'flink-taskmanager']
    const rest = ['clickhouse', 'publisher', 'push-2', 'redis']
    expect(names('all')).toEqual([...always, ...kafka, ...flink, ...rest].sort())
    expect(servicesOf('all').publisher!.environment).toMatchObject({
      KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092,kafka-3:9092',
      PUSH_URL: 'http://gateway:8080',
      ROLES: 'load,publish',
    })
    expect(textOf('all', 'compose/clickhouse.xml')).toContain('<main>')
  })

  it('is one process for everything without Redis', () => {
    expect(names('few')).toEqual([...always, 'clickhouse'].sort())
    expect(servicesOf('few')['push-1']!.environment).not.toHaveProperty('ROLES')
    expect(textOf('few', 'compose/clickhouse.xml')).not.toContain('keeper')
  })

  it('leaves out what the target says is elsewhere, and hands on the variables in its address', () => {
    expect(names('elsewhere')).toEqual([...always, 'publisher', 'push-2', 'redis'].sort())
    expect(servicesOf('elsewhere').publisher!.environment).toMatchObject({ CH_PORT: `\${CH_PORT:-8443}` })
    expect(textOf('elsewhere', 'compose/env.example')).toContain('# Part of clickhouse.url.\nCH_PASSWORD=\n')
  })

  it('is nothing where ClickHouse is embedded', async () => {
    const file = fileURLToPath(new URL('../examples/storefront/metrics.yaml', import.meta.url))
    const { model } = await check(file, { target: 'local' })
    expect([...renderFiles(compile(model!)).keys()].filter(path => dirname(path).startsWith('compose'))).toEqual([])
  })
})
