import type { DurableKind, GivenUp, MessageNumber } from './outbox.js';

/** What was given up and is not told yet, in as many rows as there are streams, kinds and causes. */
export class GivenUpLedger {
  readonly #rows = new Map<string, GivenUp>();

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get rows(): readonly GivenUp[] {
    return [...this.#rows.values()];
  }

  /** A message will never be sent. */
  add({ stream, n, kind }: MessageNumber & { readonly kind: DurableKind }, cause: string): void {
    this.merge({ stream, kind, cause, from: n, to: n, count: 1 });
  }

  merge(row: GivenUp): void {
    const key = `${row.stream} ${row.kind} ${row.cause}`;
    const before = this.#rows.get(key);
    if (before === undefined) this.#rows.set(key, row);
    else {
      const { stream, kind, cause } = row;
      const from = Math.min(before.from, row.from);
      const to = Math.max(before.to, row.to);
      this.#rows.set(key, { stream, kind, cause, from, to, count: before.count + row.count });
    }
  }

  clear(): void {
    this.#rows.clear();
  }
}

/** What a delivery report told, which is untold again where the report itself is given up; empty for any other message. */
export function toldIn({ topic, body }: { readonly topic: string; readonly body: string }): readonly GivenUp[] {
  if (!topic.endsWith('/report/delivery')) return [];
  return (JSON.parse(body) as { dropped: readonly GivenUp[] }).dropped;
}
