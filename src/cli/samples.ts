import { simulationText } from '../format/simulation.js'
import type { SourceConfig } from '../model/serviceConfig.js'

/** The sample events of `dev --sample`. */
export interface Samples {
  /** Streams into just these sources; those that are unchanged go on undisturbed. */
  run(sources: readonly SourceConfig[], url: string): void
  stop(): Promise<void>
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
  const stopOne = async (name: string) => {
    const stream = streams.get(name)
    streams.delete(name)
    stream?.controller.abort()
    await stream?.ended
  }

  function startOne(source: SourceConfig, url: string, perSecond: number): void {
    const controller = new AbortController()
    const ended = stream(source, url, perSecond, controller.signal, show).catch((error: unknown) =>
      say(`sample events into ${source.name} ended: ${error instanceof Error ? error.message : String(error)}`),
    )
    streams.set(source.name, { text: JSON.stringify(source), controller, ended })
    say(`sample events: ${perSecond}/s into ${source.name}`)
  }

  return {
    run(sources, url) {
      if (rate === undefined) return
      for (const [name, { text }] of streams)
        if (!sources.some(source => JSON.stringify(source) === text)) void stopOne(name)
      for (const source of sources) if (!streams.has(source.name)) startOne(source, url, rate)
    },
    async stop() {
      await Promise.all([...streams.keys()].map(stopOne))
    },
  }
}

async function stream(
  source: SourceConfig,
  url: string,
  rate: number,
  signal: AbortSignal,
  show: (text: string) => void,
): Promise<void> {
  const { simulate } = await import('../simulate/simulate.js')
  await simulate({
    source,
    url,
    rate,
    // Each start makes new events: the same seed would repeat the ids of an earlier run.
    seed: Date.now() % 2 ** 31,
    signal,
    onProgress: sofar => show(`${source.name}: ${simulationText(sofar)}`),
  })
}
