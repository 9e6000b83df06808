import { ok, problem, type Told } from './report.js'
import { skewFinding } from './skew.js'

const TIMEOUT_MS = 5000

/** Whether the service answers, and its clock, by the second that its answer is dated with. */
export async function checkService(url: string): Promise<Told[]> {
  const token = process.env.RTDASH_TOKEN
  const sent = Date.now()
  const answer = await fetch(new URL('/healthz', url), {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const took = Date.now() - sent
  const health = (await answer.json().catch(() => ({}))) as { status?: string; config?: string | null }
  const dated = Date.parse(answer.headers.get('date') ?? '')
  const findings = [
    answer.ok
      ? ok('health', `${health.status ?? 'ok'}, configuration ${health.config ?? 'none yet'}`)
      : problem('health', `HTTP ${answer.status}: ${health.status ?? 'no reason given'}`, 'its log says more'),
  ]
  // The date is cut to the second: half a second more is its middle.
  if (!Number.isNaN(dated))
    findings.push(skewFinding({ ahead: dated + 500 - (sent + took / 2), uncertainty: 500 + took / 2 }))
  return findings
}
