import { StreamCheck, type StreamVerdict, type ToldDrop } from '../../src/collector/numbers/stream-check.js';

/** What this receiver found of one stream of one device. */
export interface DeviceVerdict extends StreamVerdict {
  /** `<site>/<device>`. */
  readonly device: string;
  readonly stream: string;
  /** Given up, by kind and cause. */
  readonly dropped: Readonly<Record<string, number>>;
}

interface Stream {
  readonly check: StreamCheck;
  readonly dropped: Record<string, number>;
}

interface DeliveryReport {
  readonly streams: readonly {
    readonly stream: string;
    readonly low: number;
    readonly next: number;
    readonly ended?: string;
  }[];
  readonly dropped: readonly (ToldDrop & { readonly stream: string })[];
}

const TOPIC = /^edge\/v1\/([^/]+)\/([^/]+)\/(.+)$/;

/** Checks what many devices send: each numbered message once, in order, or told as given up. */
export class DeviceCheck {
  readonly #streams = new Map<string, Map<string, Stream>>();
  readonly #fromStart: boolean;

  /** @param fromStart whether everything that the devices ever sent is heard */
  constructor(fromStart = false) {
    this.#fromStart = fromStart;
  }

  /**
   * @param retained whether the broker had kept it for whoever subscribes
   * @returns what is to be done with the message: `new`, `double` (to be dropped), or `unnumbered`: status, live metrics, alerts
   *   that hold, answers to commands, and whatever is no message of a device
   */
  take(topic: string, payload: string, retained = false): 'new' | 'double' | 'unnumbered' {
    const parts = TOPIC.exec(topic);
    const message = parts && parsed(payload);
    if (!parts || !message || typeof message['stream'] !== 'string' || !Number.isInteger(message['n']))
      return 'unnumbered';
    const device = `${parts[1]}/${parts[2]}`;
    const n = message['n'] as number;
    const historical = message['historical'] === true;
    const isNew = this.#stream(device, message['stream']).check.take({
      n,
      historical,
      topic: parts[3]!,
      retained,
    });
    if (isNew && parts[3] === 'report/delivery') this.#told(device, message as unknown as DeliveryReport, retained);
    return isNew ? 'new' : 'double';
  }

  verdicts(): DeviceVerdict[] {
    return [...this.#streams].flatMap(([device, streams]) =>
      [...streams].map(([stream, { check, dropped }]) => ({ device, stream, ...check.verdict(), dropped })),
    );
  }

  #told(device: string, { streams, dropped }: DeliveryReport, retained: boolean): void {
    for (const { stream, ...state } of streams) this.#stream(device, stream).check.state(state, retained);
    for (const { stream, ...drop } of dropped) {
      const known = this.#stream(device, stream);
      known.check.dropped(drop);
      const key = `${drop.kind} ${drop.cause}`;
      known.dropped[key] = (known.dropped[key] ?? 0) + drop.count;
    }
  }

  #stream(device: string, stream: string): Stream {
    let streams = this.#streams.get(device);
    if (!streams) this.#streams.set(device, (streams = new Map()));
    let found = streams.get(stream);
    if (!found) streams.set(stream, (found = { check: new StreamCheck(this.#fromStart), dropped: {} }));
    return found;
  }
}

/** Whether nothing is missing and nothing came in the wrong order. */
export const isSound = ({ lostCount, outOfOrder }: StreamVerdict): boolean => lostCount === 0 && outOfOrder === 0;

function parsed(payload: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
