import { readFileSync } from 'node:fs';
import { auditEntriesIn, auditLines } from '../../collector/actions/audit-archive.js';
import type { AuditEntry } from '../../collector/actions/audit-chain.js';
import { auditVerdict } from '../../collector/actions/audit-verdict.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import { writeWhole } from '../../foundation/private-files.js';
import { type CommandKey, parsePublicKey } from '../../telemetry/commands/keys.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson, printTable } from '../print.js';
import { CollectorClient, type CollectorFlags } from './collector-client.js';

export interface AuditFlags extends CollectorFlags {
  /** Entries that are shown. */
  readonly limit: number;
  /** Files with what was put away or exported before. */
  readonly verify?: readonly string[];
  /** Public key that must have signed what says so. */
  readonly key?: string;
  /** Where all of it is written. */
  readonly export?: string;
}

type ShownEntry = Omit<AuditEntry, 'detail'> & { readonly detail: unknown };

/**
 * `edge-optimizer fleet audit`: the whole chain is checked, with what is in files before it, and the newest entries are shown.
 *
 * @returns 1 where it was changed
 * @throws EdgeError E_OUTPUT where nobody answers, or a file cannot be read or written
 */
export async function showAudit({ limit, verify = [], key, export: to, ...flags }: AuditFlags): Promise<number> {
  const publicKey = key === undefined ? null : keyIn(key);
  const kept = verify.flatMap((file) => auditEntriesIn(textIn(file), file));
  const own = await auditOf(new CollectorClient(flags));
  if (to !== undefined) await exported(to, own);
  const { broken, from, through } = auditVerdict([...kept, ...own], publicKey);
  const newest = own.slice(-limit).reverse();
  if (flags.json) for (const { detail, ...entry } of newest) printJson({ ...entry, detail: JSON.parse(detail) });
  else showEntries(newest);
  if (broken === null && verify.length > 0 && !flags.json) print(`whole from entry ${from} to ${through}`);
  if (broken !== null) process.stderr.write(`the audit is not whole: ${broken}\n`);
  return broken === null ? 0 : FAILED;
}

/** All that the collector has, oldest first. */
async function auditOf(client: CollectorClient): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const { entries } = (await client.get(`/audit?limit=1000&before=${before}`)) as { entries: ShownEntry[] };
    // what the hash is over is the text as it was first written, which this is again
    for (const entry of entries) found.push({ ...entry, detail: JSON.stringify(entry.detail) });
    const last = entries.at(-1);
    if (last === undefined || last.n === 1) return found.reverse();
    before = last.n;
  }
}

function showEntries(entries: readonly AuditEntry[]): void {
  printTable(
    ['n', 'at', 'by', 'what', 'action', 'detail'],
    entries.map(({ n, at, by, what, action, detail }) => [
      `${n}`,
      new Date(at).toISOString().slice(0, 19),
      by,
      what,
      action ?? '',
      oneLine(detail).slice(0, 200),
    ]),
  );
}

async function exported(file: string, entries: readonly AuditEntry[]): Promise<void> {
  await writeWhole(file, auditLines(entries)).catch((cause: unknown) => {
    throw new EdgeError('E_OUTPUT', `--export: ${file} cannot be written: ${explain(cause)}`, { cause });
  });
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `--verify: ${file} cannot be read: ${explain(cause)}`, { cause });
  }
}

function keyIn(file: string): CommandKey {
  try {
    return parsePublicKey(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `--key: expected the file of a public key, ${file}: ${explain(cause)}`, { cause });
  }
}
