import { Random } from '../../src/simulator/random.js';
import type { SentMessage } from './sent-message.js';
import { type DeviceDay, type DeviceTruth, SimulatedDevice } from './simulated-device.js';

export interface FleetPlan {
  readonly devices: number;
  readonly hours: number;
  readonly seed: number;
  /** Unix ms at which it begins. */
  readonly from: number;
}

/** What a fleet sends, and what must be known of it afterwards. */
export interface SimulatedFleet {
  /** In the order of their arrival. */
  readonly messages: readonly SentMessage[];
  readonly truths: readonly DeviceTruth[];
}

const DEVICES_A_SITE = 50;

/** Where a device of a simulated fleet is, and what it is called. */
export const placeOf = (index: number): { readonly site: string; readonly device: string } => ({
  site: `site-${Math.floor(index / DEVICES_A_SITE)}`,
  device: `cabinet-${index}`,
});

/** Many devices through some hours, each with outages, restarts, doubles, losses and a clock of its own. */
export function simulatedFleet(plan: FleetPlan): SimulatedFleet {
  const days = Array.from({ length: plan.devices }, (_, index) => dayOf(plan, index));
  // stable: what one device sent at one time stays in its order
  const messages = days.flatMap((day) => day.messages).sort((a, b) => a.at - b.at);
  return { messages, truths: days.map(({ truth }) => truth) };
}

/** What one device of a fleet sends. */
export function dayOf({ hours, seed, from }: FleetPlan, index: number): DeviceDay {
  return new SimulatedDevice({
    ...placeOf(index),
    from,
    hours,
    random: new Random(seed * 100_003 + index),
  }).day();
}
