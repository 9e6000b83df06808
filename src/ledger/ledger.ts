import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import type { Action, ChangeResult, Plan, Risk } from '../model/plan.js'
import { names } from '../naming.js'
import { append } from '../targets/clickhouse/append.js'
import { qualified } from '../targets/clickhouse/text.js'
import type { AppliedFiles } from './files.js'
import type { Provenance } from './provenance.js'

/** What the ledger keeps of an apply besides the plan. */
export interface Account {
  readonly by: Provenance
  /** `apply`, `rollback`, `dev`, `destroy`. */
  readonly command: string
  readonly files: AppliedFiles
  /** The apply that a rollback goes back to. */
  readonly backTo?: string
}

/** `unfinished`: it runs at the moment, or was killed. */
export type Outcome = 'ok' | 'failed' | 'interrupted' | 'unfinished'

/** An apply as the ledger has it, in part where it was written by an older version. */
export interface Entry {
  readonly id: string
  /** When it began, epoch ms. */
  readonly at: number
  /** When it ended, epoch ms. */
  readonly ended?: number
  readonly outcome: Outcome
  readonly target: string
  readonly command: string
  readonly by: Provenance
  readonly backTo?: string
  readonly fingerprint: string
  readonly changes: readonly EntryChange[]
  readonly files?: AppliedFiles
}

export interface EntryChange {
  readonly id: string
  readonly action: Action
  readonly risk: Risk
  readonly ok?: boolean
  readonly error?: string
}

interface BeginDetail {
  readonly target: string
  readonly command: string
  readonly by: Provenance
  readonly changes: readonly EntryChange[]
  readonly files: AppliedFiles
  readonly backTo?: string
}

interface EndDetail {
  readonly ok: boolean
  readonly target: string
  readonly changes: readonly EntryChange[]
  readonly interrupted?: boolean
}

/** Notes that an apply begins; false where there is no ledger yet. */
export async function noteBegin(
  clickhouse: ClickHouse,
  database: string,
  apply: string,
  plan: Plan,
  account: Account,
): Promise<boolean> {
  const { by, command, files, backTo } = account
  const changes = plan.changes.map(({ id, action, risk }) => ({ id, action, risk }))
  const detail: BeginDetail = {
    target: plan.target,
    command,
    by,
    changes,
    files,
    ...(backTo !== undefined && { backTo }),
  }
  return note(clickhouse, database, apply, 'begin', plan.fingerprint, detail, by)
}

/** Notes how it ended; false where there is no ledger. */
export async function noteEnd(
  clickhouse: ClickHouse,
  database: string,
  apply: string,
  plan: Plan,
  results: readonly ChangeResult[],
  { interrupted, account }: { readonly interrupted: boolean; readonly account: Account | undefined },
): Promise<boolean> {
  const changes = plan.changes.map(({ id, action, risk }): EntryChange => {
    const result = results.find(one => one.id === id)
    return { id, action, risk, ...(result && { ok: result.ok }), ...(result?.error && { error: result.error }) }
  })
  const ok = results.every(result => result.ok)
  const detail: EndDetail = { ok, target: plan.target, changes, ...(interrupted && { interrupted }) }
  return note(clickhouse, database, apply, 'apply', plan.fingerprint, detail, account?.by)
}

async function note(
  clickhouse: ClickHouse,
  database: string,
  apply: string,
  event: string,
  change: string,
  detail: BeginDetail | EndDetail,
  by: Provenance | undefined,
): Promise<boolean> {
  const commit = by?.commit && `${by.commit}${by.dirty ? '-dirty' : ''}`
  const row = { apply, event, change, detail: JSON.stringify(detail), who: by?.who ?? '', commit: commit ?? '' }
  try {
    await append(clickhouse, database, names.history, row)
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

interface Row {
  readonly apply: string
  readonly event: 'begin' | 'apply'
  readonly change: string
  readonly detail: string
  readonly ms: string
}

/** Every apply, the newest first; none before the first one, or after a destroy. At most `limit`. */
export async function readHistory(clickhouse: ClickHouse, database: string, limit = 1000): Promise<Entry[]> {
  const table = qualified(database, names.history)
  try {
    const rows = await clickhouse.query<Row>(
      `SELECT apply, event, change, detail, toUnixTimestamp64Milli(at) AS ms FROM ${table}
       WHERE event IN ('begin', 'apply') AND apply IN (
         SELECT apply FROM ${table} WHERE event IN ('begin', 'apply') GROUP BY apply ORDER BY min(at) DESC LIMIT {limit:UInt32})
       ORDER BY at`,
      { limit },
    )
    const byApply = new Map<string, Row[]>()
    for (const row of rows) byApply.set(row.apply, [...(byApply.get(row.apply) ?? []), row])
    return [...byApply.values()].map(entryOf).reverse()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

function entryOf(rows: readonly Row[]): Entry {
  const [first] = rows
  const find = (event: Row['event']) => rows.find(row => row.event === event)
  const [begin, end] = [find('begin'), find('apply')]
  const start = begin && (JSON.parse(begin.detail) as BeginDetail)
  const last = end && (JSON.parse(end.detail) as EndDetail)
  return {
    id: first!.apply,
    at: Number(first!.ms),
    ...(end && { ended: Number(end.ms) }),
    outcome: outcomeOf(last),
    target: (start ?? last)!.target,
    command: start?.command ?? 'apply',
    by: start?.by ?? { who: '' },
    ...(start?.backTo !== undefined && { backTo: start.backTo }),
    fingerprint: first!.change,
    changes: (last ?? start)!.changes,
    ...(start && start.files.length > 0 && { files: start.files }),
  }
}

const outcomeOf = (end: EndDetail | undefined): Outcome =>
  end === undefined ? 'unfinished' : end.ok ? 'ok' : end.interrupted ? 'interrupted' : 'failed'

/** The apply with this id, or the only one that begins so. */
export function findEntry(entries: readonly Entry[], id: string): Entry {
  const found = entries.filter(entry => entry.id.startsWith(id))
  const [entry] = found
  if (entry !== undefined && found.length === 1) return entry
  throw new NoSuchApplyError(found.length === 0 ? `there is no apply ${id}` : `more than one apply begins with ${id}`)
}

/** The apply to go back to without being told: the newest that ended well, before the last one. */
export function previousEntry([_, ...earlier]: readonly Entry[]): Entry {
  const entry = earlier.find(({ outcome, files }) => outcome === 'ok' && files !== undefined)
  if (entry === undefined) throw new NoSuchApplyError('there is no earlier apply to go back to')
  return entry
}

export class NoSuchApplyError extends Error {
  override readonly name = 'NoSuchApplyError'
  readonly fix = 'rtdash history lists them'
}
