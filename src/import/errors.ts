/** From this table or topic no metrics file can be made. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed'
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}
