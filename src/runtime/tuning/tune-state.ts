import { availableParallelism } from 'node:os';
import type { AuditedAccuracy } from '../../answer/audit/camera-audit.js';
import type { Machine } from '../../board/machine/machine.js';
import { THROTTLE_CAUSES } from '../../board/machine/throttling.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import type { TuneState } from '../../tune/observer.js';

/** What the machine, the processes and the audits say now, as an observation has it. */
export function tuneStateOf(
  machine: Machine,
  processes: Pick<ProcessMetrics, 'totalBytes' | 'uses'>,
  cameras: readonly { accuracy(): AuditedAccuracy | null }[],
  uplinkBytesPerDay: number | null,
): TuneState {
  const { temperature, throttleAt, throttling, watts, processor, memory } = machine;
  const busy = processor.total === null ? null : processor.total.busy / 100;
  const own = coresBusy(processes);
  // the machine's readings are of all its cores, whatever a control group allows us
  const elsewhere = busy === null || own === null ? null : Math.max(0, busy - own / availableParallelism());
  const kept = cameras.flatMap((camera) => camera.accuracy()?.estimatedF1 ?? []);
  return {
    keptF1: kept.length === 0 ? null : kept.reduce((sum, f1) => sum + f1, 0) / kept.length,
    temperature,
    throttleAt,
    throttledBy: THROTTLE_CAUSES.filter((cause) => throttling.now[cause]),
    watts,
    cpuBusy: elsewhere === null || own === null ? busy : Math.min(1, elsewhere + own / usableCores(machine)),
    cpuBusyElsewhere: elsewhere,
    memoryBytes: processes.totalBytes,
    memoryFreeBytes: memory.memory?.available ?? null,
    uplinkBytesPerDay,
  };
}

/** Cores' worth of time that this process may use. */
export function usableCores({ quota }: Pick<Machine, 'quota'>): number {
  return Math.min(availableParallelism(), quota.cores ?? Number.POSITIVE_INFINITY);
}

/** How many cores all our processes keep busy; null where none could be read. */
function coresBusy({ uses }: Pick<ProcessMetrics, 'uses'>): number | null {
  const percents = [...uses].flatMap(([, { cpuPercent }]) => cpuPercent ?? []);
  return percents.length === 0 ? null : percents.reduce((sum, percent) => sum + percent, 0) / 100;
}
