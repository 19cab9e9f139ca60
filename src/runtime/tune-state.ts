import { availableParallelism } from 'node:os';
import type { AuditedAccuracy } from '../answer/audit/camera-audit.js';
import type { Machine } from '../board/machine/machine.js';
import { THROTTLE_CAUSES } from '../board/machine/throttling.js';
import type { ProcessMetrics } from '../telemetry/metrics/process-metrics.js';
import type { TuneState } from '../tune/observer.js';

/** What the machine, the processes and the audits say now, as an observation has it. */
export function tuneStateOf(
  machine: Machine,
  processes: Pick<ProcessMetrics, 'totalBytes' | 'uses'>,
  cameras: readonly { accuracy(): AuditedAccuracy | null }[],
): TuneState {
  const { temperature, throttleAt, throttling, watts, processor, memory, quota } = machine;
  const cores = Math.min(availableParallelism(), quota.cores ?? Number.POSITIVE_INFINITY);
  const busy = processor.total === null ? null : processor.total.busy / 100;
  const own = ownShare(processes, cores);
  const kept = cameras.flatMap((camera) => camera.accuracy()?.estimatedF1 ?? []);
  return {
    keptF1: kept.length === 0 ? null : kept.reduce((sum, f1) => sum + f1, 0) / kept.length,
    temperature,
    throttleAt,
    throttledBy: THROTTLE_CAUSES.filter((cause) => throttling.now[cause]),
    watts,
    cpuBusy: busy,
    cpuBusyElsewhere: busy === null || own === null ? null : Math.max(0, busy - own),
    memoryBytes: processes.totalBytes,
    memoryFreeBytes: memory.memory?.available ?? null,
    uplinkBytesPerDay: null,
  };
}

/** Of `cores`, 0..1; null where no process could be read. */
function ownShare({ uses }: Pick<ProcessMetrics, 'uses'>, cores: number): number | null {
  const percents = [...uses].flatMap(([, { cpuPercent }]) => cpuPercent ?? []);
  return percents.length === 0 ? null : percents.reduce((sum, percent) => sum + percent, 0) / (100 * cores);
}
