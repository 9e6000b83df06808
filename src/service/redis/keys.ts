/** The channel that every update goes through, of all projects of one Redis: each message says whose it is. */
export const CHANNEL = 'metric-updates'

/** Names in Redis. All of a project's share its prefix, whose braces keep them on one node of a cluster. */
export const keys = {
  lease: (project: string) => key(project, 'lease'),
  /** Stream: what was published of one metric under one meaning; ids are the updates' timestamps. */
  updates: (project: string, metric: string, meaning: string) => key(project, 'updates', metric, meaning),
  /** Hash: answers about one metric, dropped when its next update is published. */
  answers: (project: string, metric: string, meaning: string) => key(project, 'answers', metric, meaning),
  /** Set of the ids of nodes, and what one of them says of itself. */
  nodes: (project: string) => key(project, 'nodes'),
  node: (project: string, id: string) => key(project, 'node', id),
  /** An event's id as the front door has seen it. */
  seen: (project: string, source: string, id: string) => key(project, 'seen', source, id),
}

const key = (project: string, ...parts: string[]): string => `rtdash:{${project}}:${parts.join(':')}`
