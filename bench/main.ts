import { rmSync } from 'node:fs';
import { EdgeError, explain } from '../src/foundation/errors.js';
import { BENCHMARKS, type Benchmark } from './benchmarks.js';
import { comparison } from './harness/comparison.js';
import { OptionError, takeFlag, takeOption } from './harness/options.js';
import { partialBecauseOf, publish } from './harness/publish.js';
import {
  PLAIN,
  PUBLISHED,
  type RunRecord,
  readRecord,
  recordFile,
  recordOf,
  runningFolder,
  UnreadableRecord,
  writeRun,
} from './harness/record.js';
import type { BenchReport } from './harness/report.js';
import { comparisonTable, goalLines, tablesOf } from './harness/table.js';

const USAGE = `npm run -s bench -- NAME [options]

${Object.entries(BENCHMARKS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  --compare FILE   show the change against the result in a file, beside the run's own table
  --publish        put the run in place of the published figures, bench/results/NAME.json and its charts; refused where
                   options make it a part of the whole, or where rows would be lost
  --help           this text; NAME --help for a benchmark's own options

npm run -s bench -- compare [NAME]   the last run of each benchmark (or of one) beside the published figures; no measuring

A table and the goals go to stderr, one line of JSON to stdout. A run is kept in .cache/bench/NAME.json, with its
arguments, date, commit, versions and machine.
`;

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'list') {
    process.stderr.write(USAGE);
    return name === undefined ? 2 : 0;
  }
  if (name === 'compare') return compare(rest);
  const benchmark = BENCHMARKS[name];
  if (!benchmark) throw new OptionError(`no benchmark is called ${name}\n\n${USAGE}`);
  return measure(name, benchmark, rest);
}

async function measure(name: string, benchmark: Benchmark, args: string[]): Promise<number> {
  const compareWith = takeOption(args, '--compare');
  const earlier = compareWith === null ? null : readRecord(compareWith);
  if (compareWith !== null && !earlier) throw new OptionError(`--compare: there is no ${compareWith}`);
  const publishing = takeFlag(args, '--publish');
  const partial = publishing ? partialBecauseOf(benchmark, args) : [];
  if (partial.length > 0) {
    throw new OptionError(`--publish: a run with ${partial.join(', ')} is not the one that is published; leave it out`);
  }
  const record = await kept(name, benchmark, args, earlier);
  process.stdout.write(`${JSON.stringify(record)}\n`);
  return publishing ? publishOrRefuse(record) : 0;
}

/** Runs a benchmark, shows what came of it, and keeps that in place of the run before. */
async function kept(
  name: string,
  benchmark: Benchmark,
  args: readonly string[],
  earlier: RunRecord | null,
): Promise<RunRecord> {
  const { run } = await benchmark.load();
  const folder = runningFolder(PLAIN, name);
  try {
    const record = recordOf(await run([...args], folder), args);
    print(record, earlier);
    writeRun(PLAIN, record, folder);
    return record;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function publishOrRefuse(record: RunRecord): number {
  const missing = publish(record, PLAIN, PUBLISHED);
  if (missing.length === 0) return 0;
  const file = recordFile(PUBLISHED, record.name);
  process.stderr.write(
    `not published: the run has no figures for ${missing.join('; ')}. Mend what failed, or delete ${file} first if these are meant to go\n`,
  );
  return 1;
}

/** Shows the last runs beside the published figures: a report, not a gate. */
function compare(args: readonly string[]): number {
  const unknown = args.find((name) => !BENCHMARKS[name]);
  if (unknown !== undefined) {
    throw new OptionError(`compare: expected some of ${Object.keys(BENCHMARKS).join(', ')}, got ${unknown}`);
  }
  const names = args.length > 0 ? args : Object.keys(BENCHMARKS);
  const reports = names.map((name) => {
    const [run, published] = [PLAIN, PUBLISHED].map((folder) => readRecord(recordFile(folder, name)));
    if (!run) return `${name}: has not been run here yet`;
    return published ? comparison(run, published) : `${name}: nothing is published to compare the run with`;
  });
  process.stdout.write(`${reports.join('\n\n')}\n`);
  return 0;
}

function print(report: BenchReport, earlier: BenchReport | null): void {
  const paragraphs = [tablesOf(report)];
  if (earlier) paragraphs.push(`against the earlier run:\n${comparisonTable(report.rows, earlier.rows)}`);
  if (report.notes?.length) paragraphs.push(report.notes.join('\n'));
  paragraphs.push(goalLines(report.goals));
  process.stderr.write(`\n${paragraphs.join('\n\n')}\n\n`);
}

/** What a person can mend is told in a sentence; anything else with where it happened. */
function tell(error: unknown): number {
  const aboutOptions =
    error instanceof OptionError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  const plain = aboutOptions || error instanceof UnreadableRecord || error instanceof EdgeError;
  process.stderr.write(`${plain ? explain(error) : ((error as Error).stack ?? explain(error))}\n`);
  return aboutOptions ? 2 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(tell);
