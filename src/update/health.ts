import { mean } from '../foundation/statistics.js';
/** How the program does at one moment; null: not told. */
export interface HealthSample {
  /** Seconds since the program began. */
  readonly uptimeS: number | null;
  /** Cameras that are to be answered, and those of them that send pictures. */
  readonly cameras: number | null;
  readonly streaming: number | null;
  /** frames/s of all cameras together over the last seconds. */
  readonly capturedFps: number | null;
  readonly answeredFps: number | null;
  /** Since the program began: frames captured, and those that a detector failed. */
  readonly captured: number | null;
  readonly failed: number | null;
  /** `cuda`; null too while no detector serves. */
  readonly provider: string | null;
  /** Of the worst camera. */
  readonly estimatedF1: number | null;
  /** Of all processes of the program. */
  readonly memoryBytes: number | null;
}

/** What systemd says of the service at one moment. */
export interface ServiceState {
  /** `starting` until it says that it is ready; `stopped`: by somebody, in order. */
  readonly phase: 'starting' | 'running' | 'failed' | 'stopped';
  /** How often systemd started it again by itself. */
  readonly restarts: number;
  /** Of its main process; null while there is none. */
  readonly pid: number | null;
  /** In systemd's words: `exit-code`, `watchdog`, `oom-kill`, `timeout`. */
  readonly result: string;
}

/** A look at the version on trial. */
export interface TrialLook {
  /** ms on a clock that only goes forward. */
  readonly at: number;
  readonly service: ServiceState;
  /** Null while nobody answers. */
  readonly health: HealthSample | null;
}

/** What becomes of a version on trial. */
export type UpdateVerdict =
  | { readonly kind: 'watching' }
  | { readonly kind: 'fine'; readonly reason: string }
  | { readonly kind: 'worse'; readonly reason: string };

/** ms within which the service has to be ready; it asks systemd for up to 15 minutes where it compiles a model. */
const READY_WITHIN_MS = 16 * 60_000;
/** Of the watch, at its begin, that is not judged by numbers: caches fill, cameras connect, the tuning settles. */
const WARM_UP_SHARE = 0.2;
/** Below this share of the old rate, less is answered. Half: light, exposure and tuning move it by less within minutes. */
const LEAST_RATE = 0.5;
/** By so much the share of failed frames may grow. */
const MORE_FAILED = 0.05;
/** By so much the estimate of accuracy may fall: it is an estimate. */
const LESS_F1 = 0.1;
/** The program may take so many times the memory of the old version, and so many bytes more: both have to be passed. */
const MORE_MEMORY = { times: 1.5, bytes: 200 * 2 ** 20 } as const;
/** Looks with numbers that a verdict by numbers needs at least. */
const LEAST_LOOKS = 3;
/** Looks after which a program that hardly ever answers is taken for one that says nothing. */
const PATIENT_LOOKS = 10;

/**
 * Judges a version by what the one before it did. A restart, a failure or a start that takes too long is worse at once; numbers
 * are compared when the time is over, and only those that both versions told: no accuracy at night, no rate without a camera.
 *
 * @param before how the old version did; null where that could not be seen
 * @param looks since the watch began, oldest first
 * @param watchMs for how long it has to be ready
 */
export function judgeUpdate(before: HealthSample | null, looks: readonly TrialLook[], watchMs: number): UpdateVerdict {
  const last = looks.at(-1);
  if (last === undefined) return { kind: 'watching' };
  const ended = judgeService(looks);
  if (ended !== null) return worse(ended);
  const running = sinceLastStart(looks);
  if (running.length === 0 || last.at - running[0]!.at < watchMs) return { kind: 'watching' };
  const warmAt = running[0]!.at + watchMs * WARM_UP_SHARE;
  const warm = running.filter(({ at }) => at >= warmAt);
  const judged = warm.flatMap(({ health }) => health ?? []);
  // a machine that stood still meanwhile has not been looked at for long enough
  if (warm.length < LEAST_LOOKS || (judged.length < LEAST_LOOKS && warm.length < PATIENT_LOOKS))
    return { kind: 'watching' };
  const reason = before === null ? null : judgeNumbers(before, judged);
  if (reason !== null) return worse(reason);
  return { kind: 'fine', reason: whatWasSeen(before, judged) };
}

/** Of several looks: rates as their mean, totals and states as the last one has them; null of none. */
export function averageHealth(samples: readonly HealthSample[]): HealthSample | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const capturedFps = mean(known(samples, 'capturedFps'));
  const answeredFps = mean(known(samples, 'answeredFps'));
  const estimatedF1 = mean(known(samples, 'estimatedF1'));
  return { ...last, capturedFps, answeredFps, estimatedF1 };
}

const worse = (reason: string): UpdateVerdict => ({ kind: 'worse', reason });

/** Why the service alone says that it is worse; null where it does not. */
function judgeService(looks: readonly TrialLook[]): string | null {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const { phase, restarts, result } = last.service;
  // a stop that was no good end passes through `failed` for a moment, on the way to its start
  if (phase === 'failed' && looks.at(-2)?.service.phase === 'failed') return `the service failed (${result})`;
  // somebody's `systemctl restart` sets the number to 0
  let least = first.service.restarts;
  for (const { service } of looks) least = Math.min(least, service.restarts);
  if (restarts > least) return 'the program ended and had to be started again';
  let startingSince: number | null = null;
  for (const { at, service } of looks) {
    if (service.phase !== 'starting') startingSince = null;
    else startingSince ??= at;
  }
  if (startingSince !== null && last.at - startingSince > READY_WITHIN_MS) {
    return `the service was not ready within ${Math.round(READY_WITHIN_MS / 60_000)} minutes`;
  }
  return null;
}

/** Looks at the process that runs now, since it was ready: one that somebody started anew is watched anew. */
function sinceLastStart(looks: readonly TrialLook[]): TrialLook[] {
  const { pid } = looks.at(-1)!.service;
  const from = looks.findLastIndex(({ service }) => service.phase !== 'running' || service.pid !== pid);
  return looks.slice(from + 1);
}

/** What is worse by its numbers; null where nothing is. */
function judgeNumbers(before: HealthSample, after: readonly HealthSample[]): string | null {
  if (after.length < LEAST_LOOKS) {
    return before.uptimeS === null ? null : 'the program does not say how it does, which it did before';
  }
  return (
    judgeProvider(before, after) ??
    judgeCameras(before, after) ??
    judgeRate(before, after) ??
    judgeFailures(before, after) ??
    judgeAccuracy(before, after) ??
    judgeMemory(before, after)
  );
}

function judgeProvider({ provider: old }: HealthSample, after: readonly HealthSample[]): string | null {
  const { provider } = after.at(-1)!;
  if (old === null) return null;
  if (after.every((sample) => sample.provider === null)) return `no detector serves, ${old} did before`;
  return provider === 'cpu' && old !== 'cpu' ? `inference runs on cpu, it ran on ${old} before` : null;
}

/** One that was seen once is lost by itself. */
function judgeCameras({ streaming: old }: HealthSample, after: readonly HealthSample[]): string | null {
  const most = Math.max(...known(after, 'streaming'));
  if (old === null || !Number.isFinite(most) || most >= old) return null;
  return `${most} cameras stream at most, ${old} did before`;
}

/** Whoever captures less because the cameras send less is not to blame, as long as what comes is answered. */
function judgeRate(before: HealthSample, after: readonly HealthSample[]): string | null {
  const answered = mean(known(after, 'answeredFps'));
  const captured = mean(known(after, 'capturedFps'));
  if (answered === null || before.answeredFps === null || before.answeredFps <= 0) return null;
  if (answered >= before.answeredFps * LEAST_RATE) return null;
  const told = `${answered.toFixed(1)} frames/s are answered, ${before.answeredFps.toFixed(1)} were before`;
  if (captured === null || before.capturedFps === null || before.capturedFps <= 0) return told;
  const shares = [answered / Math.max(captured, 0.001), before.answeredFps / before.capturedFps] as const;
  const isCaptureAlike = captured >= before.capturedFps * LEAST_RATE;
  return isCaptureAlike || captured === 0 || shares[0] < shares[1] * LEAST_RATE ? told : null;
}

function judgeFailures(before: HealthSample, after: readonly HealthSample[]): string | null {
  const [first, last] = [after[0]!, after.at(-1)!];
  const [old, now] = [shareFailed(null, before), shareFailed(first, last)];
  if (old === null || now === null || now <= old + MORE_FAILED) return null;
  return `${percent(now)} of the frames fail, ${percent(old)} did before`;
}

function judgeAccuracy({ estimatedF1: old }: HealthSample, after: readonly HealthSample[]): string | null {
  const estimates = known(after, 'estimatedF1');
  const now = mean(estimates.slice(-Math.ceil(estimates.length / 2)));
  if (old === null || now === null || now >= old - LESS_F1) return null;
  return `the estimated F1 is ${now.toFixed(2)}, it was ${old.toFixed(2)} before`;
}

function judgeMemory({ memoryBytes: old }: HealthSample, after: readonly HealthSample[]): string | null {
  const now = known(after, 'memoryBytes').at(-1);
  if (old === null || now === undefined) return null;
  if (now <= old * MORE_MEMORY.times || now <= old + MORE_MEMORY.bytes) return null;
  return `the program takes ${mebibytes(now)}, it took ${mebibytes(old)} before`;
}

/** Says what a good verdict stands on, so that nobody takes it for more. */
function whatWasSeen(before: HealthSample | null, judged: readonly HealthSample[]): string {
  if (judged.length === 0)
    return 'it runs and was not restarted; more could not be seen: the program is not asked over HTTP here';
  if (before === null) return 'it runs and was not restarted; how the version before did is not known';
  const { answeredFps, provider, estimatedF1 } = judged.at(-1)!;
  const told = [
    answeredFps === null ? null : `${answeredFps.toFixed(1)} frames/s answered`,
    provider,
    estimatedF1 === null ? null : `estimated F1 ${estimatedF1.toFixed(2)}`,
  ];
  return `it does no worse: ${told.filter((text) => text !== null).join(', ')}`;
}

type Numbers = { [K in keyof HealthSample]: HealthSample[K] extends number | null ? K : never }[keyof HealthSample];

function known(samples: readonly HealthSample[], what: Numbers): number[] {
  return samples.flatMap((sample) => sample[what] ?? []);
}

/** Of the frames captured between two samples. @param from null: since the program began */
function shareFailed(from: HealthSample | null, to: HealthSample): number | null {
  if (to.captured === null || to.failed === null) return null;
  const captured = to.captured - (from?.captured ?? 0);
  return captured <= 0 ? null : (to.failed - (from?.failed ?? 0)) / captured;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
