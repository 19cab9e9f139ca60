import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { databasesOf, findingOfTenant } from '../../stores.js';
import { printedBy } from './printed-by.js';
import type { PrintedTimes } from './timed-queries-process.js';
import { doWithin } from './within.js';

const PROGRAM = fileURLToPath(new URL('./timed-queries-process.js', import.meta.url));
const MIB = 2 ** 20;
/** ms for which a query holds up the thread that answers frames before somebody should know. */
const SLOW_MS = 100;
/** The same of queries that had not ended when they were given up. */
const GIVEN_UP_MS = 2000;
/** The program keeps its log at a quarter of this: more says that it cannot bring it into the database. */
const LARGE_LOG = 64 * MIB;
/** From here on, and where most of the file is free, it is worth the while to make it smaller. */
const LARGE_FREE = 64 * MIB;
const MOSTLY_FREE = 0.5;

/**
 * How long the databases take for what the program asks them while it runs, and where they are slow, why: an index that is not
 * there, a log that grows, a file that is mostly empty.
 *
 * @param patienceMs after which those that did not answer are let be
 */
export const queriesCheck = (patienceMs = 5000): Check => ({
  ground: 'storage',
  name: 'queries',
  deadlineMs: patienceMs + 1500,
  async run({ config, configFile }, signal) {
    const databases = databasesOf(config.store.dir);
    const files = [...databases.keys()];
    if (files.length === 0) return [];
    const printed = await doWithin(patienceMs, signal, (enough) => printedBy<PrintedTimes>(PROGRAM, files, enough));
    const suffix = configFile === null ? '' : ` --config ${configFile}`;
    const last = [...new Map(printed.map((times) => [times.file, times])).values()];
    const findings = last.flatMap((times) => {
      const tenant = databases.get(times.file) ?? null;
      const flags = `${tenant === null ? '' : ` --tenant ${tenant}`}${suffix}`;
      return judgeQueries(times, Date.now(), flags).map((finding) => findingOfTenant(finding, tenant));
    });
    if (findings.length > 0) return findings;
    const answered = last.filter(({ unreadable }) => unreadable === null);
    if (answered.length === 0) return [];
    const slowest = Math.max(0, ...answered.map((times) => times.slowest?.ms ?? 0));
    return [found('fine', 'queries-fine', { count: answered.length, ms: Math.round(slowest * 10) / 10 })];
  },
});

/**
 * What there is to be said of the queries of one database; pure. Why one cannot be read is told by the look at it as a whole.
 *
 * @param now Unix ms at which those that are still asked were given up
 * @param config ` --tenant ID --config FILE`, as it stands behind our commands; empty where it is the device's own and there is no file
 */
export function judgeQueries(times: PrintedTimes, now: number, config: string): Finding[] {
  const { file, slowest, bytes, logBytes, freeBytes, lost, unreadable, isAsked, begunAt } = times;
  if (unreadable !== null) return [];
  const name = basename(file);
  const ms = Math.round(isAsked ? (slowest?.ms ?? 0) : now - begunAt);
  const values = { file, ms, config };
  const [index] = lost;
  if (index !== undefined) {
    return [
      found('degraded', 'queries-without-index', { ...values, index: lost.map((one) => one.name).join(', ') }, name),
    ];
  }
  if (logBytes > LARGE_LOG)
    return [found('degraded', 'queries-large-log', { ...values, log: mebibytes(logBytes) }, name)];
  const isMostlyFree = freeBytes > bytes * MOSTLY_FREE;
  if (isMostlyFree && (freeBytes > LARGE_FREE || ms > SLOW_MS)) {
    const sizes = { free: mebibytes(freeBytes), all: mebibytes(bytes) };
    return [found('degraded', 'queries-mostly-free', { ...values, ...sizes }, name)];
  }
  // one that is given up waited for its turn too, where the machine is busy
  if (ms <= (isAsked ? SLOW_MS : GIVEN_UP_MS)) return [];
  return [found('degraded', 'queries-slow', { ...values, query: slowest?.query ?? name }, name)];
}

const mebibytes = (count: number): number => Math.round(count / MIB);
