import type { Output } from './output.js'

/** Shows how far long work has come: one line rewritten in place on a terminal, plain lines now and then elsewhere. */
export interface Progress {
  update(text: string): void
  /** Ends the line that was being rewritten. */
  done(): void
}

/** Without a terminal at most one line in `everyMs`, so that a log stays readable. */
export function createProgress(output: Output, everyMs = 5000): Progress {
  const terminal = process.stderr.isTTY === true && !output.json
  let open = false
  let last = Date.now()
  return {
    update(text) {
      if (!terminal) {
        if (Date.now() - last < everyMs) return
        last = Date.now()
        output.note(text)
        return
      }
      open = true
      // A line that wraps could not be rewritten.
      process.stderr.write(`\r\u001b[2K${output.noteStyle.dim(text.slice(0, (process.stderr.columns ?? 80) - 1))}`)
    },
    done() {
      if (open) process.stderr.write('\r\u001b[2K')
      open = false
    },
  }
}
