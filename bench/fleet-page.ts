import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { quantile } from '../src/foundation/statistics.js';
import { fedStore } from './fleet-page/fed-store.js';
import { type FirstView, ServingCollector } from './fleet-page/first-view.js';
import { scratchFolder } from './harness/ending.js';
import { atMost } from './harness/goal.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- fleet-page [--devices 2000] [--rounds 8] [--quick]

How soon the page of a fleet has its first rows in Chromium, from going there with nothing cached, and what that takes of the processors of
collector and page: just after the collector's start, and later; beside a plain page with all devices in one table.

  --devices N    in the store
  --rounds N     each with a collector of its own
  --quick        three rounds
`;

const CHROMIUM = '/usr/bin/chromium';
const HOURS = 0.5;
const MOST_MS = 1000;
const CASES = ['just started', 'later', 'plain page, one table'] as const;

/** The first view of a fleet. */
export async function run(args: string[]): Promise<BenchReport> {
  const { devices, rounds } = readOptions(args, USAGE, {
    devices: wholeNumber({ least: 1, usual: 2000 }),
    rounds: wholeNumber({ least: 1, usual: 8, quick: 3 }),
    quick: flag,
  });
  const goalsOf = (later: number | null, ratio: number | null) => [
    atMost(`first rows of ${devices} devices (ms)`, later, MOST_MS),
    atMost('the same beside the plain page', ratio, 1),
  ];
  if (!existsSync(CHROMIUM))
    return { name: 'fleet-page', rows: [], goals: goalsOf(null, null), notes: [`there is no ${CHROMIUM} here`] };
  const folder = scratchFolder('fleet-page');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const { file, messages } = await fedStore(folder, { devices, hours: HOURS });
    const views: Record<(typeof CASES)[number], FirstView[]> = {
      'just started': [],
      later: [],
      'plain page, one table': [],
    };
    for (let index = 0; index < rounds; index++) {
      const collector = await ServingCollector.start(file);
      try {
        views['just started'].push(await collector.view(browser, false));
        await collector.settled();
        // which comes first changes with each round
        for (const isPlain of index % 2 === 0 ? [false, true] : [true, false])
          views[isPlain ? 'plain page, one table' : 'later'].push(await collector.view(browser, isPlain));
      } finally {
        await collector.stop();
      }
    }
    const rowsMs = (name: (typeof CASES)[number]): number => median(views[name].map((one) => one.rowsMs));
    return {
      name: 'fleet-page',
      rows: CASES.map((name) => rowOf(name, views[name])),
      goals: goalsOf(rowsMs('later'), rowsMs('later') / rowsMs('plain page, one table')),
      notes: [
        `${devices} simulated devices, ${messages} messages of half an hour; ${rounds} rounds, medians; From and To are quartiles`,
        `load of the machine at the end: ${loadavg()
          .map((one) => one.toFixed(1))
          .join(', ')}; processor times say more than ms where that is above its cores`,
        'just started: the collector reads what devices measured of late while it answers; later: it has, and makes its list of devices anew',
        'the plain page has all devices, and neither measures, alerts nor counts',
      ],
    };
  } finally {
    await browser.close();
  }
}

function rowOf(name: string, views: readonly FirstView[]): Row {
  const of = (read: (view: FirstView) => number): number[] => views.map(read);
  const ms = of(({ rowsMs }) => rowsMs);
  return {
    case: name,
    rowsMs: round(median(ms)),
    rowsMsFrom: round(quantile(ms, 0.25) ?? Number.NaN),
    rowsMsTo: round(quantile(ms, 0.75) ?? Number.NaN),
    serverCpuMs: round(median(of(({ serverMs }) => serverMs))),
    pageCpuMs: round(median(of(({ pageMs }) => pageMs))),
    kB: round(median(of(({ kB }) => kB))),
  };
}
