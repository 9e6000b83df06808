/** A growing byte buffer that takes values in ClickHouse's RowBinary form (little-endian). */
export class RowWriter {
  bytes: Buffer
  length = 0
  private view: DataView

  constructor(capacity = 4096) {
    this.bytes = Buffer.allocUnsafeSlow(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `count` more bytes. */
  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** `size` bytes (1, 2 or 4) of an integer; negative ones as two's complement. */
  int(value: number, size: number): void {
    this.reserve(4)
    this.view.setInt32(this.length, value | 0, true)
    this.length += size
  }

  /** Eight bytes of a safe integer, two's complement. */
  int64(value: number): void {
    this.reserve(8)
    const high = Math.floor(value / 4294967296)
    this.view.setUint32(this.length, (value - high * 4294967296) >>> 0, true)
    this.view.setInt32(this.length + 4, high | 0, true)
    this.length += 8
  }

  /** `size` bytes (a multiple of 4), two's complement. */
  bigint(value: bigint, size: number): void {
    this.reserve(size)
    let rest = value
    for (let at = 0; at < size; at += 4) {
      this.view.setUint32(this.length + at, Number(rest & 0xffffffffn), true)
      rest >>= 32n
    }
    this.length += size
  }

  float32(value: number): void {
    this.reserve(4)
    this.view.setFloat32(this.length, value, true)
    this.length += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** A length and UTF-8; half a surrogate pair becomes U+FFFD, as in every UTF-8 encoder. */
  string(text: string): void {
    const count = text.length
    // Short ASCII, by far the most: cheaper here than a call into C++.
    if (count < 64) {
      this.reserve(count + 1)
      const { bytes } = this
      let at = this.length
      bytes[at++] = count
      let index = 0
      for (; index < count; index++) {
        const code = text.charCodeAt(index)
        if (code > 127) break
        bytes[at++] = code
      }
      if (index === count) {
        this.length = at
        return
      }
    }
    const size = Buffer.byteLength(text)
    this.varint(size)
    this.reserve(size)
    this.bytes.write(text, this.length, 'utf8')
    this.length += size
  }

  /** An unsigned LEB128 number, below 2^31. */
  varint(value: number): void {
    this.reserve(5)
    let rest = value
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.bytes[this.length++] = rest
  }

  /** What was written so far; shares memory with the writer. */
  done(): Buffer {
    return this.bytes.subarray(0, this.length)
  }
}
