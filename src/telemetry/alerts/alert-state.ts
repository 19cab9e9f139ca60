import { z } from '../../foundation/validate.js';
import { alert } from '../mqtt/messages/alert.js';
import type { AlertState } from './alerts.js';

const by = z.string().min(1).max(64);
const activeAlert = alert.omit({ ts: true, seq: true, boot: true });
const alertState = z.object({
  code: alert.shape.code,
  alert: activeAlert.nullable(),
  snooze: z.object({ until: z.number(), by }).nullable(),
});

/** States as they were stored; what is none, by damage or of a version to come, is left out. */
export function parseAlertStates(stored: readonly unknown[]): AlertState[] {
  return stored.flatMap((one) => {
    const { success, data } = alertState.safeParse(one);
    return success ? [data as AlertState] : [];
  });
}
