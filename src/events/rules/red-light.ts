import type { SignalSeen } from './infraction.js';

/** How long after a change of the signal crossing is an offence, ms. */
export interface SignalGrace {
  readonly graceMs: number;
  /** null: crossing on yellow is none. */
  readonly yellowAfterMs: number | null;
}

/** What crossing a stop line means for what the signal showed then. `unknown`: nobody may say anything. */
export type CrossingVerdict = 'offence' | 'lawful' | 'unknown';

/** @param signal what it showed when the line was crossed; null: nobody knows */
export function judgeCrossing(signal: SignalSeen | null, { graceMs, yellowAfterMs }: SignalGrace): CrossingVerdict {
  if (signal === null) return 'unknown';
  switch (signal.state) {
    case 'red':
    case 'red-yellow':
      return signal.sinceMs > graceMs ? 'offence' : 'lawful';
    case 'yellow':
      return yellowAfterMs !== null && signal.sinceMs > yellowAfterMs ? 'offence' : 'lawful';
    case 'green':
      return 'lawful';
    default:
      return 'unknown';
  }
}
