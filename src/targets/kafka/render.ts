import { json } from '../../compile/json.js'
import { renderTemplate } from '../../compile/templates.js'
import type { Setting } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import { shellSetting, shellWord } from './shell.js'

/** The topics as data, and as commands for people: the script makes what is missing and changes nothing. */
export function render(brokers: Setting, topics: readonly ResourceOf<'kafka.topic'>[]): ReadonlyMap<string, string> {
  return new Map([
    ['kafka/topics.json', json({ brokers: brokers.template, topics: topics.map(({ spec }) => spec) })],
    [
      'kafka/create-topics.sh',
      renderTemplate('kafka/create-topics.sh', {
        brokers: shellSetting(brokers),
        topics: topics.map(({ spec }) => ({
          name: shellWord(spec.name),
          partitions: spec.partitions,
          replication: spec.replication,
          config: Object.entries(spec.config).map(([key, value]) => shellWord(`${key}=${value}`)),
        })),
      }),
    ],
  ])
}
