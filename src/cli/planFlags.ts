import { Flags } from '@oclif/core'

/** What a plan may hold beyond what is always right; the same words for plan and apply. */
export const planFlags = {
  'allow-repartition': Flags.boolean({
    description: 'topics may get more partitions, which sends keys to others',
  }),
}
