import { changedParts, type Fingerprint, fingerprintId } from '../../board/fingerprint.js';
import type { Variant } from '../../models/manifest.js';
import { nameOf } from '../../profile/configuration.js';
import { type Candidate, paretoFront } from '../../profile/pareto.js';
import type { ProfilingResult } from '../../profile/profiling.js';
import type { Measurement } from '../../store/measurement.js';
import type { ProfiledDevice } from '../../store/profiles.js';

/** Everything that is printed of a profile. */
export interface ProfileReport {
  readonly model: string;
  readonly variants: readonly Variant[];
  /** This device, once per provider. */
  readonly devices: readonly Fingerprint[];
  /** Every device on which the model was measured, this one included. */
  readonly earlier: readonly ProfiledDevice[];
  /** For a person: why less was tried than there might be. */
  readonly notes: readonly string[];
  readonly result: ProfilingResult;
  readonly space: number;
}

interface Point extends Candidate {
  readonly measurement: Measurement;
}

/** The one JSON object of `profile --json`. */
export function profileJson(report: ProfileReport): object {
  const { model, devices, result, space } = report;
  const { points, failed } = split(report);
  const front = paretoFront(points);
  return {
    type: 'profile',
    model,
    ended: result.ended,
    configurations: space,
    known: result.measurements.length,
    measured: result.measured,
    devices: devices.map((fingerprint) => ({ id: fingerprintId(fingerprint), ...fingerprint })),
    stale: staleDevices(report),
    front: front.map(({ measurement, accuracy }) => ({ ...measurement, accuracy })),
    measurements: points.map(({ measurement, accuracy }) => ({ ...measurement, accuracy })),
    failures: failed,
    notes: report.notes,
  };
}

const HEAD = [
  'VARIANT',
  'PROVIDER',
  'THREADS',
  'BATCH',
  'WORKERS',
  'P50 MS',
  'P95 MS',
  'IMAGES/S',
  'RSS MB',
  'MJ/IMAGE',
  'ACCURACY',
];

/** A table for people: what no other configuration beats, then what is wrong. */
export function describeProfile(report: ProfileReport): string {
  const { model, result, space } = report;
  const { points, failed } = split(report);
  const front = paretoFront(points);
  const lines = [...table([HEAD, ...front.map(cells)]), ''];
  lines.push(
    `${model}: ${points.length} of ${space} configurations measured, ${result.measured} of them now; shown are the ${front.length} that no other beats.`,
  );
  for (const note of report.notes) lines.push(`note: ${note}`);
  lines.push(...temperatures(points.map(({ measurement }) => measurement)));
  if (result.ended === 'interrupted') lines.push('Interrupted: what was measured is kept; the same command goes on.');
  if (result.ended === 'budget') lines.push('The budget is used up: the same command goes on where it ended.');
  for (const { variant, provider, threads, batch, workers, failure } of failed) {
    lines.push(`not measured: ${nameOf({ variant, provider, threads, batch, workers })}: ${failure}`);
  }
  for (const { id, changed } of staleDevices(report)) lines.push(`stale: profile ${id}: ${changed.join('; ')}`);
  return `${lines.join('\n')}\n`;
}

function split({ result, variants }: ProfileReport): { points: Point[]; failed: Measurement[] } {
  const accuracies = new Map(variants.map(({ id, accuracy }) => [id, accuracy?.relativeToFp32 ?? null]));
  const points: Point[] = [];
  const failed: Measurement[] = [];
  for (const measurement of result.measurements) {
    const { variant, p50Ms, imagesPerSecond } = measurement;
    if (p50Ms === null || imagesPerSecond === null) failed.push(measurement);
    else points.push({ variant, accuracy: accuracies.get(variant) ?? null, p50Ms, imagesPerSecond, measurement });
  }
  return { points, failed };
}

/** Profiles of the same provider whose device is not this one any more, with what changed. */
function staleDevices({ devices, earlier }: ProfileReport): { id: string; changed: string[] }[] {
  const current = new Set(devices.map(fingerprintId));
  return earlier.flatMap(({ id, fingerprint }) => {
    const provider = fingerprint['provider']?.split(' ')[0];
    const now = devices.find((device) => device.provider.split(' ')[0] === provider);
    if (now === undefined || current.has(id)) return [];
    return [{ id, changed: changedParts(fingerprint as unknown as Fingerprint, now) }];
  });
}

function cells({ measurement, accuracy }: Point): string[] {
  const { variant, provider, threads, batch, workers, p50Ms, p95Ms, imagesPerSecond, rssBytes } = measurement;
  return [
    variant,
    provider,
    String(threads),
    String(batch),
    String(workers),
    p50Ms!.toFixed(1),
    p95Ms!.toFixed(1),
    imagesPerSecond!.toFixed(1),
    rssBytes === null ? '-' : (rssBytes / 1e6).toFixed(0),
    measurement.millijoulesPerImage?.toFixed(1) ?? '-',
    accuracy?.toFixed(3) ?? 'not measured',
  ];
}

function temperatures(measurements: readonly Measurement[]): string[] {
  const before = measurements.flatMap((one) => one.temperatureBefore ?? []);
  const after = measurements.flatMap((one) => one.temperatureAfter ?? []);
  if (before.length === 0 || after.length === 0) return [];
  return [`Temperature: ${Math.min(...before).toFixed(0)} to ${Math.max(...after).toFixed(0)} °C.`];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}
