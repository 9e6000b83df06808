import type { LiveTopic } from '../../clients/kafka/liveTopics.js'
import { duration } from '../../format/quantity.js'
import type { Source } from '../../model/model.js'
import type { ResourceOf, TopicSpec } from '../../model/resource.js'
import { knownTopics } from '../../targets/kafka/ledger.js'
import { type Check, type Evidence, skipped } from '../check.js'
import type { Finding } from '../report.js'

/** Partitions, replication, copies in sync and retention of each topic. Observed: in how many of them it differs. */
export const topics: Check = {
  id: 'topics',
  group: 2,
  run: async evidence => {
    const { kafka, compiled } = evidence
    if (compiled.model.target.kafka === undefined) return [skipped('this target has no Kafka')]
    if (kafka === undefined) return [skipped('verify was not given a connection to Kafka')]
    const wanted = compiled.resources.filter((r): r is ResourceOf<'kafka.topic'> => r.kind === 'kafka.topic')
    const live = new Map((await kafka.topics(wanted.map(({ spec }) => spec.name))).map(topic => [topic.name, topic]))
    const known = await knownTopics(evidence.clickhouse, evidence.database)
    return wanted.map(({ id, spec }) => {
      const topic = live.get(spec.name)
      const ours = topic !== undefined && known.get(id)?.ids.has(topic.topicId) === true
      return judge(spec, topic, ours, evidence)
    })
  },
}

function judge(spec: TopicSpec, topic: LiveTopic | undefined, ours: boolean, { compiled }: Evidence): Finding {
  const source = compiled.model.sources.find(each => spec.name === each.topic || spec.name.startsWith(`${each.topic}.`))
  const about = { ...(source && { source: source.name }), limit: 0, unit: 'differences' } as const
  if (topic === undefined)
    return { ...about, observed: 1, verdict: 'fail', reason: `there is no topic ${spec.name}: rtdash apply makes it` }
  const raw = spec.name === source?.topic
  const wrong = differences(spec, topic, raw).filter(({ key }) => ours || isWritten(key, raw ? source : undefined))
  const whose = ours ? '' : ', made by others'
  if (wrong.length === 0)
    return { ...about, observed: 0, verdict: 'pass', detail: `${spec.name}: ${shape(topic)}${whose}` }
  const reason = `${spec.name}${whose}: ${wrong.map(({ text }) => text).join(', ')}`
  return { ...about, observed: wrong.length, verdict: 'fail', reason }
}

type Key = 'partitions' | 'replication' | 'in sync' | 'retention.topic'

/** Only a source's own topic has a number of partitions that somebody chose: elsewhere more of them do no harm. */
function differences(spec: TopicSpec, topic: LiveTopic, raw: boolean): { key: Key; text: string }[] {
  const found = (key: Key, have: string | number, want: string | number) =>
    have === want ? [] : [{ key, text: `${key} ${have} instead of ${want}` }]
  return [
    ...(raw || topic.partitions < spec.partitions ? found('partitions', topic.partitions, spec.partitions) : []),
    ...found('replication', topic.replication, spec.replication),
    ...found('in sync', topic.inSync, topic.replication),
    ...found('retention.topic', retention(topic), retention(spec)),
  ]
}

/** A topic of others has to be only what the file says in so many words; copies have to be in sync everywhere. */
const isWritten = (key: Key, source: Source | undefined): boolean =>
  key === 'in sync' || source?.spans?.[key] !== undefined

const shape = (topic: LiveTopic): string => `${topic.partitions} × ${topic.replication}, kept ${retention(topic)}`

function retention({ config }: TopicSpec): string {
  const text = config['retention.ms']
  if (text === undefined) return 'as the broker does'
  return Number(text) < 0 ? 'forever' : duration(Number(text))
}
