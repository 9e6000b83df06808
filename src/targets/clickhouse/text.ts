import { identifier, textClickHouse } from '../../expr/valuesClickHouse.js'

// Everything that goes into a statement passes through here or through the expression writer: nothing is pasted in raw.

/** An identifier in backquotes. */
export const id = identifier

/** `database`.`name`. */
export const qualified = (database: string, name: string): string => `${id(database)}.${id(name)}`

/** A string literal. */
export const str = textClickHouse
