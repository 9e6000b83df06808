import { formatText } from '../diagnostics/text.js'
import { applySafely } from './applySafely.js'
import { hintsFor } from './hints.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'
import { checkFile, folderOf, type Project } from './project.js'
import { createSamples } from './samples.js'
import { waitForConfig } from './service.js'
import { type Stack, startStack } from './stack.js'

export interface DevOptions {
  readonly file: string
  readonly target: string
  readonly port: number
  /** Sample events per second and source; none without. */
  readonly rate?: number
}

export interface DevSession {
  /** Takes the file up as it is now; yields the files to watch. Throws only while nothing runs yet. */
  follow(): Promise<readonly string[]>
  stopSamples(): Promise<void>
  stop(): Promise<void>
}

/** What `dev` keeps between two saves. `onLost` hears when ClickHouse has ended by itself. */
export function createDevSession(options: DevOptions, output: Output, onLost: (error: unknown) => void): DevSession {
  const { file, target, port } = options
  const style = output.noteStyle
  const progress = createProgress(output, 60_000)
  const show = (text: string) => {
    progress.done()
    output.note(text)
  }
  const say = (text: string) => {
    show(`${style.dim(new Date().toTimeString().slice(0, 8))}  ${text}`)
  }
  const samples = createSamples(options.rate, say, progress.update)
  let running: { stack: Stack; name: string } | undefined
  let seen = ''

  async function follow(): Promise<readonly string[]> {
    const { model, diagnostics, texts } = await checkFile(file, target)
    const files = [file, ...texts.keys()]
    const now = JSON.stringify([...texts])
    if (now === seen) return files
    seen = now
    if (diagnostics.length > 0) show(formatText(diagnostics, texts, { color: style.enabled }))
    if (model === undefined)
      say(style.red(running ? `${file} has errors: the last valid version runs on` : `waiting for a valid ${file}`))
    else await take({ file, dir: folderOf(file), model, texts })
    return files
  }

  async function take(project: Project): Promise<void> {
    const { project: name } = project.model
    running ??= { stack: await start(project), name }
    if (running.name !== name) return say(style.red(`the project is now called ${name}: stop, and start again`))
    try {
      const { service } = await applySafely(project, say, style)
      await waitForConfig(running.stack.url, service.hash)
      const sampled = service.sources.map(source => ({ source, hints: hintsFor(project.model, source.name) }))
      samples.run(sampled, running.stack.url)
    } catch (error) {
      say(`${style.red('error')} ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async function start({ dir, model }: Project): Promise<Stack> {
    const stack = await startStack({ dir, project: model.project, port, log: output.detail })
    stack.lost.then(onLost)
    output.document({ ok: true, url: stack.url, pid: process.pid })
    output.text(`dashboard   ${output.style.cyan(stack.url)}`)
    output.note(`ingest      ${model.sources.map(source => `${stack.url}/ingest/${source.name}`).join('  ')}`)
    output.note(
      `ClickHouse  ${stack.clickhouse.url}  ${style.dim(`${stack.clickhouseVersion}, account in .rtdash/local.json`)}`,
    )
    return stack
  }

  return {
    follow,
    stopSamples: samples.stop,
    async stop() {
      progress.done()
      await running?.stack.stop()
    },
  }
}
