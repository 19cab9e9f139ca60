import { diagnosed, type Told } from './diagnose/diagnosed.js';
import { FAULTS, type Fault } from './diagnose/faults.js';
import { besideService } from './diagnose/healthy.js';
import { Site } from './diagnose/site.js';
import { CountingBroker } from './harness/counting-broker.js';
import { scratchFolder } from './harness/ending.js';
import { readOptions, someOf, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- diagnose [--rounds 3] [--only FAULT,…]

Whether edge-optimizer diagnose finds what was planted, one fault at a time in a site of its own, whether it is silent where all
is well, beside a running service and without one, and how long it takes.

  --rounds N     of the healthy site, beside a running service and without (default 3)
  --only NAMES   these faults only
`;

const MOST_S = 10;

/** Planted faults found, false alarms, seconds. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, only } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 3 }),
    only: someOf(FAULTS.map(({ name }) => name)),
  });
  const faults = FAULTS.filter(({ name }) => only.includes(name));
  const scratch = scratchFolder('diagnose');
  const broker = await CountingBroker.start();
  try {
    const healthy = await besideService(new Site(scratch, broker.port), rounds);
    const planted: Planted[] = [];
    for (const fault of faults) planted.push(await plant(fault, new Site(scratch, broker.port)));
    return reportOf(healthy, planted);
  } finally {
    await broker.stop();
  }
}

interface Planted {
  readonly fault: Fault;
  readonly ms: number;
  readonly told: readonly Told[];
}

async function plant(fault: Fault, site: Site): Promise<Planted> {
  process.stderr.write(`planting: ${fault.name}\n`);
  try {
    await fault.plant(site);
    const { ms, faults } = await diagnosed(site.write(), site.args, site.env);
    return { fault, ms, told: faults };
  } finally {
    await site.end();
  }
}

function reportOf(healthy: Awaited<ReturnType<typeof besideService>>, planted: readonly Planted[]): BenchReport {
  const isFound = ({ fault, told }: Planted) =>
    told.some(({ code, remedy }) => code === fault.code && remedy !== undefined);
  const rows: Row[] = [
    ...healthy.map(({ name, ms, faults }) => ({
      site: name,
      found: faults.length === 0,
      s: round(median(ms) / 1000),
      told: faults.map(({ code }) => code).join(' '),
    })),
    ...planted.map((one) => ({
      site: one.fault.name,
      found: isFound(one),
      s: round(one.ms / 1000),
      told: one.told.map(({ code }) => code).join(' '),
    })),
  ];
  const found = planted.filter(isFound).length;
  const falseAlarms = healthy.reduce((sum, { faults }) => sum + faults.length, 0);
  const longest = Math.max(...healthy.flatMap(({ ms }) => ms), ...planted.map(({ ms }) => ms)) / 1000;
  return {
    name: 'diagnose',
    rows,
    goals: [
      { name: 'planted faults found', value: found, goal: `${planted.length}`, met: found === planted.length },
      { name: 'false alarms on a healthy site', value: falseAlarms, goal: '0', met: falseAlarms === 0 },
      { name: 'longest, s', value: round(longest), goal: `<= ${MOST_S}`, met: longest <= MOST_S },
    ],
    notes: [
      'found: the finding with the code of the fault is there, with its remedy; told: everything that is not as it should be',
    ],
  };
}
