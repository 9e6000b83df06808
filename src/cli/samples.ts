import { simulationText } from '../format/simulation.js'
import type { SourceConfig } from '../model/serviceConfig.js'
import type { Hints } from '../simulate/events.js'

/** The sample events of `dev --sample`. */
export interface Samples {
  /** Streams into just these sources; those that are unchanged go on undisturbed. */
  run(sources: readonly SampledSource[], url: string): void
  stop(): Promise<void>
}

/** A source, and texts that its metrics look for. */
export interface SampledSource {
  readonly source: SourceConfig
  readonly hints: Hints
}

interface Stream {
  readonly text: string
  readonly controller: AbortController
  readonly ended: Promise<void>
}

/** Without a rate it does nothing. `show` gets how far it has come, `say` what went wrong. */
export function createSamples(
  rate: number | undefined,
  say: (text: string) => void,
  show: (text: string) => void,
): Samples {
  const streams = new Map<string, Stream>()
  const progress = new Map<string, string>()
  const stopOne = async (name: string) => {
    const stream = streams.get(name)
    streams.delete(name)
    progress.delete(name)
    stream?.controller.abort()
    await stream?.ended
  }

  function startOne(sampled: SampledSource, url: string, perSecond: number): void {
    const { source } = sampled
    const controller = new AbortController()
    const showAll = (text: string) => {
      progress.set(source.name, text)
      show([...progress.values()].join('  ·  '))
    }
    const ended = stream(sampled, url, perSecond, controller.signal, showAll).catch((error: unknown) => {
      streams.delete(source.name)
      say(`sample events into ${source.name} ended: ${error instanceof Error ? error.message : String(error)}`)
    })
    streams.set(source.name, { text: JSON.stringify(sampled), controller, ended })
    say(`sample events: ${perSecond}/s into ${source.name}`)
  }

  return {
    run(sources, url) {
      if (rate === undefined) return
      for (const [name, { text }] of streams)
        if (!sources.some(source => JSON.stringify(source) === text)) void stopOne(name)
      for (const sampled of sources) if (!streams.has(sampled.source.name)) startOne(sampled, url, rate)
    },
    async stop() {
      await Promise.all([...streams.keys()].map(stopOne))
    },
  }
}

/** A seed of this moment: an earlier one would make the ids of earlier events again, which count once. */
export const freshSeed = (): number => Date.now() % 2 ** 31

async function stream(
  { source, hints }: SampledSource,
  url: string,
  rate: number,
  signal: AbortSignal,
  show: (text: string) => void,
): Promise<void> {
  const { simulate } = await import('../simulate/simulate.js')
  await simulate({
    source,
    hints,
    url,
    rate,
    seed: freshSeed(),
    signal,
    onProgress: sofar => show(`${source.name}: ${simulationText(sofar)}`),
  })
}
