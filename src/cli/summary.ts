import type { CameraStatus, RuntimeStatus } from '../status.js';

/** The last line of `run --json`: what the run amounted to. Times in ms, rates in frames/s over the whole run. */
export interface Summary {
  readonly type: 'summary';
  readonly durationS: number;
  readonly captured: number;
  readonly inferred: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Frames that were still waiting when it stopped: captured = inferred + all dropped + unanswered. */
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
  }[];
}

/** @param servingS seconds that cameras ran: loading a model is not serving */
export function summarize(status: RuntimeStatus, servingS: number): Summary {
  const inferred = sum(status.cameras.map((camera) => camera.inferred));
  return {
    type: 'summary',
    durationS: round(servingS),
    captured: sum(status.cameras.map((camera) => camera.captured)),
    inferred,
    dropped: total(status.cameras.map((camera) => camera.dropped)),
    unanswered: sum(status.cameras.map(unanswered)),
    fps: servingS > 0 ? round(inferred / servingS) : 0,
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
    })),
  };
}

/** The summary for a person. */
export function describe(summary: Summary): string {
  const { latencyMs, dropped } = summary;
  const causes = Object.entries(dropped).filter(([, count]) => count > 0);
  return [
    `${summary.inferred} of ${summary.captured} frames inferred in ${summary.durationS} s (${summary.fps} fps)`,
    `latency p50 ${latencyMs.p50 ?? '–'} ms, p95 ${latencyMs.p95 ?? '–'} ms`,
    causes.length > 0
      ? `dropped: ${causes.map(([cause, count]) => `${count} ${cause}`).join(', ')}`
      : 'nothing dropped',
    ...(summary.unanswered > 0 ? [`${summary.unanswered} still waiting when it stopped`] : []),
    `${summary.vehiclesSeen} vehicles seen`,
    `${summary.model} ${summary.variant} on ${summary.provider ?? 'no provider'}`,
  ].join('\n');
}

function unanswered({ captured, inferred, dropped }: CameraStatus): number {
  return captured - inferred - sum(Object.values(dropped));
}

function total(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const one of counts)
    for (const [cause, count] of Object.entries(one)) totals[cause] = (totals[cause] ?? 0) + count;
  return totals;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const round = (value: number): number => Math.round(value * 10) / 10;
