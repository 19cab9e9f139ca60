import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { explain } from '../../foundation/errors.js';
import { ApiRefusal } from '../../http/api-route.js';
import type { DeviceName } from '../device/device-name.js';
import { type ActionStore, type KnownConfiguration, NO_ACTION_CHANGES } from './action-store.js';
import type { AskedAction } from './asked-action.js';
import { type DriftedKey, driftOf, type ToldValues, toldAfter } from './configuration-drift.js';
import { type DesiredGroup, type DesiredValue, desiredValues, parseDesired } from './desired-configuration.js';
import type { ChoosableDevice } from './device-choice.js';
import type { ActionDesk, BegunAction } from './fleet-actions.js';

export interface FleetConfigurationOptions {
  readonly store: ActionStore;
  readonly actions: Pick<ActionDesk, 'begin' | 'choosable'>;
  /** The operator's file; null: nothing is desired. */
  readonly file: string | null;
  /** Unix ms. */
  readonly now: () => number;
}

/** How a device is beside what is desired; `unknown`: it has not told, or was configured otherwise since. */
export const DRIFT_STATES = ['as-desired', 'drifted', 'unknown'] as const;

/** Of one device that a group names. */
export interface DeviceDrift {
  readonly site: string;
  readonly device: string;
  readonly state: (typeof DRIFT_STATES)[number];
  /** Unix ms when it told; null: never. */
  readonly toldAt: number | null;
  readonly keys: readonly DriftedKey[];
}

/** What is desired, and why it cannot be read. */
export interface DesiredState {
  readonly groups: readonly DesiredGroup[];
  readonly problem: string | null;
}

/** s; a device takes a value back by itself after that, and drifts again. */
const SET_FOR_S = 2_592_000;
const MOST_APPLIED = 10;
/** Devices whose configuration is at hand at a time. */
const PAGE = 200;

/** What devices tell of their configuration, beside what the operator's file says that they are to have. */
export class FleetConfiguration {
  readonly #options: FleetConfigurationOptions;
  #keeping: Promise<unknown> = Promise.resolve();
  #read: { readonly at: string; readonly state: DesiredState } | null = null;

  constructor(options: FleetConfigurationOptions) {
    this.#options = options;
  }

  /** Of the file as it is now. */
  desired(): DesiredState {
    const { file } = this.#options;
    if (file === null)
      return { groups: [], problem: 'no desired configuration: start the collector with --desired FILE' };
    try {
      const { mtimeMs, size } = statSync(file);
      const at = `${mtimeMs} ${size}`;
      if (this.#read?.at !== at)
        this.#read = { at, state: { groups: parseDesired(readFileSync(file, 'utf8')), problem: null } };
      return this.#read.state;
    } catch (error) {
      return { groups: [], problem: `${file}: ${explain(error)}` };
    }
  }

  /** A device answered `configuration` or `set`. @throws as the store does */
  hear(site: string, device: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const { command, ok, result } = body;
    if (ok !== true || (command !== 'configuration' && command !== 'set')) return Promise.resolve();
    // each is written onto what the one before left
    const kept = this.#keeping.then(() => this.#keep(site, device, command, (result ?? {}) as Record<string, unknown>));
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  async #keep(site: string, device: string, command: string, result: Record<string, unknown>): Promise<void> {
    const [known = null] = await this.#options.store.configurations([{ site, device }]);
    const before = known === null ? null : { hash: known.hash, told: JSON.parse(known.values) as ToldValues };
    const after = toldAfter(before, command, result);
    if (after === null) return;
    const at = this.#options.now();
    const configurations: KnownConfiguration[] = [
      { site, device, hash: after.hash, at, values: JSON.stringify(after.told) },
    ];
    await this.#options.store.change({ ...NO_ACTION_CHANGES, configurations });
  }

  /** Every device that a group names, in the order of site and name. @throws as the store does */
  async drift(): Promise<DeviceDrift[]> {
    const { store, actions, now } = this.#options;
    const devices = await actions.choosable();
    const wanted = desiredValues(this.desired().groups, devices);
    const named = devices.filter((device) => wanted.has(nameOf(device)));
    const found: DeviceDrift[] = [];
    for (let from = 0; from < named.length; from += PAGE) {
      const page = named.slice(from, from + PAGE);
      const told = new Map(
        (await store.configurations(page.map(({ site, device }) => ({ site, device })))).map(
          (one) => [nameOf(one), one] as const,
        ),
      );
      for (const device of page) {
        const name = nameOf(device);
        found.push(driftNow(device, wanted.get(name)!, told.get(name) ?? null, now()));
      }
    }
    return found;
  }

  /** Asks devices of which it is not known how they are. @throws ApiRefusal 404 where all is known; as `FleetActions.begin` */
  async ask(care: Partial<AskedAction>, by: string): Promise<BegunAction> {
    const unknown = (await this.drift()).filter(({ state }) => state === 'unknown');
    if (unknown.length === 0)
      throw new ApiRefusal(404, 'every device that a group names has told how it is configured');
    return this.#begin('configuration', {}, unknown, care, by);
  }

  /**
   * Sets what has drifted where a command can: devices with the same to be set share an action.
   *
   * @throws ApiRefusal 404 where there is nothing; as `FleetActions.begin`
   */
  async apply(care: Partial<AskedAction>, by: string): Promise<BegunAction[]> {
    const bodies = new Map<string, { body: Record<string, unknown>; devices: DeviceDrift[] }>();
    for (const one of await this.drift()) {
      const keys = one.keys.filter(({ settable }) => settable);
      if (keys.length === 0) continue;
      const body = { ...Object.fromEntries(keys.map(({ key, wanted }) => [key, wanted])), forS: SET_FOR_S };
      const text = JSON.stringify(body);
      const shared: { body: Record<string, unknown>; devices: DeviceDrift[] } = bodies.get(text) ?? {
        body,
        devices: [],
      };
      bodies.set(text, shared);
      shared.devices.push(one);
    }
    if (bodies.size === 0) throw new ApiRefusal(404, 'no device has drifted in a key that a command can set');
    const begun: BegunAction[] = [];
    for (const { body, devices } of [...bodies.values()].slice(0, MOST_APPLIED))
      begun.push(await this.#begin('set', body, devices, care, by));
    return begun;
  }

  #begin(
    command: string,
    body: Record<string, unknown>,
    devices: readonly DeviceDrift[],
    care: Partial<AskedAction>,
    by: string,
  ): Promise<BegunAction> {
    const names = devices.map(({ site, device }) => `${site}/${device}`).slice(0, 5000);
    // asked for twice in a second it is begun once
    const second = Math.floor(this.#options.now() / 1000);
    const id = `drift-${createHash('sha256')
      .update(JSON.stringify([command, body, names, second]))
      .digest('hex')
      .slice(0, 16)}`;
    const usual = { stages: [], watchS: 0, outcomeS: 1800, withinS: 86_400, perSecond: 5, dryRun: false };
    return this.#options.actions.begin({ ...usual, ...care, id, command, body, choose: { devices: names } }, by);
  }
}

/** @param now Unix ms */
function driftNow(
  { site, device, configuration }: ChoosableDevice,
  wanted: ReadonlyMap<string, DesiredValue>,
  known: KnownConfiguration | null,
  now: number,
): DeviceDrift {
  // an earlier program tells no hash: then what it told last counts
  const isCurrent = known !== null && (configuration === null || configuration === known.hash);
  const keys = isCurrent ? driftOf(wanted, JSON.parse(known.values) as ToldValues, now) : [];
  const state = !isCurrent ? 'unknown' : keys.length > 0 ? 'drifted' : 'as-desired';
  return { site, device, state, toldAt: known?.at ?? null, keys };
}

const nameOf = ({ site, device }: DeviceName): string => `${site}/${device}`;
