import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the service needs of the write path. */
export interface IngestPort {
  handle(req: IncomingMessage, res: ServerResponse, source: string): Promise<void>
  stats(): unknown
  start(): Promise<void> | void
  stop(): Promise<void> | void
}
