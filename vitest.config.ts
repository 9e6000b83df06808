import { defineConfig } from 'vitest/config'

const major = process.versions.node.split('.')[0]

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // The engines and browsers of the integration tests share two cores: one file of those at a time is enough.
    pool: 'forks',
    // In CI the results are also kept as a file, for the count at the end of .ci/run.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: `artifacts/tests-node${major}.json` }]]
      : ['default'],
  },
})
