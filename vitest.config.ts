import { configDefaults, defineConfig } from 'vitest/config'

const major = process.versions.node.split('.')[0]
const stack = 'test/stack/**/*.test.ts'
/** All engines at once under 2,000 events/s, and messages that reach a viewer at once, need the machine for themselves. */
const alone = 'test/stack/{redis,wholeStack}.test.ts'
/** Kills, random edits, stories of several processes, millions of rows: a minute and more each, under one Node. */
const slow = [
  'test/integration/{changes*,crashMatrix,frontDoor,kill9,longFill,pullRequest,secrets,semantics}.test.ts',
  'src/{backfill/backfill,targets/clickhouse/apply/requery}.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // No test depends on the clock being fast: what is looked at again and again may take its time.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // The engines and browsers of the integration tests share two cores, and so do those of the real stack, which wait
    // for kills and restarts more than they compute.
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, stack, ...slow],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slow,
          testTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: [stack],
          exclude: [...configDefaults.exclude, alone],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack-alone',
          include: [alone],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
    // In CI the results are also kept as a file, for the count at the end of .ci/run.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: `artifacts/tests-node${major}.json` }]]
      : ['default'],
  },
})
