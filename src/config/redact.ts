type Environment = Readonly<Record<string, string | undefined>>

/** Variables whose whole value is secret. */
const SECRET = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|^RTDASH_KAFKA_KEY$/i
/** Shorter texts stand in too many places that have nothing to do with them. */
const SHORTEST = 6

/**
 * What is never printed or kept: values of variables that are named as secrets, and the accounts' passwords in URLs that
 * variables hold; as they are, and as they stand in URLs and in JSON.
 */
export function secretsOf(env: Environment): string[] {
  const found = new Set<string>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    const plain = SECRET.test(name) ? [value, ...value.split(/[,\s]+/)] : passwordsIn(value)
    for (const text of plain)
      for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
        if (form.length >= SHORTEST) found.add(form)
  }
  return [...found].sort((a, b) => b.length - a.length)
}

function passwordsIn(value: string): string[] {
  return [...value.matchAll(/:\/\/[^\s/@:]*:([^\s/]+)@|[?&](?:password|passwd|token|secret)=([^&\s]+)/gi)].flatMap(
    match => {
      const text = match[1] ?? match[2]!
      return [text, decoded(text)]
    },
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The text with `***` for every secret of this environment. */
export const redact = (text: string, env: Environment = process.env): string =>
  secretsOf(env).reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
