import type { Engine } from '../target.js'
import { render } from './render.js'

/** The whole stack of a target with servers, for one machine; it holds nothing that another engine does not. */
export const compose: Engine = { name: 'compose', desired: () => [], render }
