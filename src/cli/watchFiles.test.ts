import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type FileWatcher, watchFiles } from './watchFiles.js'

let folder: string
let watcher: FileWatcher
const changed = vi.fn()
const file = (name: string): string => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rtdash-watch-'))
  mkdirSync(file('metrics'))
  writeFileSync(file('metrics.yaml'), '1')
  changed.mockReset()
  watcher = watchFiles(changed, 50)
  watcher.set([file('metrics.yaml')])
})
afterEach(() => {
  watcher.close()
  rmSync(folder, { recursive: true })
})

const calls = (count: number) => expect.poll(() => changed.mock.calls.length, { timeout: 5000 }).toBe(count)

it('sees a save in place, and one by renaming a new file over it, again and again', async () => {
  writeFileSync(file('metrics.yaml'), '2')
  await calls(1)
  for (const count of [2, 3]) {
    writeFileSync(file('.metrics.yaml.swp'), String(count))
    renameSync(file('.metrics.yaml.swp'), file('metrics.yaml'))
    await calls(count)
  }
})

it('counts a burst of writes once', async () => {
  for (let i = 0; i < 20; i++) writeFileSync(file('metrics.yaml'), String(i))
  await calls(1)
})

it('follows the files it is told, in other folders too', async () => {
  watcher.set([file('metrics.yaml'), file('metrics/a.yaml')])
  writeFileSync(file('metrics/a.yaml'), '1')
  await calls(1)
})

it('takes no notice of other files', async () => {
  writeFileSync(file('notes.txt'), '1')
  writeFileSync(file('metrics.yaml'), '2')
  await calls(1)
})
