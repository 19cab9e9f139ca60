import { existsSync } from 'node:fs';
import { quantile } from '../../src/foundation/statistics.js';
import { STILL_SIZE_BOUNDS, StillSize } from '../../src/telemetry/uplink/still-size.js';
import { UplinkRate } from '../../src/telemetry/uplink/uplink-rate.js';
import { seeded } from '../../test/seeded.js';
import type { Goal, Row } from '../harness/report.js';
import { round } from '../harness/statistics.js';
import { readUplinks, type UplinkTrace } from './uplink-traces.js';

const STEP_MS = 100;
const ALERT_BYTES = 600;
const ALERTS_PER_S = 0.1;
/** A link that is loaded: stills in full size would take so much of what it carries on the whole, in a second at most so many. */
const LOAD = 0.9;
const MOST_STILLS_PER_S = 2;
/** After the trace's end it goes on with the mean rate until all is sent, s at most. */
const LONGEST_REST_S = 7200;
/** What evidence may take on the disk, where what waits lies, without a word in the configuration (`evidence.maxMiB`). */
const MOST_BACKLOG = 512 * 2 ** 20;
/** What stills may add to the way of an alert. */
const ALERT_GOAL_S = 3;

interface Arrival {
  readonly at: number;
  readonly kind: 'alert' | 'still';
}

/** What came of one way to share a link. */
interface Outcome {
  /** ms from being offered to the last byte, by arrival. */
  readonly alertMs: Map<Arrival, number>;
  readonly stillMs: Map<Arrival, number>;
  readonly stillBytes: number[];
  mostBacklog: number;
  /** Stills that have not arrived at the end. */
  lost: number;
}

/** Replays measured uplinks: stills sized and scheduled by this program, against first in, first out in full size. */
export function replayUplinks(folder: string, isQuick: boolean, notes: string[]): { rows: Row[]; goals: Goal[] } {
  if (!existsSync(folder)) {
    notes.push('no uplink traces: name a folder with --uplink DIR');
    return { rows: [], goals: [] };
  }
  const traces = readUplinks(folder).filter((_, index) => !isQuick || index % 4 === 0);
  const rows = traces.flatMap((trace) => {
    const arrivals = arrivalsOf(trace);
    const alone = scheduled(
      trace,
      arrivals.filter(({ kind }) => kind === 'alert'),
    );
    return [
      rowOf(trace, 'ours', scheduled(trace, arrivals), alone),
      rowOf(trace, 'first in, first out', fifo(trace, arrivals), alone),
    ];
  });
  const own = rows.filter(({ contender }) => contender === 'ours');
  const lost = own.reduce((sum, row) => sum + Number(row['lost']), 0);
  const backlog = Math.max(...own.map((row) => Number(row['mostBacklogKB']) * 1000));
  const alertS = Math.max(...own.map((row) => Number(row['alertAddedP95S'])));
  return {
    rows,
    goals: [
      { name: 'stills lost on measured uplinks', value: lost, goal: '<= 0', met: lost === 0 },
      {
        name: 'backlog on measured uplinks, bytes at most',
        value: backlog,
        goal: `<= ${MOST_BACKLOG}`,
        met: backlog <= MOST_BACKLOG,
      },
      {
        name: 'what stills add to the way of an alert, p95 s, worst uplink',
        value: alertS,
        goal: `<= ${ALERT_GOAL_S}`,
        met: alertS <= ALERT_GOAL_S,
      },
    ],
  };
}

function arrivalsOf({ bytesPerS }: UplinkTrace): Arrival[] {
  const random = seeded(17);
  const perS = Math.min(MOST_STILLS_PER_S, (LOAD * meanOf(bytesPerS)) / STILL_SIZE_BOUNDS.mostBytes);
  const arrivals: Arrival[] = [];
  for (const [kind, rate] of [
    ['alert', ALERTS_PER_S],
    ['still', perS],
  ] as const) {
    for (let at = 0; at < bytesPerS.length * 1000; ) {
      at += (-Math.log(1 - random()) / rate) * 1000;
      if (at < bytesPerS.length * 1000) arrivals.push({ at, kind });
    }
  }
  return arrivals.sort((a, b) => a.at - b.at);
}

/** Runs the link in steps; `serve` sends what it can of so many bytes, and tells how many it did. */
function runLink(
  trace: UplinkTrace,
  arrivals: readonly Arrival[],
  offer: (arrival: Arrival, index: number) => void,
  serve: (bytes: number, now: number) => boolean,
): void {
  const { bytesPerS } = trace;
  const mean = meanOf(bytesPerS);
  let next = 0;
  let credit = 0;
  for (let now = 0; now < (bytesPerS.length + LONGEST_REST_S) * 1000; now += STEP_MS) {
    for (; next < arrivals.length && arrivals[next]!.at <= now; next++) offer(arrivals[next]!, next);
    // what a link does not carry in a moment it does not carry later
    credit = ((bytesPerS[Math.floor(now / 1000)] ?? mean) * STEP_MS) / 1000;
    const isBusy = serve(credit, now);
    if (!isBusy && next === arrivals.length) return;
  }
}

/** A message or a still that waits, and how much of it has not gone through. */
interface Waiting {
  readonly arrival: Arrival;
  left: number;
}

/** As the push of the evidence does it: alerts between two pieces of a still, stills in order, as large as the link allows. */
function scheduled(trace: UplinkTrace, arrivals: readonly Arrival[]): Outcome {
  const rate = new UplinkRate();
  const size = new StillSize(rate);
  const outcome: Outcome = noOutcome();
  const waiting: Record<Arrival['kind'], Waiting[]> = { alert: [], still: [] };
  const backlog = (): number => waiting.still.reduce((sum, { left }) => sum + left, 0);
  let piece: { readonly of: Waiting; left: number } | null = null;
  const nextPiece = (): typeof piece => {
    const of = waiting.alert[0] ?? waiting.still[0];
    if (of === undefined) return null;
    return { of, left: of.arrival.kind === 'alert' ? of.left : Math.min(of.left, rate.pieceBytes) };
  };
  runLink(
    trace,
    arrivals,
    (arrival) => {
      if (arrival.kind === 'alert') return void waiting.alert.push({ arrival, left: ALERT_BYTES });
      size.made(arrival.at);
      const bytes = size.bytes(backlog());
      outcome.stillBytes.push(bytes);
      waiting.still.push({ arrival, left: bytes });
    },
    (bytes, now) => {
      outcome.mostBacklog = Math.max(outcome.mostBacklog, backlog());
      if (waiting.alert.length + waiting.still.length === 0) return false;
      rate.carried(bytes, STEP_MS);
      for (let left = bytes; left > 0; ) {
        piece ??= nextPiece();
        if (piece === null) break;
        const taken = Math.min(left, piece.left);
        left -= taken;
        piece.left -= taken;
        piece.of.left -= taken;
        if (piece.left > 0) break;
        const { arrival, left: rest } = piece.of;
        piece = null;
        if (rest > 0) continue;
        const queue = waiting[arrival.kind];
        queue.splice(
          queue.findIndex((one) => one.arrival === arrival),
          1,
        );
        outcome[arrival.kind === 'alert' ? 'alertMs' : 'stillMs'].set(arrival, now - arrival.at);
      }
      return waiting.alert.length + waiting.still.length > 0;
    },
  );
  const stills = arrivals.filter(({ kind }) => kind === 'still').length;
  outcome.lost = stills - outcome.stillMs.size;
  return outcome;
}

/** In the order in which they come, in full size, in a queue without a bound. */
function fifo(trace: UplinkTrace, arrivals: readonly Arrival[]): Outcome {
  const outcome: Outcome = noOutcome();
  const queue: Waiting[] = [];
  runLink(
    trace,
    arrivals,
    (arrival) => {
      const bytes = arrival.kind === 'alert' ? ALERT_BYTES : STILL_SIZE_BOUNDS.mostBytes;
      if (arrival.kind === 'still') outcome.stillBytes.push(bytes);
      queue.push({ arrival, left: bytes });
    },
    (bytes, now) => {
      outcome.mostBacklog = Math.max(
        outcome.mostBacklog,
        queue.reduce((sum, { left }) => sum + left, 0),
      );
      let left = bytes;
      while (queue.length > 0 && left > 0) {
        const taken = Math.min(left, queue[0]!.left);
        left -= taken;
        queue[0]!.left -= taken;
        if (queue[0]!.left > 0) break;
        const { arrival } = queue.shift()!;
        outcome[arrival.kind === 'alert' ? 'alertMs' : 'stillMs'].set(arrival, now - arrival.at);
      }
      return queue.length > 0;
    },
  );
  return outcome;
}

const noOutcome = (): Outcome => ({ alertMs: new Map(), stillMs: new Map(), stillBytes: [], mostBacklog: 0, lost: 0 });

function rowOf({ name, bytesPerS }: UplinkTrace, contender: string, outcome: Outcome, alone: Outcome): Row {
  const added = [...outcome.alertMs].map(([alert, ms]) => ms - (alone.alertMs.get(alert) ?? 0));
  const seconds = (times: readonly number[], q: number): number => round((quantile(times, q) ?? 0) / 1000);
  return {
    uplink: name,
    contender,
    minutes: round(bytesPerS.length / 60),
    meanKbitS: round((meanOf(bytesPerS) * 8) / 1000),
    stills: outcome.stillBytes.length,
    lost: outcome.lost,
    stillKB: round(meanOf(outcome.stillBytes) / 1000),
    mostBacklogKB: round(outcome.mostBacklog / 1000),
    alertP50S: seconds([...outcome.alertMs.values()], 0.5),
    alertP95S: seconds([...outcome.alertMs.values()], 0.95),
    alertAddedP95S: seconds(added, 0.95),
    stillP50S: seconds([...outcome.stillMs.values()], 0.5),
    stillP95S: seconds([...outcome.stillMs.values()], 0.95),
  };
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
