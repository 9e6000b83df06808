// Accounts that are written into URLs, for all who show or keep what stands in a metrics file.

const USER_INFO = /(:\/\/)((?:\$\{[^}]*\}|[^\s/"'@#])+)(?=@)/g
const QUERY = /([?&](?:password|passwd|token|secret|api_?key)=)((?:\$\{[^}]*\}|[^&\s"'#},\]])+)/gi

/**
 * The text without what is secret in its URLs: `http://user:password@host` and `?password=…`. What is `${NAME}` says
 * nothing and stays; its default does not. `keep` tells of places that must not be touched.
 */
export function withoutAccounts(
  text: string,
  hide: (secret: string) => string = () => '***',
  keep: (start: number, end: number) => boolean = () => false,
): string {
  const marks: [start: number, end: number, by: string][] = []
  for (const pattern of [USER_INFO, QUERY])
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length]
      if (!keep(start, end)) marks.push([start, end, match[1]! + withoutValues(match[2]!, hide)])
    }
  return marks
    .sort(([a], [b]) => b - a)
    .reduce((rest, [start, end, by]) => rest.slice(0, start) + by + rest.slice(end), text)
}

const withoutValues = (secret: string, hide: (secret: string) => string): string =>
  secret.replace(/\$\{([A-Za-z_]\w*)(:-[^}]*)?\}|(?:(?!\$\{).)+/gs, (part, name?: string, otherwise?: string) => {
    if (name === undefined) return part === ':' ? part : hide(part)
    return otherwise === undefined ? part : `\${${name}:-${hide(otherwise.slice(2))}}`
  })
