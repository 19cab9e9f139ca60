import { mean, sum } from '../foundation/statistics.js';
import type { CameraStatus, RuntimeStatus } from '../runtime/status.js';

/** The last line of `run --json`: what the run amounted to. Times in ms, rates in frames/s over the whole run. */
export interface Summary {
  readonly type: 'summary';
  readonly durationS: number;
  readonly captured: number;
  readonly inferred: number;
  /** How the frames were answered. */
  readonly answering: {
    /** Answers by where they came from. */
    readonly origins: Readonly<Record<string, number>>;
    /** Share of the answers that took no inference, 0 to 1; null before the first answer. */
    readonly withoutInference: number | null;
    /** F1 against inferring every frame as the audit estimates it, the mean of the cameras; null where it is not known. */
    readonly estimatedF1: number | null;
  };
  readonly dropped: Readonly<Record<string, number>>;
  /** Frames that were still waiting when it stopped: captured = answered + all dropped + unanswered. */
  readonly unanswered: number;
  /** Answered frames per second. */
  readonly fps: number;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  readonly vehiclesSeen: number;
  readonly model: string;
  readonly variant: string;
  readonly provider: string | null;
  readonly cameras: readonly {
    readonly id: string;
    readonly captured: number;
    readonly inferred: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly unanswered: number;
    readonly vehiclesSeen: number;
    /** What its pictures and answers were at the end; null where nothing was seen. */
    readonly plausibility: CameraStatus['plausibility'];
    /** What was seen that cannot be true, in words; null where nothing was. */
    readonly implausible: string | null;
    /** Crossings of each line by name of the direction. */
    readonly lines: CameraStatus['lines'];
  }[];
}

/** @param servingS seconds that cameras ran: loading a model is not serving */
export function summarizeRun(status: RuntimeStatus, servingS: number): Summary {
  const inferred = sum(status.cameras.map((camera) => camera.inferred));
  const f1 = mean(status.cameras.flatMap(({ estimatedF1 }) => estimatedF1 ?? []));
  const origins = total(status.cameras.map((camera) => camera.answered));
  const all = answered(origins);
  return {
    type: 'summary',
    durationS: round(servingS),
    captured: sum(status.cameras.map((camera) => camera.captured)),
    inferred,
    answering: {
      origins,
      withoutInference: all === 0 ? null : share(1 - inferred / all),
      estimatedF1: f1 === null ? null : share(f1),
    },
    dropped: total(status.cameras.map((camera) => camera.dropped)),
    unanswered: sum(status.cameras.map(unanswered)),
    fps: servingS > 0 ? round(all / servingS) : 0,
    latencyMs: {
      p50: status.latencyMs.p50 && round(status.latencyMs.p50),
      p95: status.latencyMs.p95 && round(status.latencyMs.p95),
    },
    vehiclesSeen: sum(status.cameras.map((camera) => camera.vehiclesSeen)),
    model: status.model,
    variant: status.variant,
    provider: status.provider,
    cameras: status.cameras.map((camera) => ({
      id: camera.id,
      captured: camera.captured,
      inferred: camera.inferred,
      dropped: camera.dropped,
      unanswered: unanswered(camera),
      vehiclesSeen: camera.vehiclesSeen,
      plausibility: camera.plausibility,
      implausible: camera.implausible,
      lines: camera.lines,
    })),
  };
}

/** The summary for a person. */
export function describe(summary: Summary): string {
  const { latencyMs, dropped, answering } = summary;
  const causes = Object.entries(dropped).filter(([, count]) => count > 0);
  return [
    `${answered(answering.origins)} of ${summary.captured} frames answered in ${summary.durationS} s (${summary.fps} fps), ${summary.inferred} of them by inference`,
    ...(answering.estimatedF1 === null
      ? []
      : [`accuracy ${answering.estimatedF1} of inferring every frame (F1, as audited)`]),
    `latency p50 ${latencyMs.p50 ?? '–'} ms, p95 ${latencyMs.p95 ?? '–'} ms`,
    causes.length > 0
      ? `dropped: ${causes.map(([cause, count]) => `${count} ${cause}`).join(', ')}`
      : 'nothing dropped',
    ...(summary.unanswered > 0 ? [`${summary.unanswered} still waiting when it stopped`] : []),
    `${summary.vehiclesSeen} vehicles seen`,
    ...summary.cameras.flatMap(({ id, plausibility, implausible }) =>
      implausible === null ? [] : [`${id}: ${plausibility}, ${implausible}`],
    ),
    ...summary.cameras.flatMap(({ id, lines }) => crossings(lines).map((line) => `${id}: ${line}`)),
    `${summary.model} ${summary.variant} on ${summary.provider ?? 'no provider'}`,
  ].join('\n');
}

/** `gate 12 northbound, 3 southbound` for each line. */
export function crossings(lines: CameraStatus['lines']): string[] {
  return Object.entries(lines).map(([line, directions]) => {
    const counts = Object.entries(directions).map(([direction, count]) => `${count} ${direction}`);
    return `${line} ${counts.join(', ')}`;
  });
}

const answered = (origins: Readonly<Record<string, number>>): number => sum(Object.values(origins));

function unanswered({ captured, answered: origins, dropped }: CameraStatus): number {
  return captured - answered(origins) - sum(Object.values(dropped));
}

function total(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const one of counts)
    for (const [cause, count] of Object.entries(one)) totals[cause] = (totals[cause] ?? 0) + count;
  return totals;
}

const share = (value: number): number => Math.round(value * 1000) / 1000;
const round = (value: number): number => Math.round(value * 10) / 10;
