import { TokenBucket } from '../../foundation/token-bucket.js';
import { signal as signalSchema } from '../../telemetry/mqtt/messages/signal.js';
import type { SignalStates } from './signal-states.js';

/** What becomes of what is said of a signal. */
export const SIGNAL_OUTCOMES = ['taken', 'malformed', 'clock', 'old', 'flood'] as const;
export type SignalOutcome = (typeof SIGNAL_OUTCOMES)[number];

/** A message is no longer than this, in characters. */
const LONGEST_PAYLOAD = 512;
/** By how much its time may be off the clock of the device, ms: more is a clock that is wrong, or a message held back. */
const CLOCK_OFF_MS = 5000;
/** Messages of a signal that are looked at, a second. */
const PER_SECOND = 20;

/** Takes what comes in over the network of signals: only what is short, well formed, of now and newer than what was said before. */
export class SignalInbox {
  readonly #states: SignalStates;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #counts = new Map<string, Record<SignalOutcome, number>>();

  constructor(states: SignalStates) {
    this.#states = states;
    for (const id of states.ids) {
      this.#buckets.set(id, new TokenBucket(PER_SECOND, PER_SECOND));
      this.#counts.set(id, { taken: 0, malformed: 0, clock: 0, old: 0, flood: 0 });
    }
  }

  /** How often each came of what was said of each signal. */
  get counts(): ReadonlyMap<string, Readonly<Record<SignalOutcome, number>>> {
    return this.#counts;
  }

  /**
   * @param id of a signal that is listened to
   * @param now Unix ms
   * @param steady ms on a clock that only goes forward
   */
  receive(id: string, payload: string, now: number, steady: number): SignalOutcome {
    const outcome = this.#take(id, payload, now, steady);
    const counts = this.#counts.get(id);
    if (counts) counts[outcome]++;
    return outcome;
  }

  #take(id: string, payload: string, now: number, steady: number): SignalOutcome {
    if (!this.#buckets.get(id)?.take(steady)) return 'flood';
    const report = payload.length > LONGEST_PAYLOAD ? null : parsed(payload);
    if (report === null || (report.since ?? 0) > report.at) return 'malformed';
    if (Math.abs(report.at - now) > CLOCK_OFF_MS) return 'clock';
    return this.#states.say(id, report.state, report.at, report.since) ? 'taken' : 'old';
  }
}

function parsed(payload: string) {
  try {
    return signalSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
