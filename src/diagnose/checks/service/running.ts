import type { RuntimeStatus } from '../../../runtime/status.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** ms after its start until which the program may still load its model. */
const STARTS_MS = 120_000;

/** Whether the program runs, answers, has a detector and sees a camera. @param now Unix ms */
export const runningCheck = (now: () => number = Date.now): Check => ({
  ground: 'service',
  name: 'running',
  deadlineMs: 6000,
  async run({ running, config }, signal) {
    if (running === null) return [found('unknown', 'program-not-running', { dir: config.store.dir })];
    const { pid, since } = running;
    const values = { pid: pid ?? '?', since: since === null ? '?' : new Date(since).toISOString().slice(0, 19) };
    if (!config.http.enabled || config.http.port === 0) return [found('unknown', 'program-not-asked', values)];
    const { port } = config.http;
    if ((await running.askText('/healthz', signal)) === null) {
      const isStarting = since !== null && now() - since < STARTS_MS;
      return [
        found(isStarting ? 'unknown' : 'broken', isStarting ? 'program-starts' : 'program-silent', { ...values, port }),
      ];
    }
    const status = (await running.ask('/api/status', signal)) as RuntimeStatus | null;
    if (status === null) return [found('fine', 'program-lives', values)];
    const findings = judgeStatus(status);
    return findings.length > 0
      ? findings
      : [found('fine', 'program-fine', { ...values, cameras: status.cameras.length })];
  },
});

/** What keeps the running program from its work; pure. */
export function judgeStatus({ workers, cameras, leftOut, overrides }: RuntimeStatus): Finding[] {
  const findings: Finding[] = [];
  const idle = workers.filter(({ state }) => state !== 'ready');
  const reason = idle.find(({ detail }) => detail !== null)?.detail ?? idle[0]?.state ?? '';
  if (idle.length === workers.length) findings.push(found('broken', 'program-no-detector', { reason }));
  else if (idle.length > 0) {
    findings.push(found('degraded', 'program-few-detectors', { idle: idle.length, workers: workers.length, reason }));
  }
  // what was paused by command is no fault; the cameras' own check tells of it
  const isSeeing = cameras.some(({ state, paused }) => state === 'streaming' || paused !== null);
  if (cameras.length > 0 && !isSeeing) findings.push(found('broken', 'program-no-camera'));
  for (const part of leftOut) findings.push(found('degraded', 'program-part-left-out', { part }, part));
  for (const { key, value, configured } of overrides) {
    const values = { key, value: JSON.stringify(value), configured: JSON.stringify(configured) };
    findings.push(found('fine', 'program-override', values, key));
  }
  return findings;
}
