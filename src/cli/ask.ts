import { createInterface } from 'node:readline/promises'

/** Asks a yes-or-no question on the terminal; anything but yes is no. Undefined where nobody can answer. */
export async function ask(question: string): Promise<boolean | undefined> {
  const answer = await askFor(`${question} [y/N]`)
  return answer === undefined ? undefined : /^y(es)?$/i.test(answer)
}

/** Asks for a text on the terminal. Undefined where nobody can answer. */
export async function askFor(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(`${question} `)).trim()
  } finally {
    terminal.close()
  }
}
