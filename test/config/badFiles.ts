// Broken files: « and » stand around the place that the finding must point at.

export interface BadFile {
  readonly title: string
  readonly code: string
  readonly text: string
  /** Errors that follow and have to be there too. */
  readonly also?: readonly string[]
}

const source = `
sources:
  events:
    timestamp: ts
    columns:
      ts: DateTime64(3)
      kind: LowCardinality(String)
      value: Float64
      user_id: UInt64
`
const head = `version: 1\nproject: shop\n`
/** A file with one good source and this after it. */
const after = (text: string): string => `${head}${source}${text}`
/** A file whose one source has these keys. */
const inSource = (text: string): string =>
  `${head}sources:\n  events:\n    timestamp: ts\n    columns: { ts: DateTime64(3), n: UInt8 }\n    ${text}\n`
/** A file whose one source has this column beside its timestamp. */
const column = (text: string): string =>
  `${head}sources:\n  events:\n    timestamp: ts\n    columns:\n      ts: DateTime64(3)\n      ${text}\n`
/** A file with one metric of these keys. */
const metric = (text: string): string => after(`metrics:\n  m:\n    ${text}\n`)
const good = 'metrics:\n  orders: { measure: count(), window: 5m, by: [kind] }\n'

const bad = (code: string, title: string, text: string, also?: readonly string[]): BadFile => ({
  code,
  title,
  text,
  ...(also ? { also } : {}),
})

export const badFiles: readonly BadFile[] = [
  // YAML
  bad('yaml-syntax', 'a tab as indentation', `version: 1\nproject: shop\nmetrics:\n«\t»m: {}\n`),
  bad('yaml-syntax', 'an open quote', `version: 1\nproject: "shop\n«»`),
  bad('yaml-syntax', 'an open brace', `version: 1\nproject: shop\nmetrics: { m: {}\n«»`),
  bad('yaml-syntax', 'a map where its key has a value', `version: 1\nproject: «s»hop\n  x: 1\n`),
  bad('yaml-syntax', 'an unknown tag', `version: 1\nproject: «!secret» shop\n`),
  bad('yaml-syntax', 'a bad escape', `version: 1\nproject: "sh«\\»qop"\n`),
  bad('yaml-syntax', 'an older YAML', `«%»YAML 1.1\n---\nversion: 1\nproject: shop\n`),
  bad('yaml-documents', 'two documents', `version: 1\nproject: shop\n«---»\nversion: 1\n`),
  bad('duplicate-key', 'a key twice', `version: 1\nproject: shop\n«project»: cart\n`),
  bad(
    'duplicate-key',
    'a metric twice',
    after(`metrics:\n  m: { measure: count(), window: 5m }\n  «m»: { measure: count(), window: 1m }\n`),
  ),
  bad('duplicate-key', 'a quoted key that is the same', `version: 1\nproject: shop\n«"project"»: cart\n`),
  bad('bad-key', 'a number as a key', after(`metrics:\n  «2024»: { measure: count(), window: 5m }\n`)),
  bad('bad-key', 'a list as a key', `version: 1\nproject: shop\n? «[»a]\n: b\n`),
  bad('bad-key', 'no key', `version: 1\nproject: shop\n«:» b\n`),
  bad('forbidden-key', '__proto__', `version: 1\nproject: shop\n«__proto__»: { x: 1 }\n`),
  bad('forbidden-key', 'constructor', after(`metrics:\n  «constructor»: { measure: count(), window: 5m }\n`)),
  bad('forbidden-key', 'prototype', column('«prototype»: String')),
  bad('unknown-anchor', 'an alias of nothing', metric('measure: count()\n    window: «*w»'), ['wrong-type']),
  bad('unknown-anchor', 'a value that contains itself', `version: 1\nproject: shop\ntests: &t [«*t»]\n`, [
    'wrong-type',
  ]),
  bad('bad-merge', 'a merge of a text', `version: 1\nproject: shop\nexpect: { «<<»: text }\n`),
  bad('too-deep', 'nested too deep', `version: 1\nproject: ${'['.repeat(59)}«[»${'['.repeat(20)}`),
  bad('control-character', 'a control character', `version: 1\nproject: sh«\u0007»op\n`),
  bad('wrong-type', 'an empty file', `«»`),
  bad('wrong-type', 'only comments', `«»# nothing here\n`),
  bad('wrong-type', 'a list', `«-» version: 1\n`),
  bad('wrong-type', 'a text', `«h»ello\n`),

  // Shape
  bad('missing-key', 'no version', `«p»roject: shop\n`),
  bad('missing-key', 'no project', `«v»ersion: 1\n`),
  bad('unknown-key', 'a mistyped section', `${head}«metircs»: {}\n`),
  bad('unknown-key', 'a mistyped key of a metric', metric('«mesure»: count()\n    measure: count()\n    window: 5m')),
  bad('unknown-key', 'a key of another place', metric('measure: count()\n    window: 5m\n    sla: { «refresh»: 5s }')),
  bad('missing-key', 'a metric without a measure', after(`metrics:\n  «m»: { window: 5m }\n`)),
  bad('missing-key', 'a metric without a window', after(`metrics:\n  «m»: { measure: count() }\n`)),
  bad('missing-key', 'a source without columns', `${head}sources: { «events»: { timestamp: ts } }\n`, [
    'unknown-column',
  ]),
  bad('wrong-type', 'an empty section', `${head}metrics:«»\n`),
  bad('wrong-type', 'a list of metrics', `${head}«metrics»: [m]\n`),
  bad('wrong-type', 'a number as a measure', metric('measure: «1»\n    window: 5m')),
  bad('wrong-type', 'a text where a list belongs', metric('measure: count()\n    window: 5m\n    by: «kind»')),
  bad('wrong-type', 'a quoted number', inSource('partitions: «"12"»')),
  bad('wrong-type', 'a duration as a number', metric('measure: count()\n    window: «300»')),
  bad('bad-value', 'a later version', `version: «2»\nproject: shop\n`),
  bad('bad-value', 'a tier that does not exist', metric('measure: count()\n    window: 5m\n    tier: «4»')),
  bad('bad-value', 'a mistyped channel', metric('measure: count()\n    window: 5m\n    deliver: «wss»')),
  bad('bad-value', 'an unknown timestamp format', inSource('format: «rfc3339»')),
  bad('bad-value', 'an empty measure', metric('measure: «""»\n    window: 5m')),
  bad('bad-value', 'no columns at all', `${head}sources: { events: { timestamp: ts, «columns»: {} } }\n`, [
    'unknown-column',
  ]),
  bad('out-of-range', 'no viewers', `${head}expect: { viewers: «0» }\n`),
  bad('out-of-range', 'too many series', metric('measure: count()\n    window: 5m\n    limit: «100000»')),
  bad('out-of-range', 'no replicas', inSource('replication: «0»')),

  // Names
  bad('bad-name', 'a project in capitals', `version: 1\nproject: «Shop»\n`),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the file's, not ours
  bad('bad-name', 'a project from the environment', 'version: 1\nproject: «"${PROJECT}"»\n'),
  bad('bad-name', 'a project of 32 characters', `version: 1\nproject: «${'a'.repeat(32)}»\n`),
  bad('bad-name', 'a metric with a dash', after(`metrics:\n  «error-rate»: { measure: count(), window: 5m }\n`)),
  bad('bad-name', 'a metric that begins with a digit', after(`metrics:\n  «5xx»: { measure: count(), window: 5m }\n`)),
  bad('bad-name', 'a column with a dot', column('«geo.region»: String')),
  bad('bad-name', 'a table with a dash', inSource('table: «raw-events»')),
  bad('bad-name', 'a topic with a space', inSource('topic: «raw events»')),
  bad('reserved-name', "ClickHouse's own database", `version: 1\nproject: «system»\n`),
  bad('reserved-name', 'a column with an underscore', column('«_offset»: UInt64')),
  bad('reserved-name', 'ingested_at', column('«ingested_at»: DateTime64(3)')),
  bad('reserved-name', 'metric_values', after(`metrics:\n  «metric_values»: { measure: count(), window: 5m }\n`)),
  bad('reserved-name', 'a metric like a rollup', after(`metrics:\n  «rollup_m»: { measure: count(), window: 5m }\n`)),
  bad('reserved-name', 'a table with an underscore', inSource('table: «_rtdash_config»')),
  bad('reserved-name', "a topic of Kafka's own", inSource('topic: «__consumer_offsets»')),
  bad('name-collision', 'a metric like its table', after(`metrics:\n  «events»: { measure: count(), window: 5m }\n`)),
  bad(
    'name-collision',
    "a metric like a source's dead letters",
    after(`metrics:\n  «events_dead_letters»: { measure: count(), window: 5m }\n`),
  ),
  bad(
    'name-collision',
    'two sources, one table',
    `${head}sources:\n  a: { timestamp: t, columns: { t: DateTime64(3) } }\n  b: { timestamp: t, table: «a», columns: { t: DateTime64(3) } }\n`,
    ['name-collision', 'name-collision', 'name-collision'].slice(0, 0),
  ),
  bad(
    'name-collision',
    'topics that Kafka takes for the same',
    `${head}sources:\n  a: { timestamp: t, topic: x.y, columns: { t: DateTime64(3) } }\n  b: { timestamp: t, topic: «x_y», columns: { t: DateTime64(3) } }\n`,
  ),

  // Sources
  bad('bad-type', 'a mistyped type', column('n: «Uint64»')),
  bad('bad-type', 'a type that does not exist', column('n: «varchar(20)»')),
  bad('bad-type', 'a type in the long form', column('n: { type: «Array(String)» }')),
  bad('missing-key', 'the long form without a type', column('«n»: { from: a.b }')),
  bad('bad-path', 'a path with an empty level', column('n: { type: String, from: «geo..region» }')),
  bad('bad-default', 'a text as a number', column('n: { type: UInt8, default: «many» }')),
  bad('bad-default', 'a number out of range', column('n: { type: UInt8, default: «256» }')),
  bad('bad-default', 'a negative unsigned number', column('n: { type: UInt64, default: «-1» }')),
  bad('bad-default', 'one more than UInt64 holds', column('n: { type: UInt64, default: «18446744073709551616» }')),
  bad('bad-default', 'null in a type without null', column('n: { type: String, default: «null» }')),
  bad('bad-default', 'a name that the enum lacks', column(`n: { type: "Enum8('a' = 1)", default: «b» }`)),
  bad('bad-default', 'too many digits after the point', column('n: { type: "Decimal(10, 2)", default: «1.005» }')),
  bad('bad-default', 'a list', column('n: { type: String, default: «[a]» }')),
  bad(
    'unknown-column',
    'a timestamp that is no column',
    `${head}sources: { events: { timestamp: «time», columns: { ts: DateTime64(3) } } }\n`,
  ),
  bad('unknown-column', 'an id that is no column', inSource('id: «event_id»')),
  bad(
    'bad-timestamp',
    'a timestamp of another type',
    `${head}sources: { events: { timestamp: «ts», columns: { ts: DateTime } } }\n`,
  ),
  bad(
    'bad-id',
    'an id that can be null',
    `${head}sources: { e: { timestamp: ts, id: «i», columns: { ts: DateTime64(3), i: Nullable(UInt64) } } }\n`,
  ),
  bad('dedup-without-id', 'dedup without an id', inSource('«dedup»: 10m')),
  bad('bad-rate', 'a rate per minute', inSource('expect: «300/m»')),
  bad('bad-rate', 'a rate in words', inSource('expect: «lots»')),
  bad('out-of-range', 'a rate of nothing', inSource('expect: «0/s»')),
  bad('bad-duration', 'a retention in weeks', inSource('retention: { raw: «2w» }')),
  bad('bad-duration', 'a mistyped word', inSource('retention: { raw: «forevr» }')),
  bad('bad-duration', 'the word of another key', inSource('retention: { raw: «any» }')),
  bad('bad-duration', 'zero retention', inSource('retention: { raw: «0d» }')),

  // Metrics
  bad('bad-duration', 'a mistyped window', metric('measure: count()\n    window: «dya»')),
  bad('bad-duration', 'a window in fractions', metric('measure: count()\n    window: «1.5h»')),
  bad('bad-duration', 'a refresh without a unit', metric('measure: count()\n    window: 5m\n    refresh: «"5"»')),
  bad('out-of-range', 'a window of a century', metric('measure: count()\n    window: «36500d»')),
  bad('unknown-source', 'a mistyped source', metric('measure: count()\n    window: 5m\n    source: «event»')),
  bad('missing-source', 'no source at all', `${head}metrics:\n  «m»: { measure: count(), window: 5m }\n`),
  bad(
    'missing-source',
    'several sources and no word which',
    `${head}sources:\n  a: { timestamp: t, columns: { t: DateTime64(3) } }\n  b: { timestamp: t, columns: { t: DateTime64(3) } }\nmetrics:\n  «m»: { measure: count(), window: 5m }\n`,
  ),
  bad('unknown-column', 'a mistyped dimension', metric('measure: count()\n    window: 5m\n    by: [«kynd»]')),
  bad(
    'reserved-name',
    'a dimension like a column of the view',
    metric('measure: count()\n    window: 5m\n    by: [«value»]'),
  ),
  bad('duplicate-dimension', 'a dimension twice', metric('measure: count()\n    window: 5m\n    by: [kind, «kind»]')),
  bad('per-second-calendar', 'per_second over a day', metric('measure: 2 * «per_second»(count())\n    window: day')),

  // Expressions: the place is inside the text, however it is written
  bad('unknown-column', 'plain', metric(`measure: count() filter (where «knd» = 'a') / count()\n    window: 5m`)),
  bad(
    'unknown-column',
    'in single quotes',
    metric(`measure: 'count() filter (where kind = ''it''''s'' and «knd» = ''a'')'\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'in double quotes with escapes',
    metric(`measure: "count() filter (where kind = '\\u00e9\\x41\\t' and «knd» = 'a')"\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'in double quotes over two lines',
    metric(`measure: "count() \\\n      filter (where\n      «knd» = 'a')"\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'plain over two lines',
    metric(`measure: count()\n      filter (where\n        «knd» = 'a')\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'in a literal block',
    metric(`measure: |\n      count()\n        filter (where «knd» = 'a')\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'in a folded block',
    metric(`measure: >-  # why not\n      count()\n\n      filter (where\n        «knd» = 'a')\n    window: 5m`),
  ),
  bad(
    'unknown-column',
    'behind an alias',
    after(
      `tests: []\nmetrics:\n  a: { measure: count(), window: 5m }\n  b:\n    where: &w «knd» = 'a'\n    measure: count()\n    window: 5m\n`,
    ),
  ),
  bad('unknown-function', 'a function that does not exist', metric('measure: «median»(value)\n    window: 5m')),
  bad('missing-aggregate', 'no aggregate', metric('measure: «1 + 1»\n    window: 5m')),
  bad('quantile-level', 'a quantile out of range', metric('measure: quantile(«99», value)\n    window: 5m')),
  bad('type-mismatch', 'a condition that is none', metric('measure: count()\n    window: 5m\n    where: «value»')),
  bad('syntax', 'something missing at the end', metric('measure: sum(value) /«»\n    window: 5m')),

  // Alerts, tests, targets, the rest
  bad(
    'unknown-metric',
    'an alert on a mistyped metric',
    after(`${good}alerts:\n  a: { metric: «order», when: value > 1 }\n`),
  ),
  bad(
    'unknown-column',
    'an alert over something else',
    after(`${good}alerts:\n  a: { metric: orders, when: «orders» > 1 }\n`),
  ),
  bad(
    'unknown-source',
    'a test of a mistyped source',
    after(
      `${good}tests:\n  - name: t\n    events: { «event»: [] }\n    expect: [{ at: 5s, metric: orders, value: 0 }]\n`,
    ),
  ),
  bad(
    'unknown-column',
    'a test event with a mistyped field',
    after(
      `${good}tests:\n  - name: t\n    events: { events: [{ ts: 0s, «knd»: a }] }\n    expect: [{ at: 5s, metric: orders, value: 1 }]\n`,
    ),
  ),
  bad(
    'missing-key',
    'a test event without a time',
    after(
      `${good}tests:\n  - name: t\n    events: { events: [«{» kind: a }] }\n    expect: [{ at: 5s, metric: orders, value: 1 }]\n`,
    ),
  ),
  bad(
    'bad-duration',
    'a test event at a date',
    after(
      `${good}tests:\n  - name: t\n    events: { events: [{ ts: «2024-01-01» }] }\n    expect: [{ at: 5s, metric: orders, value: 1 }]\n`,
    ),
  ),
  bad(
    'unknown-column',
    'a series by no dimension',
    after(
      `${good}tests:\n  - name: t\n    events: {}\n    expect: [{ at: 5s, metric: orders, value: 1, series: { «region»: eu } }]\n`,
    ),
  ),
  bad(
    'missing-key',
    'a target without ClickHouse',
    after(`targets:\n  «prod»: { kafka: { brokers: "kafka:9092" } }\n`),
  ),
  bad('bad-value', 'a mistyped engine', after(`targets:\n  prod: { clickhouse: «embeded» }\n`)),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the file's, not ours
  bad('bad-placeholder', 'a bad placeholder', after('targets:\n  prod: { clickhouse: { url: "http://«${HOST»" } }\n')),
  bad(
    'bad-placeholder',
    'a placeholder with a space',
    after(`targets:\n  prod: { clickhouse: { url: 'http://«\${MY HOST}»' } }\n`),
  ),
  bad('bad-timezone', 'a zone that does not exist', `${head}timezone: «Europe/Berln»\n`),
  bad('bad-timezone', 'a zone in lower case', `${head}timezone: «europe/berlin»\n`),
  bad('bad-timezone', 'an offset', `${head}timezone: «"+01:00"»\n`),
  bad('include-outside', 'an include above', `${head}include: [«../other.yaml»]\n`),
  bad('include-outside', 'an absolute include', `${head}include: [«/etc/passwd»]\n`),
  bad('include-circle', 'an include of itself', `${head}include: [«./metrics.yaml»]\n`),
  bad('unreadable-file', 'an include of nothing', `${head}include: [«missing.yaml»]\n`),
]
