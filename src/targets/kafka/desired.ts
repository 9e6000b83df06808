import type { Model } from '../../model/model.js'
import type { Resource } from '../../model/resource.js'
import { streamed } from '../flink/streamed.js'
import { deadLettersTopic, rawTopic, updatesTopic } from './topics.js'

/** The topics of a model whose target has Kafka: two a source, and one for all values that Flink computes. Pure. */
export function desired(model: Model): Resource[] {
  if (!model.target.kafka) return []
  const sources = model.sources.filter(source => streamed(model, source).length > 0)
  return [
    ...model.sources.flatMap(source => [rawTopic(source), deadLettersTopic(source)]),
    ...(sources.length > 0 ? [updatesTopic(model, sources)] : []),
  ]
}
