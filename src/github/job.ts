import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'

/** GitHub takes 1 MiB of summary from a step. */
const summaryLimit = 1_000_000

type Environment = Readonly<Record<string, string | undefined>>

/** Adds Markdown to the job's summary. */
export function summarize(env: Environment, markdown: string): void {
  const path = env.GITHUB_STEP_SUMMARY
  if (path) appendFileSync(path, `${markdown.slice(0, summaryLimit)}\n`)
}

/** Hands values to later steps; undefined ones are left out. */
export function setOutputs(env: Environment, outputs: Readonly<Record<string, string | undefined>>): void {
  const path = env.GITHUB_OUTPUT
  if (!path) return
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined) continue
    // A delimiter that no value can hold by chance or on purpose.
    const end = randomUUID()
    appendFileSync(path, `${name}<<${end}\n${value}\n${end}\n`)
  }
}

/** Says it at the top of the run: text stays text, whatever is in it. */
export function annotate(level: 'error' | 'notice', title: string, message: string): void {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  console.log(`::${level} title=${title}::${text}`)
}
