/** Another process serves this folder; `pid`, `startedAt` (epoch ms) and `url` are known once it has finished starting. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError'
  constructor(
    readonly dir: string,
    readonly holder: { pid: number; startedAt: number; url: string } | undefined,
  ) {
    const who = holder
      ? `pid ${holder.pid}, running since ${new Date(holder.startedAt).toISOString()}, at ${holder.url}`
      : 'a process that has not told its address yet: it is starting or stopping'
    super(
      `ClickHouse already runs on ${dir} (${who}). ` +
        'Use that one (rtdash finds it through .rtdash/local.json), or stop it first with: rtdash down',
    )
  }
}

/** The embedded engine cannot run on this machine or installation; the message says why and what works instead. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError'
  constructor(why: string) {
    super(
      `The embedded ClickHouse cannot run here: ${why}\n` +
        'It runs on Linux with glibc and on macOS, x64 and arm64 (on Windows: inside WSL2). ' +
        'Anywhere else use a ClickHouse server of your own: give a target `clickhouse: { url: … }` and run `rtdash -t <target> …`.',
    )
  }
}

/** The engine was started but did not come up, or ended by itself. */
export class EngineFailedError extends Error {
  override readonly name = 'EngineFailedError'
}
