/** A wanted change that an engine cannot make: said when planning, with a way out, and before anything is touched. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}
