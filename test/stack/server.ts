import { type Command, type EngineProcess, startProcess } from './process.js'

/** A process that can be killed, stopped and started again, always with the same ports and data. */
export interface Server {
  readonly pid: number | undefined
  /** Does nothing when it runs. Resolves when it is ready. */
  start(): Promise<void>
  /** Ends it cleanly. */
  stop(): Promise<void>
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>
}

export function server(command: Command): Server {
  let running: EngineProcess | undefined
  const end = async (how: 'stop' | 'kill') => {
    const ended = running
    running = undefined
    await ended?.[how]()
  }
  return {
    get pid() {
      return running?.pid
    },
    start: async () => {
      running ??= await startProcess(command)
    },
    stop: () => end('stop'),
    kill: () => end('kill'),
  }
}
