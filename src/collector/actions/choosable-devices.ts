import { type PresenceLimits, presenceOf } from '../device/presence.js';
import type { FleetStore } from '../store/fleet-store.js';
import type { ActionStore } from './action-store.js';
import type { ChoosableDevice } from './device-choice.js';

const PAGE = 1000;

/** Every device, as it is chosen by. @param now Unix ms @throws as the stores do */
export async function choosableDevices(
  fleet: FleetStore,
  store: ActionStore,
  limits: PresenceLimits,
  now: number,
): Promise<ChoosableDevice[]> {
  const labels = await store.labels();
  const found: ChoosableDevice[] = [];
  for (let after: { site: string; device: string } | null = null; ; ) {
    const page = await fleet.devices(PAGE, after);
    for (const one of page) {
      const { site, device, version, model, board, configuration } = one;
      const told = { version, model, board, configuration, labels: labels.get(`${site}/${device}`) ?? [] };
      found.push({ site, device, state: presenceOf(one, now, limits), ...told });
    }
    if (page.length < PAGE) return found;
    after = page.at(-1)!;
  }
}
