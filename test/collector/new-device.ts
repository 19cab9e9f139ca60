import type { FleetDevice, FleetStore } from '../../src/collector/store/fleet-store.js';

/** A device that the store has just heard of. @param at Unix ms */
export async function newDevice(store: FleetStore, site: string, device: string, at: number): Promise<FleetDevice> {
  const [met] = await store.meet([{ site, device, addAt: at }], 1);
  return met!.device;
}
