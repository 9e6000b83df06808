import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** One address for a server that comes back on another port. */
export interface Door {
  readonly port: number
  /** Where it leads from now on; to nowhere, connections are refused as those of a dead server are. */
  leadTo(port: number | undefined): void
  close(): Promise<void>
}

export async function openDoor(): Promise<Door> {
  let behind: number | undefined
  const open = new Set<Socket>()
  const server = createServer(socket => {
    if (behind === undefined) return socket.resetAndDestroy()
    const onward = connect(behind, '127.0.0.1')
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: port => {
      behind = port
      for (const socket of open) socket.destroy()
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
