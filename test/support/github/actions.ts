import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FakeApi } from './api.js'

export interface StepResult {
  readonly ok: boolean
  readonly outputs: Record<string, string>
}

interface Run {
  readonly api: FakeApi
  readonly temp: string
  readonly runId: number
  readonly headSha: string
  readonly fork?: boolean
}

/** Plays an action of GitHub's own: the clone is checked out already, and artifacts lie in a folder of the test. */
export function playAction(name: string, given: Readonly<Record<string, string>>, run: Run): StepResult {
  const done = { ok: true, outputs: {} }
  const store = (artifact: string, runId: number) => join(run.temp, 'artifacts', String(runId), artifact)
  switch (name) {
    case 'actions/checkout':
    case 'actions/setup-node':
      return done
    case 'actions/upload-artifact': {
      const { name: artifact = '', path = '' } = given
      cpSync(path, join(store(artifact, run.runId), path.slice(path.lastIndexOf('/') + 1)))
      run.api.artifacts.push({
        name: artifact,
        created_at: new Date().toISOString(),
        expired: false,
        workflow_run: { id: run.runId, head_sha: run.headSha, repository_id: 1, head_repository_id: run.fork ? 2 : 1 },
      })
      return done
    }
    case 'actions/download-artifact': {
      const from = store(given.name ?? '', Number(given['run-id']))
      if (!existsSync(from)) return { ok: false, outputs: {} }
      cpSync(from, given.path ?? '', { recursive: true })
      return done
    }
    default:
      throw new Error(`the runner of this test does not know ${name}`)
  }
}
