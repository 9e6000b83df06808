import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'rtdash-package-'))
// A package that is installed elsewhere has no NODE_ENV of a test run.
const run = execa({ cwd: folder, env: { NODE_ENV: undefined, CASES_UPDATE: undefined }, reject: false })

describe('the packed package, installed into an empty folder', () => {
  let packed: readonly string[] = []

  beforeAll(async () => {
    // Built already, so without the scripts that would build it again.
    const { stdout } = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
    })
    const [tarball] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    packed = tarball!.files.map(file => file.path)
    await execa('npm', ['init', '-y'], { cwd: folder })
    await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball!.filename}`], {
      cwd: folder,
    })
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('makes a valid project', async () => {
    expect(await run`npx --no-install rtdash init`).toMatchObject({ exitCode: 0 })
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['metrics.yaml', '.gitignore', '.github', 'README.md']))
    const validate = await run`npx --no-install rtdash validate --json`
    expect(JSON.parse(validate.stdout)).toEqual({ ok: true, findings: [] })
  })

  it('explains and compiles it', async () => {
    expect(await run`npx --no-install rtdash explain`).toMatchObject({ exitCode: 0 })
    expect(await run`npx --no-install rtdash compile`).toMatchObject({ exitCode: 0 })
  })

  it('knows its commands without loading them', () => {
    expect(packed).toContain('oclif.manifest.json')
  })

  it('has the dashboard, the schemas and the templates, and no sources, maps or tests', () => {
    const needed = ['dist/web/index.html', 'schemas/metrics.schema.json', 'templates/init/common/gitignore', 'LICENSE']
    expect(packed).toEqual(expect.arrayContaining(needed))
    expect(packed.filter(path => /^(src|test|bench)\/|\.map$|\.test\./.test(path))).toEqual([])
  })

  it('exports its stages', async () => {
    const script = `import { check, compile } from 'rtdash'
      const { model } = await check('metrics.yaml', { target: 'local' })
      console.log(compile(model).service.metrics.length)`
    expect(await run('node', ['--input-type=module', '-e', script])).toMatchObject({ exitCode: 0, stdout: '5' })
  })
})
