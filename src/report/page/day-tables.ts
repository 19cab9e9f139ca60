import { sum } from '../../foundation/statistics.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { ReportLanguage } from '../languages/report-language.js';
import { type ReportWording, UNKNOWN_MARK } from '../languages/report-wording.js';

/** A table of a report, the same on the page and in Markdown. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of sentences, and of words. */
  readonly say?: readonly number[];
  readonly left?: readonly number[];
  /** What is said where there are no rows; without it the table is left out then. */
  readonly none?: string;
}

/** Origins that have a word of their own. */
const ORIGIN_WORDS = ['inferred', 'propagated', 'reused-memory', 'reused-disk'] as const;
/** A long list of outages is read by nobody. */
const MOST_OUTAGES = 12;

/** The tables of a daily report, in the order in which they are read. */
export function dayTables(report: DailyReportPayload, wording: ReportWording): ReportTable[] {
  return [
    comparisonTable(report, wording),
    placesTable(report, wording),
    classesTable(report, wording),
    outagesTable(report, wording),
    performanceTable(report, wording),
    answersTable(report, wording),
    tomorrowTable(report, wording),
    machineTable(report, wording),
    alertsTable(report, wording),
    trialsTable(report, wording),
    databasesTable(report, wording),
    healthTable(report, wording),
    infractionsTable(report, wording),
    chainTable(report, wording),
  ];
}

function comparisonTable({ comparison }: DailyReportPayload, wording: ReportWording): ReportTable {
  const { figures } = wording.language;
  return {
    title: wording.say('comparison'),
    head: (['figure', 'today', 'usual', 'difference', 'weeks'] as const).map((word) => wording.say(word)),
    rows: comparison.map(({ figure, now, usual, change, weeks }) => [
      figures[figure],
      wording.figure(figure, now),
      wording.figure(figure, usual),
      wording.change(change),
      wording.number(weeks),
    ]),
  };
}

function placesTable({ cameras }: DailyReportPayload, wording: ReportWording): ReportTable {
  return {
    title: wording.say('places'),
    head: (['camera', 'place', 'direction', 'vehicles'] as const).map((word) => wording.say(word)),
    left: [1, 2],
    rows: cameras.flatMap(({ camera, traffic }) =>
      (traffic?.places ?? []).map(({ place, direction, vehicles }) => [
        camera,
        place,
        direction,
        wording.number(vehicles),
      ]),
    ),
  };
}

function classesTable({ cameras }: DailyReportPayload, wording: ReportWording): ReportTable {
  const counted = cameras.filter(({ traffic }) => traffic !== null && traffic.vehicles !== null);
  const classes = [...new Set(counted.flatMap(({ traffic }) => Object.keys(traffic!.classes)))].sort();
  return {
    title: wording.say('classes'),
    head: [wording.say('camera'), wording.say('place'), ...classes],
    left: [1],
    rows:
      classes.length === 0
        ? []
        : counted.map(({ camera, traffic }) => [
            camera,
            traffic!.place,
            ...classes.map((name) => wording.number(traffic!.classes[name] ?? 0)),
          ]),
  };
}

function outagesTable({ cameras, program }: DailyReportPayload, wording: ReportWording): ReportTable {
  const { causes } = wording.language;
  const all = [
    ...program.outages.map((outage) => ({ who: wording.say('program'), ...outage })),
    // what the program was off for is told once
    ...cameras.flatMap(({ camera, outages }) =>
      outages
        .filter(({ cause }) => cause !== 'program-off' && cause !== 'machine-off')
        .map((outage) => ({ who: camera, ...outage })),
    ),
  ];
  const longest = all.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST_OUTAGES);
  return {
    title: wording.say('outages', { count: wording.number(all.length) }),
    head: (['camera', 'from', 'lasted', 'cause'] as const).map((word) => wording.say(word)),
    rows: longest
      .sort((a, b) => a.from - b.from)
      .map(({ who, from, to, cause }) => [who, wording.time(from), wording.length(to - from), causes[cause]]),
    say: [3],
  };
}

function performanceTable({ cameras }: DailyReportPayload, wording: ReportWording): ReportTable {
  return {
    title: wording.say('performance'),
    head: [
      wording.say('camera'),
      wording.say('accuracy'),
      wording.say('worstHour'),
      wording.say('median'),
      wording.say('p95'),
      wording.say('withoutInference'),
    ],
    rows: cameras.map(({ camera, f1, f1Low, worstHour, latencyP50, latencyP95, withoutInference }) => [
      camera,
      f1Low === null
        ? wording.number(f1, 3)
        : `${wording.number(f1, 3)} (${wording.say('atLeast', { low: wording.number(f1Low, 3) })})`,
      worstHour === null ? UNKNOWN_MARK : `${wording.number(worstHour.f1, 3)} (${wording.time(worstHour.at)})`,
      wording.with(latencyP50, 'ms', 1),
      wording.with(latencyP95, 'ms', 1),
      wording.percent(withoutInference),
    ]),
  };
}

function answersTable({ cameras }: DailyReportPayload, wording: ReportWording): ReportTable {
  const answered = cameras.filter(({ answers }) => answers !== null);
  return {
    title: wording.say('answers'),
    head: [wording.say('camera'), ...ORIGIN_WORDS.map((origin) => wording.say(origin)), wording.say('dropped')],
    rows: answered.map(({ camera, answers, dropped }) => [
      camera,
      ...ORIGIN_WORDS.map((origin) => wording.number(answers![origin] ?? 0)),
      wording.number(dropped === null ? null : sum(Object.values(dropped))),
    ]),
  };
}

function tomorrowTable({ cameras }: DailyReportPayload, wording: ReportWording): ReportTable {
  const foretold = cameras.filter(({ tomorrow }) => tomorrow !== null);
  const date = foretold[0]?.tomorrow?.date;
  return {
    title: date === undefined ? '' : wording.say('tomorrow', { date: wording.longDate(date) }),
    head: (['camera', 'expected', 'peak', 'bounds', 'quietest'] as const).map((word) => wording.say(word)),
    rows: foretold.map(({ camera, tomorrow }) => {
      const { expected, peak, quietest } = tomorrow!;
      return [
        camera,
        wording.number(expected),
        `${wording.time(peak.at)} (${wording.number(peak.expected)})`,
        peak.low === null ? UNKNOWN_MARK : `${wording.number(peak.low)} – ${wording.number(peak.high)}`,
        `${wording.time(quietest.at)} (${wording.number(quietest.expected)})`,
      ];
    }),
  };
}

function machineTable(
  { machine, program: { workerRestarts }, costs }: DailyReportPayload,
  wording: ReportWording,
): ReportTable {
  const restarts = workerRestarts === null ? null : sum(Object.values(workerRestarts));
  const money = (cost: number | null) => (cost === null ? '' : ` (${wording.number(cost, 4)} ${costs.currency})`);
  const rows: [keyof ReportLanguage['words'], string][] =
    machine === null
      ? []
      : [
          ['cpu', wording.with(machine.cpu, '%', 1)],
          ['memory', wording.with(machine.memory, '%', 1)],
          ['temperature', wording.with(machine.temperature, '°C', 1)],
          ['throttled', wording.percent(machine.throttled)],
          ['diskFree', wording.bytes(machine.diskFree)],
          ['workerRestarts', wording.number(restarts)],
          [
            'energy',
            `${costs.energyWh === null ? wording.say('noPower') : wording.with(costs.energyWh, 'Wh', 1)}${money(costs.energyCost)}`,
          ],
        ];
  rows.push(['traffic', `${wording.bytes(costs.bytes)}${money(costs.bytesCost)}`]);
  return {
    title: wording.say('machine'),
    head: ['', ''],
    rows: rows.map(([word, value]) => [wording.say(word), value.trim()]),
  };
}

function alertsTable({ alerts }: DailyReportPayload, wording: ReportWording): ReportTable {
  return {
    title: wording.say('alerts'),
    head: [wording.say('alerts'), wording.say('raised'), wording.say('held'), ''],
    rows: alerts.map(({ code, raised, heldMs, holds, message }) => [
      code,
      wording.number(raised),
      `${wording.length(heldMs)}${holds ? `, ${wording.say('holds')}` : ''}`,
      message,
    ]),
    say: [2, 3],
    none: wording.say('noAlerts'),
  };
}

function trialsTable({ trials, tenant }: DailyReportPayload, wording: ReportWording): ReportTable {
  const { words } = wording.language;
  return {
    title: wording.say('trials'),
    head: (['from', 'strategy', 'change', 'verdict', 'gain'] as const).map((word) => wording.say(word)),
    rows: trials.map(({ startedAt, strategy, from, to, verdict, gain }) => [
      wording.time(startedAt),
      strategy,
      `${from} → ${to}`,
      words[verdict as keyof typeof words] ?? verdict,
      gain === null ? UNKNOWN_MARK : `${gain > 0 ? '+' : ''}${wording.number(gain, 4)}`,
    ]),
    say: [2],
    left: [1, 3],
    ...(tenant === null && { none: wording.say('noTrials') }),
  };
}

function databasesTable({ databases, tenant }: DailyReportPayload, wording: ReportWording): ReportTable {
  return {
    title: wording.say('databases'),
    head: (['database', 'size', 'health', 'refused', 'lostRows', 'damaged'] as const).map((word) => wording.say(word)),
    rows: (tenant === null ? databases : []).map(({ name, bytes, health, degraded, droppedRows, setAside }) => [
      name,
      wording.bytes(bytes),
      typeof health?.score === 'number' ? wording.say('healthOf', { score: health.score }) : UNKNOWN_MARK,
      wording.percent(degraded),
      wording.number(droppedRows),
      wording.number(setAside),
    ]),
  };
}

function healthTable({ databases }: DailyReportPayload, wording: ReportWording): ReportTable {
  return {
    title: wording.say('healthTitle'),
    head: (['database', 'healthPart', 'healthValue', 'healthGoal', 'health'] as const).map((word) => wording.say(word)),
    left: [1],
    rows: databases.flatMap(({ name, health }) =>
      (health?.parts ?? []).map((part) => [
        name,
        wording.language.healthParts[part.name],
        wording.healthValue(part.value),
        wording.healthValue(part.goal),
        wording.percent(part.score, 0),
      ]),
    ),
  };
}

function infractionsTable({ infractions, evidence }: DailyReportPayload, wording: ReportWording): ReportTable {
  const rows = Object.entries(infractions ?? {}).map(([rule, count]) => [rule, wording.number(count)]);
  if (evidence !== null) rows.push([wording.say('evidence'), wording.number(evidence)]);
  return { title: wording.say('infractions'), head: [wording.say('rule'), wording.say('count')], rows };
}

/** What shows later that no record up to it was changed or removed: for whoever keeps the report. */
function chainTable({ evidenceChain: told, tenant }: DailyReportPayload, wording: ReportWording): ReportTable {
  const head = ['', ''];
  if (told === undefined) return { title: wording.say('chainTitle'), head, rows: [] };
  const { words } = wording.language;
  const kinds = Object.entries(told.kinds).map(
    ([kind, count]) => `${words[kind as keyof typeof words] ?? kind}: ${wording.number(count)}`,
  );
  const whose = tenant === null ? '' : ` --tenant ${tenant}`;
  return {
    title: wording.say('chainTitle'),
    head,
    rows: [
      [wording.say('chainRecords'), [wording.number(told.records), ...kinds].join(' · ')],
      [wording.say('chainId'), told.chain],
      [wording.say('chainLast'), String(told.record)],
      [wording.say('chainHash'), told.hash],
      [wording.say('chainKey'), told.publicKey],
      [wording.say('chainCheck'), `edge-optimizer evidence verify${whose} --head ${told.record}:${told.hash}`],
    ],
    say: [1],
  };
}
