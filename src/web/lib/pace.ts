const MAX_PAUSE_MS = 1_000
/** Two frames at 60 a second: work that fits costs nobody anything. */
const FREE_MS = 34

/**
 * Calls back in the next animation frame. Where drawing takes long (a slow machine, a huge wall without a graphics
 * card) the next one waits as long as the last took: the page stays at ease, values just come less often.
 */
export function pacedFrames(): (callback: () => void) => void {
  let pause = 0
  const draw = (callback: () => void) => {
    const begin = performance.now()
    callback()
    requestAnimationFrame(() => {
      const took = performance.now() - begin
      pause = took > FREE_MS ? Math.min(took, MAX_PAUSE_MS) : 0
    })
  }
  return callback => {
    if (pause > 0) setTimeout(() => requestAnimationFrame(() => draw(callback)), pause)
    else requestAnimationFrame(() => draw(callback))
  }
}
