import type { Account } from '../ledger/ledger.js'
import type { Project } from './project.js'

/** What the ledger is to keep of an apply of this project. */
export async function accountOf({ file, dir, texts }: Project, command: string): Promise<Account> {
  const [{ provenanceOf }, { filesOf }] = await Promise.all([
    import('../ledger/provenance.js'),
    import('../ledger/files.js'),
  ])
  const files = filesOf(file, texts)
  const paths = files.map(([path]) => path)
  return { by: await provenanceOf(dir, paths, process.env), command, files }
}
