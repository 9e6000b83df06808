// Everything that goes into a statement passes through here or through the expression writer: nothing is pasted in raw.

/** An identifier in backquotes. */
export const id = (name: string): string => `\`${name.replace(/\\/g, '\\\\').replace(/`/g, '\\`')}\``

/** `database`.`name`. */
export const qualified = (database: string, name: string): string => `${id(database)}.${id(name)}`

/** A string literal. */
export const str = (text: string): string =>
  `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t').replace(/\0/g, '\\0')}'`
