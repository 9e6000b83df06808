import { benchCompile } from './compile.js'
import { benchFanout } from './fanout.js'
import { benchFill } from './fill.js'
import { benchFlink } from './flink.js'
import { benchIngest } from './ingest.js'
import { benchKafka } from './kafka.js'
import { benchLatency } from './latency.js'
import { benchLoad } from './load.js'
import { benchMemory } from './memory.js'
import { benchPlan1000 } from './plan1000.js'
import { benchQuery } from './query.js'
import { benchStages } from './stages.js'

// npm run bench [-- compile fanout fill flink ingest kafka latency load query query100 memory stages]: all but query100 unless named.

const benches: Record<string, () => Promise<void>> = {
  compile: benchCompile,
  fanout: benchFanout,
  fill: benchFill,
  flink: benchFlink,
  ingest: benchIngest,
  kafka: benchKafka,
  latency: benchLatency,
  load: benchLoad,
  query: () => benchQuery(10),
  query100: () => benchQuery(100),
  memory: benchMemory,
  plan1000: benchPlan1000,
  stages: benchStages,
}

const named = process.argv.slice(2)
for (const name of named.length > 0 ? named : Object.keys(benches).filter(bench => bench !== 'query100')) {
  const bench = benches[name]
  if (!bench) throw new Error(`no bench ${name}: ${Object.keys(benches).join(', ')}`)
  await bench()
}
