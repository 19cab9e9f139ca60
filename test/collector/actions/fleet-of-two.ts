import type { ActionStore } from '../../../src/collector/actions/action-store.js';
import { FleetActions, type FleetActionsOptions } from '../../../src/collector/actions/fleet-actions.js';
import type { FleetStore } from '../../../src/collector/store/fleet-store.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { z } from '../../../src/foundation/validate.js';
import { Commands } from '../../../src/telemetry/commands/commands.js';
import { generateSigningKey, parsePrivateKey, parsePublicKey } from '../../../src/telemetry/commands/keys.js';
import { newDevice } from '../new-device.js';

export const AT = 1_795_000_000_000;
const made = generateSigningKey();
export const KEY = parsePrivateKey(made.privatePem);
export const PUBLIC_KEY = parsePublicKey(made.publicText);

/** A device's commands, with one that counts how often it was done. */
export function countingCommands(device: string, options: { publicKey?: typeof PUBLIC_KEY; now?: () => number } = {}) {
  const { publicKey = PUBLIC_KEY, now } = options;
  const commands = new Commands({
    scope: scopeOf({ site: 'demo', device }),
    keys: [publicKey],
    ...(now && { now, clock: now }),
  });
  const counted = { commands, done: 0, fails: false };
  commands.declare({
    name: 'report',
    access: 'signed',
    help: 'counts',
    payload: z.strictObject({}),
    handle: () => {
      counted.done++;
      if (counted.fails) throw new Error('the disk is full');
      return { metrics: counted.done };
    },
  });
  return counted;
}

/** Actions over a store, with devices that are called directly: what is published to a device that is there is answered before the next turn. */
export async function actionsOver(
  store: FleetStore & { readonly actions: ActionStore },
  devices: ReadonlyMap<string, Commands>,
  clock: { now: number },
  more: Partial<FleetActionsOptions> = {},
) {
  const published: string[] = [];
  const pending: Promise<void>[] = [];
  const actions: FleetActions = await FleetActions.open({
    fleet: store,
    store: store.actions,
    key: KEY,
    limits: { staleMs: 1_800_000, goneMs: 604_800_000 },
    isConnected: () => true,
    publish: (topic, payload) => {
      published.push(topic);
      const [, , site = '', device = '', , name = ''] = topic.split('/');
      const commands = devices.get(device);
      if (commands === undefined) return;
      const message = { name, toSite: false, payload: Buffer.from(payload), retained: false };
      pending.push(commands.receive(message).then((result) => actions.hear(site, device, { ...result })));
    },
    now: () => clock.now,
    ...more,
  });
  return {
    actions,
    published,
    /** Turns, a second apart. */
    turns: async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn++) {
        clock.now += 1000;
        await actions.turn();
        await Promise.all(pending.splice(0));
      }
    },
  };
}

/** A device is known, and online or not. */
export async function known(store: FleetStore, device: string, online: boolean, at = AT): Promise<number> {
  const before = await store.known('demo', device);
  const one = before?.device ?? (await newDevice(store, 'demo', device, at));
  await store.commit({
    devices: [{ ...one, online, heardAt: at, version: '0.2.0' }],
    births: [],
    streams: [],
    alerts: [],
    rows: [],
    quarantined: [],
    counts: {},
  });
  return one.id;
}
