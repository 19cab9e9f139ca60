import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** Alerts of the running program that say what only it can see of the broker. */
const ALERTS = {
  'broker-refuses': 'program-refused',
  'client-id-shared': 'client-id-twin',
} as const satisfies Record<string, Finding['code']>;

/** What `/api/status` says of the broker, as far as it is read here. */
interface ToldStatus {
  readonly mqtt?: { readonly connected?: boolean; readonly problem?: string | null };
  readonly alerts?: readonly { readonly code?: string; readonly message?: string }[];
}

/** What the running program says of its own connection: that it has none, is refused messages, or displaced by a twin. */
export const programComplaints = (): Check => ({
  ground: 'broker',
  name: 'program',
  deadlineMs: 3000,
  async run({ running, config }, signal) {
    if (running === null || config.mqtt.broker === 'off') return [];
    const status = (await running.ask('/api/status', signal)) as ToldStatus | null;
    if (status === null || typeof status !== 'object') return [];
    const { mqtt, alerts = [] } = status;
    const findings = alerts.flatMap(({ code = '', message = '' }) =>
      code in ALERTS ? [found('degraded', ALERTS[code as keyof typeof ALERTS], { message })] : [],
    );
    if (mqtt?.connected === false) {
      findings.push(found('broken', 'program-not-connected', { problem: mqtt.problem ?? '-' }));
    }
    return findings.length > 0 ? findings : [found('fine', 'program-connected')];
  },
});
