import { Flags } from '@oclif/core'

/** `--port`, the same for every command that listens. */
export const portFlag = () =>
  Flags.integer({
    description: 'port on loopback; 0 takes a free one',
    default: 8080,
    helpValue: 'N',
    min: 0,
    max: 65_535,
  })
