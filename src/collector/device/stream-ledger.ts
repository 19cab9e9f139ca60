import type { FleetMessage } from '../inbound/inspection.js';
import { StreamCheck, type ToldDrop } from '../numbers/stream-check.js';
import { type FleetStream, type ReportedStreams, STREAMS_AT_HAND } from '../store/fleet-store.js';

interface KeptStream {
  readonly check: StreamCheck;
  heardAt: number;
  /** Nothing was heard of it as it was sent. */
  isNew: boolean;
}

/** Streams of a report that are remembered; a device numbers in one, and has something left of a few. */
const MOST_REPORTED = 64;

/** The streams of a device that are at hand: which numbers came in each, and what the device told of them. */
export class StreamLedger {
  /** The one that was used last comes last. */
  readonly #streams = new Map<string, KeptStream>();
  readonly #changed = new Set<string>();
  #hasForgotten = false;

  /** Whether one that was at hand is not any more. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** @param kept as the store has it; null: it is a new one */
  know(stream: string, kept: FleetStream | null): void {
    if (this.#streams.has(stream)) return;
    const check = new StreamCheck(false, kept?.state ?? null);
    this.#streams.set(stream, { check, heardAt: kept?.heardAt ?? 0, isNew: kept === null });
  }

  /** Takes the number of a message. @returns false where it came before */
  take({ body, name, subject, retained, receivedAt }: FleetMessage, reported: ReportedStreams | null): boolean {
    const of = body.stream!;
    const stream = this.#streams.get(of)!;
    this.#touch(of, stream);
    const topic = name.startsWith('report-') ? `report/${subject}` : name;
    if (!stream.check.take({ n: body.n!, historical: body.historical === true, topic, retained })) return false;
    if (!retained) expect(stream, of, body.ts, reported);
    stream.heardAt = Math.max(stream.heardAt, receivedAt);
    this.#changed.add(of);
    return true;
  }

  /** The device tells how far its streams are. @returns what it told of, where that is news */
  told({ body, retained, receivedAt }: FleetMessage, reported: ReportedStreams | null): ReportedStreams | null {
    const of = (name: string): KeptStream => {
      const stream = this.#streams.get(name)!;
      stream.heardAt = Math.max(stream.heardAt, receivedAt);
      this.#changed.add(name);
      return stream;
    };
    const told = streamsIn(body);
    for (const { stream: name, low, next, ended } of told) {
      const stream = of(name);
      // one that has ended may be older: that of a file that was copied
      if (!retained && ended === undefined) expect(stream, name, body.ts, reported);
      stream.check.state({ low, next, ...(ended !== undefined && { ended }) }, retained);
    }
    for (const { stream, ...drop } of dropsIn(body)) of(stream).check.dropped(drop);
    if (retained || body.historical === true) return reported;
    const names = told.map(({ stream }) => stream);
    return names.length > MOST_REPORTED ? null : { ts: body.ts, streams: names };
  }

  /** What is to be written since it was asked last. */
  changes(device: number): (FleetStream & { readonly device: number })[] {
    const changes: (FleetStream & { readonly device: number })[] = [];
    for (const stream of this.#changed) {
      const { check, heardAt } = this.#streams.get(stream)!;
      changes.push({ device, stream, state: check.kept(), verdict: check.verdict(), heardAt });
    }
    this.#changed.clear();
    for (const name of this.#streams.keys()) {
      if (this.#streams.size <= STREAMS_AT_HAND) break;
      this.#streams.delete(name);
      this.#hasForgotten = true;
    }
    return changes;
  }

  #touch(name: string, stream: KeptStream): void {
    if (this.#streams.size === 1) return;
    this.#streams.delete(name);
    this.#streams.set(name, stream);
  }
}

/** Streams that a message says something of. */
export function streamsNamedIn({ name, body }: FleetMessage): readonly string[] {
  if (name !== 'report-delivery') return body.stream === undefined ? NONE : [body.stream];
  const told = [...streamsIn(body), ...dropsIn(body)].map(({ stream }) => stream);
  return [...new Set(body.stream === undefined ? told : [body.stream, ...told])];
}

const NONE: readonly string[] = [];

/** Whether a stream that is new began after the device told of all it had: then its first number was to be heard too. */
function expect(stream: KeptStream, name: string, ts: number, reported: ReportedStreams | null): void {
  if (stream.isNew && reported !== null && ts > reported.ts && !reported.streams.includes(name))
    stream.check.expectFromStart();
  stream.isNew = false;
}

type Body = FleetMessage['body'];

interface ToldStream {
  readonly stream: string;
  readonly low: number;
  readonly next: number;
  readonly ended?: string;
}

const streamsIn = (body: Body): readonly ToldStream[] => body['streams'] as ToldStream[];
const dropsIn = (body: Body): readonly (ToldDrop & { readonly stream: string })[] =>
  body['dropped'] as (ToldDrop & { readonly stream: string })[];
