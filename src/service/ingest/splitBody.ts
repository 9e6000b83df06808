/** Receives the events of a body one by one: their text, and their line in the body (for an array: their number). */
export type TakeEvent = (json: string, line: number) => void

/** Cuts a body into events as its bytes come in. `push` and `end` throw BadBody where the body is no JSON at all. */
export interface Splitter {
  push(text: string): void
  end(): void
}

export class BadBody extends Error {}

/** One event per line; blank lines count as lines only. A line that is no JSON harms no other. */
export function splitLines(take: TakeEvent): Splitter {
  let line = 1
  let rest = ''
  const one = (text: string) => {
    const trimmed = text.trim()
    if (trimmed !== '') take(trimmed, line)
    line++
  }
  return {
    push(text) {
      let from = 0
      // Only new text is searched: an endless line costs no more than its length.
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        one(rest + text.slice(from, at))
        rest = ''
        from = at + 1
      }
      rest += text.slice(from)
    },
    end() {
      if (rest !== '') one(rest)
      rest = ''
    },
  }
}

/** The elements of one JSON array. A comma or bracket in the wrong place makes the whole body bad. */
export function splitArray(take: TakeEvent): Splitter {
  let state: 'start' | 'first' | 'value' | 'next' | 'after' = 'start'
  let element = 0
  let depth = 0
  let inString = false
  let escaped = false
  let pieces = ''

  const finish = (text: string) => {
    const json = (pieces + text).trim()
    pieces = ''
    if (json === '') throw new BadBody(`the array has nothing between two commas after element ${element}`)
    take(json, ++element)
  }
  return {
    push(text) {
      let from = 0
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        if (inString) {
          if (escaped) escaped = false
          else if (code === 92) escaped = true
          else if (code === 34) inString = false
        } else if (state === 'value') {
          if (code === 34) inString = true
          else if (code === 123 || code === 91) depth++
          else if (depth > 0 && (code === 125 || code === 93)) depth--
          else if (depth === 0 && (code === 44 || code === 93)) {
            finish(text.slice(from, at))
            state = code === 44 ? 'value' : 'after'
            from = at + 1
          }
        } else if (code > 32) {
          if (state === 'start') {
            state = 'first'
            from = at + 1
          } else if (state === 'first') {
            state = code === 93 ? 'after' : 'value'
            // The first sign of an element is looked at again, as part of it.
            if (state === 'value') from = at--
          } else throw new BadBody('there is something after the end of the array')
        }
      }
      if (state === 'value') pieces += text.slice(from)
    },
    end() {
      if (state !== 'after') throw new BadBody('the array does not end')
    },
  }
}

/** One object over as many lines as it likes. */
export function splitDocument(take: TakeEvent): Splitter {
  let text = ''
  return {
    push(chunk) {
      text += chunk
    },
    end() {
      if (text.trim() !== '') take(text.trim(), 1)
    },
  }
}

/**
 * Chooses by the first bytes: `[` is an array, an object whose first line is JSON by itself is one event per line, any
 * other object is one document. `lines` forces one event per line.
 */
export function splitBody(take: TakeEvent, lines: boolean): Splitter {
  let head = ''
  let first = ''
  let chosen: Splitter | undefined = lines ? splitLines(take) : undefined

  function choose(ended: boolean): void {
    const start = head.trimStart()
    const line = start.split('\n', 1)[0]!
    if (first === '[') chosen = splitArray(take)
    else if (line.length < start.length || ended) chosen = isJson(line) ? splitLines(take) : splitMixed(take)
    chosen?.push(head)
  }
  return {
    push(text) {
      if (chosen) return chosen.push(text)
      head += text
      if (first === '') {
        first = /\S/.exec(text)?.[0] ?? ''
        if (first !== '' && first !== '{' && first !== '[')
          throw new BadBody(`the body begins with ${JSON.stringify(first)}`)
        if (first !== '') choose(false)
      } else if (text.includes('\n')) choose(false)
    },
    end() {
      if (!chosen && first === '') throw new BadBody('the body is empty')
      if (!chosen) choose(true)
      chosen?.end()
    },
  }
}

/** The first line is no JSON: one object over many lines, or lines of which the first is broken. */
function splitMixed(take: TakeEvent): Splitter {
  let text = ''
  return {
    push(chunk) {
      text += chunk
    },
    end() {
      const splitter = isJson(text) ? splitDocument(take) : splitLines(take)
      splitter.push(text)
      splitter.end()
    },
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
