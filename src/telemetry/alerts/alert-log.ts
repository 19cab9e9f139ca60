import type { AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { Log } from '../../foundation/log.js';
import type { Alerts, AlertTransition } from './alerts.js';

/** Writes into the log when alerts begin, change and end, for those whose cause nothing else writes there. */
export function logAlerts(
  alerts: Pick<Alerts, 'onTransition'>,
  declarations: readonly AlertDeclaration[],
  log: Log,
): void {
  const codes = new Set(declarations.map(({ code }) => code));
  alerts.onTransition((transition) => {
    if (codes.has(transition.code)) write(transition, log);
  });
}

function write({ code, kind, alert, at }: AlertTransition, log: Log): void {
  if (alert === null) return;
  const { severity, message, action, value, expected, unit, since } = alert;
  if (kind === 'cleared') log.info({ alert: code, seconds: Math.round((at - since) / 1000) }, `over: ${message}`);
  else if (kind === 'raised' || kind === 'changed') {
    const level = severity === 'info' ? 'info' : 'warn';
    log[level]({ alert: code, value, expected, unit, action }, message);
  }
}
