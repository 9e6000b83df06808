import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writePrivate } from './files.js'

/** The embedded server's accounts: an administrator and one that may only read. */
export interface Secret {
  username: string
  password: string
  reader: { username: string; password: string }
}

/** Reads the accounts, making them at the first start. */
export function readOrMakeSecret(path: string): Secret {
  const secret = readSecret(path)
  if (secret) return secret
  const password = () => randomBytes(18).toString('base64url')
  writePrivate(path, {
    username: 'rtdash',
    password: password(),
    reader: { username: 'rtdash_reader', password: password() },
  } satisfies Secret)
  return readSecret(path)!
}

function readSecret(path: string): Secret | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(
      `Cannot read ${path}: ${(error as Error).message}. Delete it and start again: a new password is made.`,
    )
  }
}
