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

/**
 * The same of one that was held up on the line: it broke the rule only where it drove on against it, too.
 *
 * @param later what the signal showed when it got clear of the line
 */
export function judgeHeldUp(signal: SignalSeen | null, later: SignalSeen | null, grace: SignalGrace): CrossingVerdict {
  const [first, second] = [judgeCrossing(signal, grace), judgeCrossing(later, grace)];
  if (first === 'lawful' || second === 'lawful') return 'lawful';
  return first === 'unknown' ? first : second;
}
