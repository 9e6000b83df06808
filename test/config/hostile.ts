// Files of 1 MiB that nobody means well with, by name.

const mebibyte = 1024 * 1024
const fill = (text: string): string => text.repeat(Math.ceil(mebibyte / text.length)).slice(0, mebibyte)

/** A linear congruential generator: the same garbage in each run. */
function randomText(alphabet: string): string {
  let state = 12345
  const chars: string[] = []
  for (let i = 0; i < mebibyte; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    chars.push(alphabet[(state >>> 8) % alphabet.length]!)
  }
  return chars.join('')
}

const numbered = (line: (index: number) => string, separator: string): string =>
  Array.from({ length: mebibyte / 10 }, (_, index) => line(index))
    .join(separator)
    .slice(0, mebibyte - 100)

/** Each level is ten times the one before. */
const bomb = (level: (index: number) => string): string =>
  Array.from({ length: 30 }, (_, index) => level(index + 1)).join('\n')
const tenTimes = (index: number): string => Array.from({ length: 10 }, () => `*a${index - 1}`).join(', ')

export const hostile: Readonly<Record<string, string>> = {
  'open brackets': fill('['),
  'open braces': fill('{'),
  'nested maps in one line': fill('a: '),
  'nested lists in one line': fill('- '),
  'explicit keys': fill('? '),
  'a staircase': Array.from({ length: 1400 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
  'open maps and lists': fill('{a: ['),
  commas: `[${fill(',')}`.slice(0, mebibyte),
  colons: fill(':'),
  'one long word': fill('x'),
  'an open quote': `"${fill('\\')}`.slice(0, mebibyte),
  'quotes and lines': fill('"\n'),
  'quotes in a row': fill('"a" '),
  'one long folded text': `a: ${fill('b\n ')}`.slice(0, mebibyte),
  'empty lines in quotes': `"${fill(' \n')}`.slice(0, mebibyte),
  'one long block': `a: |\n${fill(' b\n')}`.slice(0, mebibyte),
  documents: fill('---\n'),
  comments: fill('#\n'),
  'empty lines': fill('\n'),
  tabs: fill('\t'),
  'carriage returns': fill('\r'),
  spaces: `a:${fill(' ')}`.slice(0, mebibyte),
  zeros: fill('\0'),
  directives: fill('%YAML 1.2\n'),
  anchors: fill('&a '),
  aliases: fill('*a '),
  tags: fill('!'),
  'any characters': randomText(Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')),
  'YAML characters': randomText('\n\n -:[]{}#&*!|>\'"%@,abc1'),
  'many unknown keys': `version: 1\nproject: a\n${numbered(index => `key${index}: 1`, '\n')}`,
  'many keys in braces': `{${numbered(index => `key${index}: 1`, ',')}}`,
  'one key over and over': fill('metrics: 1\n'),
  'many bad metrics': `version: 1\nproject: a\nmetrics:\n${numbered(index => `  m${index}: {x: 1}`, '\n')}`,
  'many long names': `metrics:\n${Array.from({ length: 500 }, (_, index) => `  ${'a'.repeat(2000)}${index}: {}`).join('\n')}`,
  'one long expression': `version: 1\nproject: a\nsources: {s: {timestamp: t, columns: {t: DateTime64(3)}}}\nmetrics:\n  m: {window: 1h, measure: "${'('.repeat(900_000)}"}`,
  'one long sum': `version: 1\nproject: a\nsources: {s: {timestamp: t, columns: {t: DateTime64(3)}}}\nmetrics:\n  m: {window: 1h, measure: "count()${'+count()'.repeat(100_000)}"}`,
  'many mistyped names': `version: 1\nproject: a\nmetrics:\n${Array.from({ length: 5000 }, (_, index) => `  metric_${index}: {measure: count(), window: 1h}`).join('\n')}\nalerts:\n${Array.from({ length: 5000 }, (_, index) => `  a${index}: {metric: metrics_${index}, when: value > 1}`).join('\n')}`,
  'many wrong columns': `version: 1\nproject: a\nsources: {s: {timestamp: t, columns: {t: DateTime64(3)}}}\nmetrics:\n  m: {window: 1h, measure: "${'sum(x)+'.repeat(900)}1"}`,
  'an alias bomb of lists': `a0: &a0 [x]\n${bomb(index => `a${index}: &a${index} [${tenTimes(index)}]`)}`,
  'an alias bomb of maps': `a0: &a0 {x: y}\n${bomb(index => `a${index}: &a${index} {${Array.from({ length: 10 }, (_, key) => `k${key}: *a${index - 1}`).join(', ')}}`)}`,
  'an alias bomb of merges': `a0: &a0 {x: y}\n${bomb(index => `a${index}: &a${index} {k${index}: 1, <<: [${tenTimes(index)}]}`)}`,
  'one map merged over and over': `a: &a {${Array.from({ length: 1000 }, (_, key) => `k${key}: 1`).join(', ')}}\nb: {<<: [${'*a,'.repeat(50_000)}]}`,
  'one map merged into many': `a: &a {${Array.from({ length: 1000 }, (_, key) => `k${key}: 1`).join(', ')}}\nb: [${'{<<: *a},'.repeat(20_000)}]`,
  'wide aliases': `a: &a [${'1,'.repeat(1000)}]\nb: [${'*a,'.repeat(50_000)}]`,
}
