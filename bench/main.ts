import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { machine } from './machine.js';
import type { BenchReport } from './report.js';
import { comparisonTable, goalLines, table } from './table.js';

type Run = (args: string[]) => Promise<BenchReport>;

const BENCHMARKS: Readonly<Record<string, { about: string; load: () => Promise<{ run: Run }> }>> = {
  pipeline: {
    about: 'frames in memory to results, against a bare loop of session.run',
    load: () => import('./pipeline.js'),
  },
  peers: {
    about: 'one clip, one model: against a naive script, transformers.js and OpenCV',
    load: () => import('./peers.js'),
  },
  cache: {
    about: 'memory, disk and stampedes, against bentocache and cacheable',
    load: () => import('./cache.js'),
  },
  kpi: {
    about: 'answering without inference: what it saves and costs, against a naive script',
    load: () => import('./kpi.js'),
  },
  models: {
    about: "quantized, fused and pruned variants: speed and accuracy, against ONNX Runtime's quantizer",
    load: () => import('./models.js'),
  },
  profile: {
    about: 'the search of profile against measuring everything; start-up with compiled models',
    load: () => import('./profile.js'),
  },
  simulator: { about: 'recall, precision and cost of the simulated camera', load: () => import('./simulator.js') },
};

const USAGE = `npm run -s bench -- NAME [options]

${Object.entries(BENCHMARKS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  --compare FILE   show the change against an earlier result (bench/results/NAME.json)
  --help           this text; NAME --help for a benchmark's own options

A table and the goals go to stderr, one line of JSON to stdout; bench/results/NAME.json keeps it.
`;

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const benchmark = name === undefined ? undefined : BENCHMARKS[name];
  if (name === undefined || benchmark === undefined) {
    process.stderr.write(
      name === undefined || name === '--help' ? USAGE : `no benchmark is called ${name}\n\n${USAGE}`,
    );
    return name === '--help' ? 0 : 2;
  }
  const compare = takeOption(rest, '--compare');
  const earlier = compare === null ? null : readReport(compare);
  const report = await (await benchmark.load()).run(rest);
  const result = { ...report, machine: machine(), at: new Date().toISOString() };
  print(report, earlier);
  const folder = join(PROJECT_ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return 0;
}

function print(report: BenchReport, earlier: BenchReport | null): void {
  const paragraphs = [table(report.rows)];
  if (earlier) paragraphs.push(`against the earlier run:\n${comparisonTable(report.rows, earlier.rows)}`);
  if (report.notes?.length) paragraphs.push(report.notes.join('\n'));
  paragraphs.push(goalLines(report.goals));
  process.stderr.write(`\n${paragraphs.join('\n\n')}\n\n`);
}

function readReport(file: string): BenchReport {
  return JSON.parse(readFileSync(file, 'utf8')) as BenchReport;
}

/** Removes `--name VALUE` from the arguments and gives the value. */
function takeOption(args: string[], name: string): string | null {
  const at = args.indexOf(name);
  if (at < 0) return null;
  const [, value] = args.splice(at, 2);
  if (value === undefined) throw new Error(`${name} needs a value`);
  return value;
}

process.exitCode = await main(process.argv.slice(2));
