import type { Config } from '../config/config.js';
import { localProgram } from '../diagnose/local-program.js';
import { total } from '../foundation/statistics.js';
import type { RuntimeStatus } from '../runtime/status.js';
import type { HealthSample } from '../update/health.js';

/** ms that the program may take to answer. */
const PATIENCE_MS = 4000;
const NOTHING: HealthSample = {
  uptimeS: null,
  cameras: null,
  streaming: null,
  capturedFps: null,
  answeredFps: null,
  captured: null,
  failed: null,
  provider: null,
  estimatedF1: null,
  memoryBytes: null,
};

/**
 * How the program does that runs with a configuration: as it says over HTTP on this machine, or else in the line that it tells
 * systemd; null where it says nothing.
 */
export async function runningHealth(
  config: Pick<Config, 'store' | 'http'> | null,
  statusText: string,
): Promise<HealthSample | null> {
  const program = config === null ? null : localProgram(config);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const status = (await program?.ask('/api/status', signal)) as RuntimeStatus | null | undefined;
  if (status === null || status === undefined) return healthInLine(statusText);
  return healthIn(status, (await program?.askText('/metrics', signal)) ?? '');
}

/** Of what the program answers; pure. @param metrics of /metrics */
export function healthIn({ uptimeS, cameras, provider }: RuntimeStatus, metrics: string): HealthSample {
  const answering = cameras.filter(({ paused }) => paused === null);
  const sum = (numbers: readonly (number | null)[]): number | null => total(numbers.filter((one) => one !== null));
  const estimates = answering.flatMap(({ estimatedF1 }) => estimatedF1 ?? []);
  const failures = answering.flatMap(({ dropped }) =>
    Object.entries(dropped).flatMap(([cause, count]) => (cause.startsWith('detector-') ? [count] : [])),
  );
  return {
    uptimeS,
    cameras: answering.length,
    streaming: answering.filter(({ state }) => state === 'streaming').length,
    capturedFps: sum(answering.map(({ capturedFps }) => capturedFps)),
    answeredFps: sum(answering.map(({ answeredFps }) => answeredFps)),
    captured: sum(answering.map(({ captured }) => captured)),
    failed: sum(failures),
    provider,
    estimatedF1: estimates.length === 0 ? null : Math.min(...estimates),
    memoryBytes: sum(
      [...metrics.matchAll(/^edge_resident_memory_bytes\{[^}]*\} (\S+)$/gm)].map(([, bytes]) => Number(bytes)),
    ),
  };
}

const LINE =
  /^(?<streaming>\d+) of (?<cameras>\d+) cameras? streaming, (?:(?<rate>[\d.]+) answers\/s|no answers yet), (?:estimated F1 (?<f1>[\d.]+)|F1 not known yet), (?<provider>.+)$/;

/** Of the line for `systemctl status` (runtime/systemd/status-line.ts); null where it is none. */
export function healthInLine(line: string): HealthSample | null {
  const { groups } = LINE.exec(line.trim()) ?? {};
  if (groups === undefined) return null;
  const { streaming, cameras, rate, f1, provider = '' } = groups;
  return {
    ...NOTHING,
    streaming: Number(streaming),
    cameras: Number(cameras),
    answeredFps: rate === undefined ? null : Number(rate),
    provider: provider === 'no detector' ? null : provider,
    estimatedF1: f1 === undefined ? null : Number(f1),
  };
}
