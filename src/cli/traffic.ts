import { durationOf } from '../foundation/duration.js';
import { readRequest } from '../store/series/series-request.js';
import { type ClassTally, type TrafficInterval, tallySum } from '../store/traffic-counts.js';
import { trafficAsJson, trafficFigures, trafficInSteps } from '../store/traffic-json.js';
import { chosenViewer } from './chosen-viewer.js';
import { type HistoryPlace, historyFile } from './history/file.js';
import { type CameraTotal, readCounts, refusedCounts as refused, refuseUnknownCamera } from './kept-counts.js';
import { print, printCsv, printJson, printTable } from './print.js';
import { isoTime, longTime } from './times.js';

/** What the command line says, as it was typed. */
export interface TrafficOptions extends HistoryPlace {
  readonly since?: string;
  readonly until?: string;
  /** Length of an interval. */
  readonly step?: string;
  readonly camera?: string;
  /** Id: only what its cameras counted. */
  readonly tenant?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;
const SHORTEST_STEP_MS = 60_000;

/**
 * `traffic`: prints what was counted by the clock, beside the running program or without it.
 *
 * @param now Unix ms
 * @throws ConfigError where there is no history, or the options cannot be; EdgeError E_OUTPUT where it cannot be read
 */
export function showTraffic(options: TrafficOptions, now = Date.now()): number {
  const { csv = false, json = false, since, until, camera } = options;
  if (csv && json) throw refused(['--csv and --json: expected one of them, got both']);
  const time = readRequest(
    { since, until },
    { now, mostPoints: Number.POSITIVE_INFINITY, nameOf: (word) => `--${word}` },
  );
  if (!('from' in time)) throw refused(time);
  const { from, to } = time;
  const stepMs = stepOf(options);
  const { file, config } = historyFile(options);
  const viewer = chosenViewer(config, options.tenant);
  const { intervals, totals, cameras } = readCounts(file, { from, to }, viewer, camera);
  refuseUnknownCamera(camera, cameras);
  const steps = trafficInSteps(intervals, stepMs);
  if (json) printJson({ from, to, intervals: steps.map(trafficAsJson), totals });
  else if (csv) tellCsv(steps);
  else tellPeople(steps, totals);
  return 0;
}

/** @returns null: as it was counted */
function stepOf({ step, csv, json }: TrafficOptions): number | null {
  if (step === undefined) return csv || json ? null : HOUR_MS;
  const ms = durationOf(step);
  if (ms !== null && ms >= SHORTEST_STEP_MS) return ms;
  throw refused([`--step: expected a time like 5m, 1h or 1d, got ${step || 'nothing'}`]);
}

/** Everything that an interval counted, a row each; null where the camera was not seen. */
function* rowsOf(interval: TrafficInterval): Generator<{ what: string; direction: string; tally: ClassTally | null }> {
  const { lines, zones, rules } = trafficFigures(interval);
  for (const [line, directions] of Object.entries(interval.counts.lines)) {
    for (const direction of Object.keys(directions)) {
      yield { what: line, direction, tally: lines?.[line]?.[direction] ?? null };
    }
  }
  for (const zone of Object.keys(interval.counts.zones)) {
    yield { what: zone, direction: 'entered', tally: zones?.[zone]?.entered ?? null };
    yield { what: zone, direction: 'exited', tally: zones?.[zone]?.exited ?? null };
  }
  for (const rule of Object.keys(interval.counts.rules ?? {})) {
    yield { what: rule, direction: 'infraction', tally: rules?.[rule] ?? null };
  }
}

function tellPeople(intervals: readonly TrafficInterval[], totals: readonly CameraTotal[]): void {
  if (intervals.length === 0) print('nothing was counted in that time: are there lines or zones (docs/events.md)?');
  else {
    const rows = intervals.flatMap((interval) =>
      [...rowsOf(interval)].map(({ what, direction, tally }) => [
        longTime(interval.from),
        interval.camera,
        what,
        direction,
        tally === null ? '-' : `${tallySum(tally)}`,
        `${Math.round(trafficFigures(interval).coverage * 100)} %`,
        tally === null ? 'not seen' : inWords(tally),
      ]),
    );
    printTable(['from (UTC)', 'camera', 'line, zone or rule', 'direction', 'vehicles', 'seen', 'by class'], rows);
  }
  for (const [key, { since, tally }] of sums(totals)) {
    print(`${key.replaceAll('\n', ' ').trimEnd()}: ${tallySum(tally)} since ${longTime(since)} (${inWords(tally)})`);
  }
}

function sums(totals: readonly CameraTotal[]): Map<string, { since: number; tally: ClassTally }> {
  const found = new Map<string, { since: number; tally: ClassTally }>();
  for (const { camera, kind, name, direction, vehicleClass, count, since } of totals) {
    const key = [camera, name, kind === 'crossed' ? direction : kind].join('\n');
    const sum = found.get(key) ?? { since, tally: Object.create(null) as ClassTally };
    sum.tally[vehicleClass] = count;
    found.set(key, { since: Math.min(since, sum.since), tally: sum.tally });
  }
  return found;
}

function tellCsv(intervals: readonly TrafficInterval[]): void {
  printCsv(['from', 'seconds', 'camera', 'line_or_zone', 'direction', 'class', 'vehicles', 'coverage']);
  for (const interval of intervals) {
    const { coverage } = trafficFigures(interval);
    for (const { what, direction, tally } of rowsOf(interval)) {
      for (const [vehicleClass, count] of countsOf(tally)) {
        const { camera, from, intervalS } = interval;
        printCsv([isoTime(from), intervalS, camera, what, direction, vehicleClass, count, coverage]);
      }
    }
  }
}

/** By class; without a class where there is nothing to tell apart, without a number where nobody saw. */
function countsOf(tally: ClassTally | null): [vehicleClass: string, count: number | ''][] {
  if (tally === null) return [['', '']];
  const counted = Object.entries(tally);
  return counted.length === 0 ? [['', 0]] : counted;
}

const inWords = (tally: ClassTally): string =>
  Object.entries(tally)
    .sort(([, a], [, b]) => b - a)
    .map(([vehicleClass, count]) => `${count} ${vehicleClass}`)
    .join(', ');
