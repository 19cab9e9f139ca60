import type { ActiveAlert } from '../../../telemetry/alerts/alerts.js';
import type { Check } from '../../check.js';
import { type Condition, found } from '../../finding.js';

const CONDITION: Readonly<Record<ActiveAlert['severity'], Condition>> = {
  info: 'fine',
  warning: 'degraded',
  critical: 'broken',
};

/** The alerts that hold in the running program, each with what is to be done. */
export const alertsCheck = (): Check => ({
  ground: 'service',
  name: 'alerts',
  deadlineMs: 4000,
  async run({ running }, signal) {
    const answer = (await running?.ask('/api/alerts?limit=1', signal)) as { active?: readonly ActiveAlert[] } | null;
    const active = answer?.active;
    // whether it runs and answers is said beside this
    if (!Array.isArray(active)) return [];
    if (active.length === 0) return [found('fine', 'alerts-none')];
    return (active as readonly ActiveAlert[]).map(({ code, severity, message, action, since }) => {
      const values = { alert: code, message, action, since: new Date(since).toISOString().slice(0, 19) };
      return found(CONDITION[severity], severity === 'info' ? 'alert-told' : 'alert-holds', values, code);
    });
  },
});
