/** What cannot be computed again, said before anything is touched. */
export class BackfillRefused extends Error {
  override readonly name = 'BackfillRefused'
  readonly code = 'backfill-refused'
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}
