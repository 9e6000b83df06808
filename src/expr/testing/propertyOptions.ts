/**
 * A fixed seed and so many runs. `EXPR_RUNS` multiplies the runs and `EXPR_SEED` (a number, or `random`) sets another
 * seed: EXPR_RUNS=20 EXPR_SEED=random npx vitest run src/expr
 */
export function propertyOptions(runs: number): { numRuns: number; seed: number } {
  const { EXPR_RUNS = '1', EXPR_SEED = '20260131' } = process.env
  const seed = EXPR_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(EXPR_SEED)
  return { numRuns: runs * Number(EXPR_RUNS), seed }
}
