import { chooser, type Random } from './random.js'
import { EVENT_TYPES, REGION_HOURS } from './vocabulary.js'

/** What happens in one event: its columns agree with it. */
export interface Situation {
  /** Epoch ms. */
  time: number
  type: string
  region: string
  failed: boolean
  /** 0 in the dead of night to 1 at the busiest hour, where the event happens. */
  load: number
}

const DAY = 86_400_000
const HOUR = 3_600_000
/** Troubles: every so often errors are several times as many for a while. */
const TROUBLE_EVERY = 300_000
const TROUBLE_LASTS = 25_000

/** How busy an hour of the day is: lowest at four in the morning, highest in the afternoon. */
export function dailyLoad(time: number, hoursAhead: number): number {
  const hour = ((((time + hoursAhead * HOUR) % DAY) + DAY) % DAY) / HOUR
  return 0.5 + 0.5 * Math.cos(((hour - 16) / 24) * 2 * Math.PI)
}

const chooseType = chooser(EVENT_TYPES)
const MINUTE = 60_000

/** Which regions are busy changes slowly: worked out once a minute. */
interface Minute {
  readonly of: number
  readonly chooseRegion: (random: Random) => string
  readonly loads: Readonly<Record<string, number>>
}

function minuteOf(time: number): Minute {
  const loads = Object.fromEntries(
    Object.entries(REGION_HOURS).map(([region, ahead]) => [region, dailyLoad(time, ahead)]),
  )
  const weights = Object.entries(loads).map(([region, load], rank) => [region, (0.15 + load) / (rank + 1)] as const)
  return { of: Math.floor(time / MINUTE), chooseRegion: chooser(weights), loads }
}

let minute = minuteOf(0)

/** Fills in what happens at `time`. Regions follow the sun, errors come in bursts. */
export function happen(random: Random, time: number, into: Situation): void {
  if (minute.of !== Math.floor(time / MINUTE)) minute = minuteOf(time)
  into.time = time
  into.region = minute.chooseRegion(random)
  into.load = minute.loads[into.region]!
  into.type = chooseType(random)
  const trouble = time % TROUBLE_EVERY < TROUBLE_LASTS
  if (trouble && into.type === 'request' && random() < 0.06) into.type = 'error'
  into.failed = into.type === 'error'
}
