import type { ResourceOf } from '../../model/resource.js'
import { PlanError } from '../../plan/planError.js'
import type { LiveEngine } from '../live.js'
import { diffLive } from './live/diffLive.js'
import { observe } from './live/observe.js'
import { PROCEDURES } from './live/steps.js'
import { troubles, troubleText } from './live/troubles.js'

/** Jobs, known by their names and by what they carry (mark.ts): Flink itself is the state. */
export const flink: LiveEngine = {
  kinds: ['flink.job'],
  plan: async ({ model, resources }, { flink }) => {
    const wanted = resources.filter((r): r is ResourceOf<'flink.job'> => r.kind === 'flink.job')
    if (flink === undefined) {
      if (wanted.length === 0) return { changes: [], unused: [] }
      throw new PlanError('no-flink', 'there is no connection to Flink', 'give the target `flink.gateway`')
    }
    const [seen, failing] = [await observe(flink, model.project), await troubles(flink, model.project)]
    const causes = new Map<string, string>()
    for (const { ended } of seen.values()) {
      const cause = ended?.state === 'FAILED' ? await flink.failure(ended.id) : undefined
      if (ended && cause !== undefined) causes.set(ended.id, cause)
    }
    const notes = failing.map(troubleText)
    return { changes: diffLive(wanted, seen, causes), unused: [], ...(notes.length > 0 && { notes }) }
  },
  apply: async ({ clients, database, progress }, change, step) => {
    const procedure = PROCEDURES[step.run]
    const { spec } = (change.after ?? change.before) as ResourceOf<'flink.job'>
    if (procedure === undefined || clients.flink === undefined) throw new Error(`${change.id}: no way to ${step.title}`)
    const source = change.id.slice('flink.job/'.length)
    await procedure({ flink: clients.flink, project: database, source, spec, progress })
  },
}
