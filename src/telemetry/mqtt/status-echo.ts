import type { Log } from '../../foundation/log.js';
import type { BrokerLink } from './broker-link.js';
import { heardStatus, OwnStatus } from './own-status.js';
import { wholePacket } from './packet.js';
import { type BirthSize, SilentLimit, type ToldBirth } from './silent-limit.js';
import type { Subscriptions } from './subscriptions.js';
import type { Topics } from './topics.js';

/** A limit that was found is tried anew with a connection that is made so long after: limits are raised. */
const FORGET_MS = 3_600_000;

export interface StatusEchoOptions {
  readonly topics: Topics;
  readonly link: BrokerLink;
  /** This run of the program. */
  readonly boot: string;
  readonly subscriptions: Subscriptions;
  /** A birth that the broker acknowledged and that was not heard for so long will not be heard any more. */
  readonly patienceMs: number;
  /** ms that only go forward. */
  readonly clock: () => number;
  readonly log: Log;
  /** The birth is to be told again, in the `size` of now. */
  readonly tellBirth: () => void;
  /** What the broker throws away without a word, or null where it does not, or not any more. */
  readonly foundLimit: (found: SilentLimit['found']) => void;
}

/**
 * The device listens to its own status. So it finds a broker that acknowledges what it throws away, for its topic or its size,
 * others that have its name or client id, and whatever stands there in the place of its birth.
 */
export class StatusEcho {
  readonly #options: StatusEchoOptions;
  readonly #own = new OwnStatus();
  #limit = new SilentLimit();
  #foundAt = 0;
  /** Acknowledged and not yet heard. */
  #pending: { readonly birth: ToldBirth; readonly since: number } | null = null;
  /** Bytes of the births of this connection that were heard. */
  readonly #heard = new Set<number>();

  constructor(options: StatusEchoOptions) {
    this.#options = options;
  }

  /** The birth to be told next. */
  get size(): BirthSize {
    return this.#limit.size;
  }

  /** That the broker throws away what is told; null where it does not, or where that cannot be known. */
  get complaint(): string | null {
    const { prefix, status } = this.#options.topics;
    if (!this.#limit.swallowsAll) return null;
    return `the broker acknowledges messages to ${status} and nothing is heard there: it throws them away, or this device may not read them: let its user write ${prefix}/# and read ${status}`;
  }

  /** A connection was made. To be called before its birth is told. */
  opened(): void {
    const { clock, subscriptions, topics } = this.#options;
    this.#pending = null;
    this.#heard.clear();
    if (this.#limit.found !== null && clock() - this.#foundAt >= FORGET_MS) {
      this.#limit = new SilentLimit();
      this.#options.foundLimit(null);
    }
    subscriptions.ask(topics.status, true);
  }

  /** The broker says that it has the birth. */
  acknowledged(birth: ToldBirth): void {
    if (this.#heard.has(birth.bytes)) this.#heardBirth(birth);
    else this.#pending = { birth, since: this.#options.clock() };
  }

  received(payload: Uint8Array, retained: boolean): void {
    const { link, topics, boot, clock, tellBirth } = this.#options;
    const heard = heardStatus(payload, retained);
    if (heard !== null && link.heardStatus(heard, boot)) {
      const { bytes } = wholePacket({ topic: topics.status, bytes: payload.length });
      this.#heard.add(bytes);
      if (this.#pending?.birth.bytes === bytes) this.#heardBirth(this.#pending.birth);
    } else if (!retained && this.#own.overwritten(heard, clock())) tellBirth();
  }

  /** To be called now and then. */
  check(): void {
    const { link, clock, patienceMs, subscriptions, topics } = this.#options;
    // a broker of MQTT 5 says what it refuses: who hears nothing there may not read
    if (this.#pending === null || link.protocol === '5' || !subscriptions.isGranted(topics.status)) return;
    if (clock() - this.#pending.since < patienceMs) return;
    const { birth } = this.#pending;
    this.#pending = null;
    const again = this.#limit.unheard(birth);
    if (this.complaint !== null && again) this.#options.log.warn(`MQTT: ${this.complaint}`);
    this.#after(again);
  }

  #heardBirth(birth: ToldBirth): void {
    this.#pending = null;
    this.#after(this.#limit.heard(birth));
  }

  #after(again: boolean): void {
    const { found } = this.#limit;
    if (found !== null && again) {
      this.#foundAt = this.#options.clock();
      this.#options.log.warn(
        found,
        `MQTT: the broker acknowledges messages of ${found.swallowed} bytes and throws them away: raise its limit (message_size_limit)`,
      );
      this.#options.foundLimit(found);
    }
    if (again) this.#options.tellBirth();
  }
}
