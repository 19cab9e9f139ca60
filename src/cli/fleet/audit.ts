import { readFileSync } from 'node:fs';
import { auditLine } from '../../collector/actions/audit-archive.js';
import type { AuditEntry } from '../../collector/actions/audit-chain.js';
import type { AuditSource } from '../../collector/actions/audit-merge.js';
import { auditVerdict } from '../../collector/actions/audit-verdict.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import { writeWhole } from '../../foundation/private-files.js';
import { type CommandKey, parsePublicKey } from '../../telemetry/commands/keys.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson, printTable } from '../print.js';
import { auditFile, collectorAudit, newestAudit } from './audit-sources.js';
import { CollectorClient, type CollectorFlags } from './collector-client.js';

/** Characters. */
const WRITTEN_TOGETHER = 65_536;

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

/**
 * `edge-optimizer fleet audit`: the whole chain is checked, with what is in files before it, and the newest entries are shown. One entry
 * after the other is read: of a chain of any length only what is shown is held.
 *
 * @returns 1 where it was changed
 * @throws EdgeError E_OUTPUT where nobody answers, or a file cannot be read or written
 */
export async function showAudit({ limit, verify = [], key, export: to, ...flags }: AuditFlags): Promise<number> {
  const publicKey = key === undefined ? null : keyIn(key);
  const files = verify.map(auditFile);
  // a wrong file is told before anything is written or asked
  for (const file of files) for await (const _ of file.read()) break;
  const client = new CollectorClient(flags);
  const own = collectorAudit(client);
  if (to !== undefined) await exported(to, own);
  const { broken, from, through } = await auditVerdict([...files, to === undefined ? own : auditFile(to)], publicKey);
  if (flags.json)
    for await (const { detail, ...entry } of newestAudit(client, limit))
      printJson({ ...entry, detail: JSON.parse(detail) });
  else {
    const newest: AuditEntry[] = [];
    for await (const entry of newestAudit(client, limit)) newest.push(entry);
    showEntries(newest);
  }
  if (broken === null && verify.length > 0 && !flags.json) print(`whole from entry ${from} to ${through}`);
  if (broken !== null) process.stderr.write(`the audit is not whole: ${broken}\n`);
  return broken === null ? 0 : FAILED;
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

async function exported(file: string, source: AuditSource): Promise<void> {
  await writeWhole(file, linesOf(source)).catch((cause: unknown) => {
    if (cause instanceof EdgeError) throw cause;
    throw new EdgeError('E_OUTPUT', `--export: ${file} cannot be written: ${explain(cause)}`, { cause });
  });
}

async function* linesOf(source: AuditSource): AsyncGenerator<string> {
  let lines = '';
  for await (const entry of source.read()) {
    lines += `${auditLine(entry)}\n`;
    if (lines.length < WRITTEN_TOGETHER) continue;
    yield lines;
    lines = '';
  }
  yield lines;
}

function keyIn(file: string): CommandKey {
  try {
    return parsePublicKey(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `--key: expected the file of a public key, ${file}: ${explain(cause)}`, { cause });
  }
}
