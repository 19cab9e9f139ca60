import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import { SIGNAL_OUTCOMES, type SignalOutcome } from './signal-inbox.js';

/** One alert for all signals that an owner's rules ask for. */
export const SIGNAL_SILENT: AlertDeclaration = {
  code: 'signal-silent',
  severities: ['warning'],
  help: 'A traffic signal that a rule about red lights asks for was not heard of for a minute: nobody is told to have crossed on red there. Cleared when it is heard again.',
  action:
    'Check that its controller publishes under edge/v1/<site>/<device>/signal/<name> at least every few seconds, unretained and with the right time, and that the broker lets it.',
};

/** A signal that says nothing for so long is silent, ms: longer than any rule believes it. */
const SILENT_AFTER_MS = 60_000;

/** What is known of a signal. */
export interface SignalHearing {
  readonly id: string;
  /** ms since it was heard of; null: never. */
  readonly ageMs: number | null;
  /** ms for which it has been listened to. */
  readonly listenedMs: number;
  /** How often each came of what was said of it. */
  readonly counts: Readonly<Record<SignalOutcome, number>>;
}

/** What is said of signals that are silent; null where none is. */
export function silentAlert(signals: readonly SignalHearing[]): Alert | null {
  const silent = signals.filter(({ ageMs, listenedMs }) => (ageMs ?? listenedMs) >= SILENT_AFTER_MS);
  if (silent.length === 0) return null;
  const value = Math.max(...silent.map(({ ageMs, listenedMs }) => ageMs ?? listenedMs));
  return {
    severity: 'warning',
    message: `no crossing on red can be told: ${silent.map(sentence).join('; ')}`,
    value: Math.round(value / 1000),
    unit: 's',
  };
}

function sentence({ id, ageMs, counts }: SignalHearing): string {
  const heard = ageMs === null ? 'was never heard of' : 'is silent';
  const refused = SIGNAL_OUTCOMES.filter((outcome) => outcome !== 'taken' && counts[outcome] > 0);
  if (refused.length === 0) return `signal ${id} ${heard}`;
  return `signal ${id} ${heard}, and messages of it were refused (${refused.map((one) => `${one} ${counts[one]}`).join(', ')})`;
}
