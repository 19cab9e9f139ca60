import { OPERATOR } from '../foundation/viewer.js';
import { standingOf } from '../schedule/metrics.js';
import { mergedQuantile } from '../telemetry/metrics/histogram.js';
import type { Workers } from './detector/workers.js';
import type { Parts } from './parts.js';
import type { RuntimeStatus, WorkerStatus } from './status.js';

/** Puts together what the parts say of themselves. */
export function statusOf(
  { machine, tuning, idleProfiling, knobs, cameras, models, outbox, publisher, processes, cameraAlerts, orders }: Parts,
  leftOut: readonly string[],
): RuntimeStatus {
  const { current, workers } = models;
  const totals = cameras.latencies();
  const mqtt = publisher.state();
  const waiting = outbox.health();
  return {
    uptimeS: processes.uptimeS,
    model: current?.model ?? models.configured.name,
    variant: current?.variant ?? models.configured.variant,
    provider: current?.provider ?? null,
    refusedProviders: (current?.info.refused ?? []).map(({ provider, reason }) => `${provider}: ${reason}`),
    workers: workers === null ? [] : workerStatus(workers),
    machine: machine.status(),
    tuning: tuning.status(),
    idleProfiling: idleProfiling.status(),
    heldOff: knobs.heldOff(),
    cameras: cameras.all.map((camera) => camera.status()),
    latencyMs: { p50: mergedQuantile(totals, 0.5), p95: mergedQuantile(totals, 0.95) },
    mqtt: {
      broker: mqtt?.broker ?? null,
      connected: mqtt?.phase === 'connected',
      problem: mqtt?.problem?.message ?? null,
      complaints: mqtt ? [...mqtt.refusals, ...(mqtt.clientIdShared === null ? [] : [mqtt.clientIdShared])] : [],
      queued: mqtt?.queued ?? 0,
      dropped: mqtt?.droppedTotal ?? 0,
      sent: mqtt?.sent ?? 0,
      outbox: waiting && {
        state: waiting.state,
        bytes: waiting.fileBytes,
        oldestS: waiting.oldestMs === null ? null : Math.round(waiting.oldestMs / 1000),
      },
    },
    alerts: cameraAlerts.active(OPERATOR),
    overrides: orders.overrides.all.map(({ key, value, configured, term: { until, by } }) => ({
      key,
      value,
      configured,
      until,
      by,
    })),
    leftOut,
  };
}

function workerStatus({ states, pools, slots }: Workers): WorkerStatus[] {
  return states.map((state, index) => {
    const load = slots.loads[index]!;
    const { a, b } = load.service.line ?? { a: null, b: null };
    const { state: health } = load.health;
    return {
      pool: pools[index]!,
      state: state.kind,
      standing: standingOf(load),
      detail: 'reason' in state ? state.reason : 'why' in health ? health.why : null,
      variant: state.kind === 'ready' ? state.info.variant : null,
      provider: state.kind === 'ready' ? state.info.provider : null,
      pictureMs: load.service.expect(1),
      batchStartMs: a,
      batchPictureMs: b,
      batchSizes: load.sizes,
      pictures: load.pictures,
      batches: load.batches,
    };
  });
}
