import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, type Config, compiledOf } from '../changes/support/config.js'
import { config, type Drift, drift, type Edit, edit, wreck } from '../changes/support/edits.js'
import { differences } from '../changes/support/exact.js'
import { fragile } from '../changes/support/fragile.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, instantsOf, type World } from '../changes/support/world.js'

// Random files, edited, wrecked by hand and interrupted at random, under a writer that never stops: after each apply
// the next plan is empty and every metric is what plain SQL over raw events says. RTDASH_SEQUENCES for more of them.

const SEQUENCES = Number(process.env.RTDASH_SEQUENCES ?? 300)
/** Many edits in a row: `RTDASH_LONG=1`. */
const LONG = process.env.RTDASH_LONG !== undefined
const LANES = 6
const SEED = Number(process.env.RTDASH_SEED ?? 20_260_101)

interface Turn {
  readonly edit: { readonly what: string; readonly edit: Edit }
  /** Also takes away what nobody reads. */
  readonly drop: boolean
  readonly drift: Drift | undefined
  /** At which statement of the apply its process is killed; and again in the next attempt. */
  readonly kills: readonly { readonly at: number; readonly before: boolean }[]
}

/** Most applies send some fifty statements. */
const kill = fc.record({ at: fc.integer({ min: 5, max: 55 }), before: fc.boolean() })

const turn: fc.Arbitrary<Turn> = fc.record({
  edit,
  drop: fc.integer({ min: 0, max: 3 }).map(n => n === 0),
  drift: fc.option(drift, { nil: undefined, freq: 2 }),
  kills: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(kill, { minLength: 1, maxLength: LONG ? 3 : 1 }) },
  ),
})

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const counts = { sequences: 0, applies: 0, kills: 0, drifts: 0 }
afterAll(() =>
  console.log(
    `changes: ${Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ')}`,
  ),
)

async function play(world: World, first: Config, turns: readonly Turn[]): Promise<void> {
  counts.sequences++
  const compiled = (config: Config) => compiledOf(config, world.project)
  await world.apply(compiled(first))
  await world.insert(60)
  const stop = world.write(8, 150)
  try {
    let now = first
    for (const { edit, drop, drift, kills } of turns) {
      now = edit.edit(now)
      if (drift) {
        counts.drifts++
        await wreck(server.client(), world.project, drift)
      }
      for (const { at, before } of kills) {
        const client = fragile(server.client(), at, before)
        await world.apply(compiled(now), { drop, client }).catch(error => {
          if (!client.dead()) throw error
        })
        if (client.dead()) counts.kills++
      }
      await world.apply(compiled(now), { drop })
      counts.applies++
      const after = await world.plan(compiled(now))
      expect(after.changes.map(({ action, id, reason }) => `${action} ${id}: ${reason}`)).toEqual([])
      if (drop) expect(after.unused).toEqual([])
    }
    await stop()
    const instants = instantsOf(Date.now()).slice(0, LONG ? 4 : 3)
    const answers = answersOf(now, world.project)
    expect(await differences(server.client(), answers, `${world.project}.raw_events`, instants)).toEqual([])
  } finally {
    await stop()
    await world.remove()
  }
}

describe('random edits, drift and kills', () => {
  const each = Math.ceil(SEQUENCES / LANES)
  it.concurrent.each(Array.from({ length: LANES }, (_, lane) => [lane]))(
    `lane %i: ${each} sequences end exact`,
    { timeout: 3_600_000 },
    async lane => {
      let n = 0
      await fc.assert(
        fc.asyncProperty(config, fc.array(turn, { minLength: 1, maxLength: LONG ? 6 : 2 }), (first, turns) =>
          play(
            createWorld(() => server.client(), `lane${lane}_${n++}`),
            first,
            turns,
          ),
        ),
        { numRuns: each, seed: SEED + lane, endOnFailure: process.env.RTDASH_SHRINK === undefined },
      )
    },
  )
})
