import { clickhouse } from './clickhouse/engine.js'
import { compose } from './compose/engine.js'
import { flink } from './flink/engine.js'
import { kafka } from './kafka/engine.js'
import { push } from './push/engine.js'
import { service } from './service/engine.js'
import type { Engine } from './target.js'

/** Every engine that rtdash compiles for, in the order in which they build on each other: a new one is a folder and a line. */
export const engines: readonly Engine[] = [kafka, flink, clickhouse, service, push, compose]
