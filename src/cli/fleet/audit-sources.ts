import { createReadStream } from 'node:fs';
import { auditEntryIn } from '../../collector/actions/audit-archive.js';
import type { AuditEntry } from '../../collector/actions/audit-chain.js';
import type { AuditSource } from '../../collector/actions/audit-merge.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import type { CollectorClient } from './collector-client.js';

/** Entries that are asked for at once. */
const PAGE = 1000;
/** Characters: an entry with as many labels as can be given at once has a third of it. */
const LONGEST_LINE = 16_777_216;
const WHICH = 'name files that `collect --audit-archive` or `fleet audit --export` wrote';

/** A file of `--verify`. Reading throws EdgeError E_OUTPUT: it cannot be read, or is no file of an audit. */
export const auditFile = (file: string): AuditSource => ({ read: () => entriesIn(file) });

/**
 * What a collector has. Reading throws EdgeError E_OUTPUT: nobody answers, or what was to be read next went into a file in between.
 */
export const collectorAudit = (client: Pick<CollectorClient, 'get'>): AuditSource => ({
  read: () => entriesAt(client),
});

/** Newest first. @param limit of a collector's newest @throws as `CollectorClient` */
export async function* newestAudit(client: Pick<CollectorClient, 'get'>, limit: number): AsyncGenerator<AuditEntry> {
  let before = Number.MAX_SAFE_INTEGER;
  for (let left = limit; left > 0; ) {
    const page = await pageOf(client, `before=${before}`, Math.min(left, PAGE));
    if (page.length === 0) return;
    yield* page;
    left -= page.length;
    before = page.at(-1)!.n;
  }
}

async function* entriesIn(file: string): AsyncGenerator<AuditEntry> {
  let number = 0;
  let last = 0;
  for await (const line of linesIn(file)) {
    number += 1;
    if (line === '') continue;
    const entry = auditEntryIn(line, `${file}: line ${number}`, WHICH);
    if (entry.n < last)
      throw new EdgeError(
        'E_OUTPUT',
        `${file}: line ${number} has entry ${entry.n} behind entry ${last}, where the oldest is to be first: ${WHICH}, each by a --verify of its own`,
      );
    last = entry.n;
    yield entry;
  }
}

async function* linesIn(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const text of textOf(file)) {
    const [begun = '', ...more] = text.split('\n');
    rest += begun;
    if (rest.length > LONGEST_LINE)
      throw new EdgeError('E_OUTPUT', `${file}: a line is too long for an entry of an audit: ${WHICH}`);
    if (more.length === 0) continue;
    yield rest;
    rest = more.pop()!;
    yield* more;
  }
  if (rest !== '') yield rest;
}

async function* textOf(file: string): AsyncGenerator<string> {
  try {
    for await (const text of createReadStream(file, 'utf8')) yield text as string;
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `--verify: ${file} cannot be read: ${explain(cause)}; ${WHICH}`, { cause });
  }
}

async function* entriesAt(client: Pick<CollectorClient, 'get'>): AsyncGenerator<AuditEntry> {
  let after = 0;
  // where it begins is asked more often than what follows
  for (let limit = 1; ; limit = PAGE) {
    const page = await pageOf(client, `after=${after}`, limit);
    if (after > 0 && (page[0]?.n ?? 0) > after + 1) await refuseMoved(client, after);
    yield* page;
    if (page.length < limit) return;
    after = page.at(-1)!.n;
  }
}

/** A gap is none of the chain where the collector begins behind it now. */
async function refuseMoved(client: Pick<CollectorClient, 'get'>, after: number): Promise<void> {
  const [oldest] = await pageOf(client, 'after=0', 1);
  if (oldest !== undefined && oldest.n > after)
    throw new EdgeError(
      'E_OUTPUT',
      `the collector put entries up to ${oldest.n - 1} into a file while they were read: run the command again`,
    );
}

async function pageOf(client: Pick<CollectorClient, 'get'>, which: string, limit: number): Promise<AuditEntry[]> {
  const { entries } = (await client.get(`/audit?limit=${limit}&${which}`)) as {
    entries: (Omit<AuditEntry, 'detail'> & { readonly detail: unknown })[];
  };
  // what the hash is over is the text as it was first written, which this is again
  return entries.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) }));
}
