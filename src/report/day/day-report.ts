import { median, sum, total } from '../../foundation/statistics.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { adviceOnCamera } from '../advice/camera-advice.js';
import { adviceOnDevice } from '../advice/device-advice.js';
import {
  fourDigits,
  grownBy,
  grownByLabel,
  highestOf,
  lowestOf,
  type MeasuredSeries,
  meanOf,
  p95Of,
  pointsIn,
  seriesIn,
} from '../history/measured.js';
import { alertsOfDay } from './alerts-of-day.js';
import {
  type Availability,
  cameraAvailability,
  longestOutages,
  programAvailability,
  type Readings,
} from './availability.js';
import { comparisonOf } from './comparison.js';
import type { DayFacts } from './day-facts.js';
import { shareWithoutInference, wireBytes } from './figures.js';
import { pausesOf } from './pauses.js';
import { tomorrowOf } from './tomorrow.js';
import { trafficOfDay } from './traffic-of-day.js';

type ReportedCamera = DailyReportPayload['cameras'][number];
type Report = Omit<DailyReportPayload, 'recommendations'>;

const MOST_OUTAGES = 50;
const WH_PER_KWH = 1000;
const BYTES_PER_GB = 1e9;

/** The report of a day, made of what was read of it; pure. Where nothing is known there is null, never 0. */
export function dayReport(facts: DayFacts): DailyReportPayload {
  const { day, cameras, madeAt, tenant, hourly } = facts;
  const [uptime, machine] = ['uptime', 'machine_uptime'].map((metric) => readings(facts.running, metric, {}));
  const program = programAvailability(uptime!, machine!, day, facts.ranBetween);
  const served = new Map(cameras.map((camera) => [camera, servedOf(camera, program, facts)]));
  const report: Report = {
    date: day.date,
    timeZone: day.timeZone,
    from: day.from,
    to: day.to,
    hours: (day.to - day.from) / 3_600_000,
    madeAt,
    tenant,
    program: {
      ran: program.share,
      outageCount: program.outages.length,
      outages: longestOutages(program.outages, MOST_OUTAGES),
      workerRestarts: grownByLabel(seriesIn(hourly, 'worker_restarts', {}, day), 'cause'),
    },
    cameras: cameras.map((camera) => reportedCamera(camera, served.get(camera)!, facts)),
    machine: tenant === null ? machineOf(facts) : null,
    costs: costsOf(facts),
    alerts: alertsOfDay(facts.alerts, day),
    trials: trialsOf(facts),
    databases: databasesOf(facts),
    infractions: grownByLabel(seriesIn(hourly, 'infractions', {}, day), 'rule') ?? infractionEvents(facts),
    evidence: rounded(grownBy(pointsIn(hourly, 'evidence_records', {}, day))),
    ...(facts.evidenceChain !== null && { evidenceChain: facts.evidenceChain }),
    comparison: comparisonOf(facts),
  };
  const advice = report.cameras.flatMap((camera) => adviceOnCamera(camera, served.get(camera.camera)!, facts));
  return { ...report, recommendations: [...advice, ...adviceOnDevice(report, facts)] };
}

/** When a camera delivered, with every time in which it did not. */
function servedOf(camera: string, program: Availability, facts: DayFacts): Availability {
  const { day, captured, commands, firstSeen } = facts;
  return cameraAvailability(
    readings(captured, 'fps_captured', { camera }),
    program,
    pausesOf(camera, commands, day.to),
    day,
    firstSeen.get(camera) ?? null,
  );
}

function reportedCamera(camera: string, there: Availability, facts: DayFacts): ReportedCamera {
  const { day, hourly } = facts;
  const first = facts.firstSeen.get(camera) ?? null;
  const f1 = pointsIn(hourly, 'estimated_f1', { camera }, day);
  const worst = [...f1].sort((a, b) => a.mean - b.mean)[0];
  const answers = grownByLabel(seriesIn(hourly, 'frames_answered', { camera }, day), 'origin');
  const counted = facts.counted.get(camera);
  return {
    camera,
    served: there.share,
    since: first !== null && first > day.from ? first : null,
    outageCount: there.outages.length,
    outages: longestOutages(there.outages, MOST_OUTAGES),
    reconnects: rounded(grownBy(pointsIn(hourly, 'source_reconnects', { camera }, day))),
    traffic: trafficIn(camera, facts),
    f1: fourDigits(meanOf(f1)),
    f1Low: fourDigits(meanOf(pointsIn(hourly, 'estimated_f1_low', { camera }, day))),
    worstHour: worst === undefined ? null : { at: worst.t, f1: fourDigits(worst.mean) },
    latencyP50: fourDigits(median(pointsIn(hourly, 'latency_p50', { camera }, day).map(({ mean }) => mean))),
    latencyP95: fourDigits(p95Of(pointsIn(hourly, 'stage_latency', { camera, stage: 'total' }, day))),
    answers,
    dropped: grownByLabel(seriesIn(hourly, 'frames_dropped', { camera }, day), 'cause'),
    withoutInference: fourDigits(shareWithoutInference(answers)),
    tomorrow: counted === undefined ? null : tomorrowOf(counted, day),
  };
}

function trafficIn(camera: string, { traffic, day, places }: DayFacts): ReportedCamera['traffic'] {
  const counted = trafficOfDay(traffic, camera, day, places.get(camera));
  if (counted === null) return null;
  return {
    ...counted,
    classes: { ...counted.classes },
    hours: [...counted.hours],
    places: [...counted.places],
  };
}

function machineOf({ hourly, day }: DayFacts): Report['machine'] {
  const of = (metric: string, labels: Record<string, string> = {}) => pointsIn(hourly, metric, labels, day);
  const memory = of('machine_memory').map(({ mean }) => mean);
  return {
    cpu: fourDigits(meanOf(of('machine_cpu'))),
    memory: memory.length === 0 ? null : fourDigits(Math.max(...memory)),
    temperature: fourDigits(highestOf(of('machine_temperature'))),
    throttled: fourDigits(meanOf(of('machine_throttled'))),
    diskFree: rounded(lowestOf(of('machine_disk_free', { place: 'store' }))),
  };
}

function costsOf(facts: DayFacts): Report['costs'] {
  const { costPerKwh, costPerGb, currency } = facts.terms;
  const energyWh = fourDigits(facts.tenant === null ? grownBy(pointsIn(facts.hourly, 'energy', {}, facts.day)) : null);
  const bytes = rounded(wireBytes(facts));
  const energyCost = energyWh === null || costPerKwh === 0 ? null : fourDigits((energyWh / WH_PER_KWH) * costPerKwh);
  const bytesCost = bytes === null || costPerGb === 0 ? null : fourDigits((bytes / BYTES_PER_GB) * costPerGb);
  const all = total([energyCost, bytesCost].filter((cost) => cost !== null));
  return { currency, energyWh, energyCost, bytes, bytesCost, total: fourDigits(all) };
}

function trialsOf({ trials, day }: DayFacts): Report['trials'] {
  return trials
    .filter(({ startedAt }) => startedAt >= day.from && startedAt < day.to)
    .map(({ id, strategy, from, to, startedAt, verdict, before, after, why, reason }) => ({
      id,
      strategy,
      from,
      to,
      startedAt,
      verdict: verdict ?? 'under-way',
      gain: before === null || after === null ? null : fourDigits(after.value - before.value),
      why: why ?? reason,
    }));
}

function databasesOf({ databases, health, hourly, day }: DayFacts): Report['databases'] {
  return databases
    .filter(({ bytes }) => bytes !== null)
    .map(({ name, bytes }) => {
      const what = name.replace('.db', '');
      const of = (metric: string) => pointsIn(hourly, `${what}_${metric}`, {}, day);
      const known = health.find((one) => one.name === name);
      return {
        name,
        bytes,
        degraded: fourDigits(meanOf(of('degraded'))),
        droppedRows: rounded(grownBy(of('dropped_writes'))),
        setAside: rounded(grownBy(of('set_aside'))),
        health: known === undefined ? null : { score: known.score, parts: [...known.parts] },
      };
    });
}

function infractionEvents({ hourly, day }: DayFacts): Report['infractions'] {
  const events = grownByLabel(seriesIn(hourly, 'events', { kind: 'infraction' }, day), 'camera');
  return events === null ? null : { infraction: sum(Object.values(events)) };
}

function readings(measured: MeasuredSeries, metric: string, labels: Record<string, string>): Readings {
  const answers = (measured.get(metric) ?? []).filter(({ key }) =>
    Object.entries(labels).every(([label, value]) => key.labels[label] === value),
  );
  const stepMs = answers[0]?.stepMs ?? measured.get(metric)?.[0]?.stepMs ?? 60_000;
  return { stepMs, points: answers[0]?.points ?? [] };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
