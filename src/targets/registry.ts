import { clickhouse } from './clickhouse/engine.js'
import type { Engine } from './target.js'

/** Every engine that rtdash compiles for: a new one is a folder and a line here. */
export const engines: readonly Engine[] = [clickhouse]
