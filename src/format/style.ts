type Paint = (text: string) => string

/** Terminal styles by name; plain text where colours are off. */
export interface Style {
  readonly enabled: boolean
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const csi = '\u001b['

export function createStyle(enabled: boolean): Style {
  const paint =
    (open: number, close: number): Paint =>
    text =>
      enabled ? `${csi}${open}m${text}${csi}${close}m` : text
  return {
    enabled,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  }
}
