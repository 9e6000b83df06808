import { Flags } from '@oclif/core'
import { durationFlag } from './duration.js'

/** What to do about somebody else's lock; the same for all commands that change the live system. */
export const lockFlags = {
  'lock-timeout': durationFlag({ description: 'wait so long for whoever applies at the moment [default: refuse]' }),
  'force-unlock': Flags.string({
    description: 'take the lock from a holder that is gone for certain',
    helpValue: 'ID',
  }),
}

export interface LockFlags {
  readonly 'lock-timeout': number | undefined
  readonly 'force-unlock': string | undefined
}
