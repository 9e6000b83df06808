/** Nothing could be measured: the service or ClickHouse does not answer, or does not take canaries. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError'
  constructor(
    readonly code: string,
    message: string,
    readonly fix?: string,
  ) {
    super(message)
  }
}
