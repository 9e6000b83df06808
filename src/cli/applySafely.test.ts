import { expect, it } from 'vitest'
import type { Change } from '../model/plan.js'
import { withoutDestructive } from './applySafely.js'

const change = (id: string, risk: Change['risk'], dependsOn: string[] = []): Change => ({
  id,
  kind: 'clickhouse.table',
  action: 'update',
  risk,
  reason: '',
  steps: [],
  dependsOn,
})

it('leaves out what loses data, and whatever needs it, however far away', () => {
  const changes = [
    change('drop', 'destructive'),
    change('view', 'safe', ['table']),
    change('table', 'rebuild', ['drop']),
    change('other', 'safe', ['elsewhere']),
  ]
  const { kept, left } = withoutDestructive(changes)
  expect(kept.map(({ id }) => id)).toEqual(['other'])
  expect(left.map(({ id }) => id)).toEqual(['drop', 'view', 'table'])
})
