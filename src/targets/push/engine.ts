import type { Engine } from '../target.js'
import { render } from './render.js'

/** The folder of the service that a target with servers of its own runs; what it serves is the service's configuration. */
export const push: Engine = { name: 'push', desired: () => [], render }
