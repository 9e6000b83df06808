import { expect, test } from 'vitest'
import { filesOf } from './files.js'

const text = `# before: http://shop:p4ss@old
version: 1
metrics:
  a: { measure: count(), where: "page like 'http://jo:p4ge@%'", window: 1m } # jo://a:p4ss@b
targets:
  prod: { clickhouse: { url: "http://shop:p4ss@db" }, redis: { url: "redis://:\${P:-p4ss}@r" } }
`

test('keeps the files of a project without the accounts of its targets, and every definition as it is', () => {
  const files = filesOf(
    'project/metrics.yaml',
    new Map([
      ['project/more/a.yaml', 'targets: { x: { push: { url: "http://a:p4ss@b/" } } }\n'],
      ['project/metrics.yaml', text],
    ]),
  )
  expect(files.map(([path]) => path)).toEqual(['metrics.yaml', 'more/a.yaml'])
  expect(JSON.stringify(files)).not.toContain('p4ss')
  expect(files[0]![1]).toContain(`"page like 'http://jo:p4ge@%'"`)
  expect(files[0]![1]).toContain(`redis://:\${P:-***}@r`)
})
