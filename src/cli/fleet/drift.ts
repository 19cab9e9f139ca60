import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson, printTable } from '../print.js';
import { followAction } from './actions.js';
import { CollectorClient, type CollectorFlags } from './collector-client.js';

export interface DriftFlags extends CollectorFlags {
  readonly ask?: boolean;
  readonly apply?: boolean;
  readonly stage?: readonly string[];
  /** s */
  readonly watch?: number;
  /** s */
  readonly within: number;
  readonly note?: string;
}

interface ShownDrift {
  readonly problem: string | null;
  readonly counts: Readonly<Record<'as-desired' | 'drifted' | 'unknown', number>>;
  readonly devices: readonly {
    readonly site: string;
    readonly device: string;
    readonly state: string;
    readonly keys: readonly { key: string; wanted: unknown; has: unknown; group: string; settable: boolean }[];
  }[];
  readonly next: string | null;
}

/** `edge-optimizer fleet drift`. @returns 0 where all are as desired, 1 otherwise */
export async function showDrift(flags: DriftFlags): Promise<number> {
  const client = new CollectorClient(flags);
  const { ask, apply, stage, watch, within, note } = flags;
  if (ask && (await driftOfFleet(client)).counts.unknown > 0)
    await carryOut(client, 'ask', { withinS: within, note }, flags);
  const settable = (drift: ShownDrift): boolean => drift.devices.some(({ keys }) => keys.some((one) => one.settable));
  if (apply && settable(await driftOfFleet(client))) {
    const stages = stage?.map((size) => (/^\d+$/.test(size) ? Number(size) : size));
    await carryOut(client, 'apply', { withinS: within, note, stages, watchS: watch }, flags);
  }
  const drift = await driftOfFleet(client);
  if (flags.json) printJson(drift);
  else show(drift);
  return drift.problem === null && drift.counts.drifted + drift.counts.unknown === 0 ? 0 : FAILED;
}

async function carryOut(
  client: CollectorClient,
  verb: 'ask' | 'apply',
  body: object,
  { json }: DriftFlags,
): Promise<void> {
  const { actions } = (await client.post(`/configuration/${verb}`, body)) as { actions: readonly { id: string }[] };
  for (const { id } of actions) await followAction(client, id, json ?? false);
}

/** All of it. */
async function driftOfFleet(client: CollectorClient): Promise<ShownDrift> {
  let drift = (await client.get('/configuration?limit=1000')) as ShownDrift;
  while (drift.next !== null) {
    const page = (await client.get(`/configuration?limit=1000&after=${encodeURIComponent(drift.next)}`)) as ShownDrift;
    drift = { ...page, devices: [...drift.devices, ...page.devices] };
  }
  return drift;
}

function show({ problem, counts, devices }: ShownDrift): void {
  if (problem !== null) print(oneLine(problem));
  const rows = devices.flatMap(({ site, device, state, keys }) => {
    const name = `${site}/${device}`;
    if (state === 'unknown') return [[name, 'unknown', '', '', '', 'ask it: --ask']];
    return keys.map(({ key, wanted, has, group, settable }) => [
      name,
      key,
      oneLine(JSON.stringify(has)).slice(0, 60),
      oneLine(JSON.stringify(wanted)).slice(0, 60),
      group,
      settable ? '--apply sets it' : 'change its file, and restart it',
    ]);
  });
  if (rows.length > 0) printTable(['device', 'key', 'has', 'is to have', 'group', 'what to do'], rows);
  print(`${counts['as-desired']} as desired, ${counts.drifted} drifted, ${counts.unknown} unknown`);
}
