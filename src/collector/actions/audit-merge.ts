import type { AuditEntry } from './audit-chain.js';

/** Where entries come from: a file, or a collector. */
export interface AuditSource {
  /** All of it, by number, from its beginning anew each time. */
  read(): AsyncIterable<AuditEntry>;
}

interface Cursor {
  readonly rest: AsyncIterator<AuditEntry>;
  entry: AuditEntry;
}

/**
 * Entries of all sources by number, those that are in several of them several times. A source is open from its first entry to its last, with
 * one entry of it held: files that follow one another are read one after the other.
 *
 * @throws as the sources do
 */
export async function* mergedAudit(sources: readonly AuditSource[]): AsyncGenerator<AuditEntry> {
  const waiting = await inOrder(sources);
  const open = new Set<Cursor>();
  try {
    for (let begun = 0; ; ) {
      let least = leastOf(open);
      for (; begun < waiting.length && waiting[begun]!.n <= (least?.entry.n ?? Infinity); begun += 1) {
        const cursor = await begin(waiting[begun]!.source);
        if (cursor !== null) open.add(cursor);
        least = leastOf(open);
      }
      if (least === null) return;
      yield least.entry;
      const next = await least.rest.next();
      if (next.done === true) open.delete(least);
      else least.entry = next.value;
    }
  } finally {
    for (const { rest } of open) await rest.return?.();
  }
}

/** Those that have entries, by the number of their first one. */
async function inOrder(
  sources: readonly AuditSource[],
): Promise<{ readonly n: number; readonly source: AuditSource }[]> {
  const found = [];
  for (const source of sources) {
    const cursor = await begin(source);
    if (cursor === null) continue;
    await cursor.rest.return?.();
    found.push({ n: cursor.entry.n, source });
  }
  return found.sort((a, b) => a.n - b.n);
}

async function begin(source: AuditSource): Promise<Cursor | null> {
  const rest = source.read()[Symbol.asyncIterator]();
  const first = await rest.next();
  return first.done === true ? null : { rest, entry: first.value };
}

function leastOf(open: ReadonlySet<Cursor>): Cursor | null {
  let least: Cursor | null = null;
  for (const cursor of open) if (least === null || cursor.entry.n < least.entry.n) least = cursor;
  return least;
}
