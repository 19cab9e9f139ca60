import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Scope } from '../foundation/scope.js';
import { z } from '../foundation/validate.js';
import { MAX_TAG_LENGTH } from './tags.js';

/** Carries messages between the devices of a site as JSON texts; MQTT, for one. */
export interface InvalidationTransport {
  /** May add keys; may throw or do nothing while there is no connection. */
  publish(message: InvalidationMessage): void;
  /** Gives what ends the subscription. What is heard is checked here. */
  subscribe(listener: (message: string) => void): () => void;
}

/** Tags of one message. */
export const MAX_TAGS_PER_MESSAGE = 100;
const MAX_MESSAGE_LENGTH = 64 * 1024;

// keys that are not known are ignored: the transport adds some, later versions may
const messageSchema = z.object({
  version: z.literal(1),
  device: z.string().min(1).max(200),
  // absent where a device serves one tenant only
  tenant: z.string().min(1).max(200).optional(),
  tags: z.array(z.string().min(1).max(MAX_TAG_LENGTH)).min(1).max(MAX_TAGS_PER_MESSAGE),
});

/** Which tags were invalidated on which device. */
export type InvalidationMessage = z.infer<typeof messageSchema>;

export interface SharedInvalidationStats {
  readonly sent: number;
  /** Messages that the transport refused. */
  readonly unsent: number;
  readonly received: number;
  /** Messages that were none: too long, not JSON, not of this form. */
  readonly refused: number;
}

/**
 * Tells the other devices of the scope's site and tenant which tags were invalidated here, and hears theirs. Only names of tags travel, each device
 * compares them with its own clock, so the devices' clocks need not agree. Delivery is the transport's: what is sent
 * while a device is offline reaches it only if the transport keeps it.
 */
export class SharedInvalidation {
  readonly #transport: InvalidationTransport;
  readonly #scope: Scope;
  readonly #onTags: (tags: readonly string[]) => void;
  readonly #log: Log;
  readonly #counts = { sent: 0, unsent: 0, received: 0, refused: 0 };
  #end: (() => void) | null = null;

  constructor(transport: InvalidationTransport, scope: Scope, onTags: (tags: readonly string[]) => void, log: Log) {
    this.#transport = transport;
    this.#scope = scope;
    this.#onTags = onTags;
    this.#log = log;
  }

  start(): void {
    this.#end ??= this.#transport.subscribe((message) => this.#hear(message));
  }

  stop(): void {
    this.#end?.();
    this.#end = null;
  }

  publish(tags: readonly string[]): void {
    const { device, tenant } = this.#scope;
    const from = tenant === null ? { device } : { device, tenant };
    for (let at = 0; at < tags.length; at += MAX_TAGS_PER_MESSAGE) {
      this.#send({ version: 1, ...from, tags: tags.slice(at, at + MAX_TAGS_PER_MESSAGE) });
    }
  }

  stats(): SharedInvalidationStats {
    return { ...this.#counts };
  }

  #send(message: InvalidationMessage): void {
    try {
      this.#transport.publish(message);
      this.#counts.sent++;
    } catch (error) {
      this.#counts.unsent++;
      this.#log.warn({ error: explain(error) }, 'an invalidation did not reach the other devices');
    }
  }

  #hear(text: string): void {
    const message = parse(text);
    if (!message) {
      this.#counts.refused++;
      return;
    }
    const isOurs = (message.tenant ?? null) === this.#scope.tenant;
    if (!isOurs || message.device === this.#scope.device) return;
    this.#counts.received++;
    this.#onTags(message.tags);
  }
}

function parse(text: string): InvalidationMessage | null {
  if (text.length > MAX_MESSAGE_LENGTH) return null;
  try {
    return messageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
