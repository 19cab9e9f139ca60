import { modelVariantOf } from '../overview/fleet-list.js';
import type { DeviceStanding, FleetSnapshot } from '../overview/fleet-snapshot.js';
import { type ComparedDevice, type Comparison, compareByKind } from './unlike.js';

const HOUR_S = 3600;
/** After a shorter run of the program a single restart looks like many an hour. */
const LEAST_UPTIME_S = 1800;

/** Compares the devices that are online and told what they measure; `left` are the others. */
export function compareFleet({ devices }: FleetSnapshot): Comparison<DeviceStanding> & { readonly left: number } {
  const present = devices.filter(({ state, readings }) => state === 'online' && readings.measuredAt !== null);
  return { ...compareByKind(present.map(comparedDevice)), left: devices.length - present.length };
}

/** A device with the numbers that it is compared by. */
function comparedDevice(one: DeviceStanding): ComparedDevice<DeviceStanding> {
  const { measured } = one.readings;
  const { uptime, reconnects, workerRestarts, fpsCaptured } = measured;
  const perHour = (count: number | null): number | null =>
    count === null || uptime === null || uptime < LEAST_UPTIME_S ? null : (count / uptime) * HOUR_S;
  return {
    whose: one,
    kind: kindOf(one),
    values: {
      accuracy: measured.accuracy,
      latencyMs: measured.latencyMs,
      fpsPerCamera: fpsCaptured === null || measured.cameras === null ? null : fpsCaptured / measured.cameras,
      withoutInference: measured.withoutInference,
      cpu: measured.cpu,
      memory: measured.memory,
      temperature: measured.temperature,
      power: measured.power,
      reconnectsPerHour: perHour(reconnects),
      restartsPerHour: perHour(workerRestarts),
      waitingS: measured.waiting,
      clockS: one.clockOffsetMs === null ? null : Math.abs(one.clockOffsetMs) / 1000,
      lost: one.lost,
    },
  };
}

/** Board, provider, model and variant, as far as they are told. */
const kindOf = ({ device }: DeviceStanding): string =>
  [device.board, device.provider, modelVariantOf(device)].filter(Boolean).join(' · ');
