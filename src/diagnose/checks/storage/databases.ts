import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesIn } from '../../../board/kernel-files.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { KNOWN_SCHEMAS } from '../../known-schemas.js';
import { databasesOf, findingOfTenant, foldersOf } from '../../stores.js';
import { printedBy } from './printed-by.js';
import type { PrintedLook } from './quick-look-process.js';
import { doWithin } from './within.js';
import { probeWrite } from './write-probe.js';

const PROGRAM = fileURLToPath(new URL('./quick-look-process.js', import.meta.url));
/** A problem in full may be a page of text. */
const LONGEST_PROBLEM = 120;

/**
 * Whether the databases are whole, also beside the program that writes them, and of a version that this program knows.
 *
 * @param patienceMs after which those that were not read to their end are let be
 */
export const databasesCheck = (patienceMs = 6000): Check => ({
  ground: 'storage',
  name: 'databases',
  deadlineMs: patienceMs + 1500,
  async run({ config }, signal) {
    const folder = config.store.dir;
    const owners = databasesOf(folder);
    // the small ones first: a large cache takes longest, and is the least loss
    const databases = [...owners.keys()].sort((a, b) => bytesOf(a) - bytesOf(b));
    const looks = await doWithin(patienceMs, signal, (enough) => looksAt(databases, enough));
    const judged = databases.flatMap((file) => {
      const finding = judgeDatabase(file, looks.get(file) ?? null);
      return finding === null ? [] : [findingOfTenant(finding, owners.get(file) ?? null)];
    });
    const findings = [...(await ofOneCause(judged, folder)), ...setAsideIn(folder)];
    if (findings.length > 0 || databases.length === 0) return findings;
    return [found('fine', 'databases-fine', { count: databases.length, folder })];
  },
});

/** What there is to be said of one database; null where it is fine. @param look null where it was not read to its end; pure */
function judgeDatabase(file: string, look: PrintedLook | null): Finding | null {
  const name = basename(file);
  if (look === null) return found('unknown', 'database-not-read', { file }, name);
  if (look.unreadable !== null) {
    return found('unknown', 'database-unreadable', { file, reason: shortened(look.unreadable) }, name);
  }
  const [problem] = look.problems;
  if (problem !== undefined) return found('degraded', 'database-damaged', { file, problem: shortened(problem) }, name);
  const known = KNOWN_SCHEMAS[name];
  if (known === undefined || look.schema === null || look.schema <= known) return null;
  return found('degraded', 'database-too-new', { file, schema: look.schema, known }, name);
}

/** SQLite makes files beside a database to read it: where nothing can be written that is why, and told once for all. */
async function ofOneCause(findings: Finding[], folder: string): Promise<Finding[]> {
  const others = findings.filter(({ code }) => code !== 'database-unreadable');
  const count = findings.length - others.length;
  if (count === 0 || (await probeWrite(folder)) !== 'EROFS') return findings;
  return [...others, found('unknown', 'databases-read-only', { count, folder })];
}

/** Those that were read until the signal. */
async function looksAt(files: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, PrintedLook>> {
  const looks = await printedBy<PrintedLook>(PROGRAM, files, signal);
  return new Map(looks.map((look) => [look.file, look]));
}

/** Damaged ones that the program has put away, of the device and of its tenants. */
function setAsideIn(store: string): Finding[] {
  return foldersOf(store).flatMap(({ folder, tenant }) =>
    namesIn(folder)
      .filter((name) => /\.corrupt-[^/]*$/.test(name) && !/-(wal|shm)$/.test(name))
      .sort()
      .map((name) =>
        findingOfTenant(found('degraded', 'database-set-aside', { file: join(folder, name) }, name), tenant),
      ),
  );
}

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_PROBLEM ? `${line.slice(0, LONGEST_PROBLEM)} …` : line;
}
