import type { Socket } from 'node:net'
import type { Encoding } from './encode.js'
import type { Kept } from './frame.js'

/** One open connection, whatever its protocol. Small on purpose: there may be ten thousand. */
export interface Viewer {
  readonly socket: Socket
  encoding: Encoding
  readonly metrics: Set<string>
  group: Group | undefined
  /** Newest update of each metric that could not be written yet. */
  pending: Map<string, Kept> | undefined
  /** Metrics being replayed from their rings: timestamp of the last one written. */
  replay: Map<string, number> | undefined
  /** Since when bytes have been waiting in the socket, epoch ms; 0 while none do. */
  slowSince: number
}

/** Viewers with the same metrics and encoding: they share even the joined bytes of a tick. */
export interface Group {
  readonly key: string
  /** Sorted. */
  readonly metrics: readonly string[]
  readonly set: ReadonlySet<string>
  readonly encoding: Encoding
  readonly members: Set<Viewer>
}

/** A viewer of nothing yet. */
export const createViewer = (socket: Socket, encoding: Encoding): Viewer => ({
  socket,
  encoding,
  metrics: new Set(),
  group: undefined,
  pending: undefined,
  replay: undefined,
  slowSince: 0,
})
