import { createDevSession, type DevOptions } from './devSession.js'
import { type ExitCode, exitCodes } from './exitCodes.js'
import type { Output } from './output.js'
import { listenForInterruption } from './signals.js'
import { watchFiles } from './watchFiles.js'

/** Runs the local stack and follows the metrics file until the user interrupts; throws when the stack cannot run on. */
export async function runDev(options: DevOptions, output: Output): Promise<ExitCode> {
  const interruption = listenForInterruption()
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<unknown>(resolve => {
    fail = resolve
  })
  const session = createDevSession(options, output, fail)
  let work = Promise.resolve()
  // One save after the other: a save during an apply waits for it.
  const follow = () => {
    work = work.then(session.follow).then(watcher.set, fail)
  }
  const watcher = watchFiles(follow)
  watcher.set([options.file])
  follow()
  const error = await Promise.race([interruption.happened, failed])
  watcher.close()
  if (error === undefined) output.note('stopping')
  // An apply that runs begins new samples when it is done.
  await work
  await session.stopSamples()
  await session.stop()
  if (error !== undefined) throw error
  return interruption.received() === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
}
