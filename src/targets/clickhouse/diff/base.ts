import type { Change } from '../../../model/plan.js'
import type { Resource } from '../../../model/resource.js'

/** What every change of a wanted resource begins with. */
export const baseOf = (resource: Resource): Pick<Change, 'id' | 'kind' | 'after' | 'dependsOn' | 'origin'> => ({
  id: resource.id,
  kind: resource.kind,
  after: resource,
  dependsOn: resource.dependsOn,
  ...(resource.origin && { origin: resource.origin }),
})
