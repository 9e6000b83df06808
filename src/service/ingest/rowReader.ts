/** The bytes of a RowBinary string that begins at `at` (see RowWriter.string), and where the next value begins. */
export function readString(bytes: Buffer, at: number): { readonly text: Buffer; readonly next: number } {
  let from = at
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[from++]!
    length |= (byte & 127) << shift
    if (byte < 128) break
  }
  return { text: bytes.subarray(from, from + length), next: from + length }
}
