import { pause } from '../../foundation/pause.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson, printTable } from '../print.js';
import { bodyOf } from '../signed-command.js';
import { type ChoiceFlags, choiceOf } from './choice.js';
import { CollectorClient, type CollectorFlags } from './collector-client.js';

/** What is read of an action here. */
export interface ShownAction {
  readonly id: string;
  readonly command: string;
  readonly by: string;
  readonly note: string | null;
  readonly state: 'running' | 'halted' | 'ended' | 'aborted';
  readonly reason: string | null;
  readonly stage: number;
  readonly stages: readonly number[];
  readonly createdAt: number;
  readonly deadlineAt: number;
  readonly devices: Readonly<Record<string, number>>;
}

interface ShownTask {
  readonly site: string;
  readonly device: string;
  readonly stage: number;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly result: unknown;
}

/** How carefully. */
export interface CareFlags {
  readonly stage?: readonly string[];
  /** s */
  readonly watch?: number;
  /** s */
  readonly outcome?: number;
  /** s */
  readonly within?: number;
  readonly mostFailures?: number;
  readonly perSecond?: number;
  readonly note?: string;
  readonly id?: string;
  readonly dryRun?: boolean;
  /** `--no-wait` */
  readonly wait?: boolean;
}

export interface FleetSendFlags extends CollectorFlags, ChoiceFlags, CareFlags {
  readonly body?: readonly string[];
}

const LOOK_EVERY_MS = 1000;

/** `edge-optimizer fleet send`: begins an action and waits until it has ended or was halted. @returns 0 where all did it, 1 otherwise */
export async function sendToFleet(command: string, fields: readonly string[], flags: FleetSendFlags): Promise<number> {
  return beginAction(command, bodyOf([...fields, ...(flags.body ?? [])]), flags);
}

/** Begins an action. @returns the exit code */
export async function beginAction(
  command: string,
  body: Record<string, unknown>,
  flags: CollectorFlags & ChoiceFlags & CareFlags,
): Promise<number> {
  const client = new CollectorClient(flags);
  const { stage, watch, outcome, within, mostFailures, perSecond, note, id, dryRun } = flags;
  const care = {
    id,
    stages: stage?.map((size) => (/^\d+$/.test(size) ? Number(size) : size)),
    watchS: watch,
    outcomeS: outcome,
    withinS: within,
    mostFailures,
    perSecond,
    note,
    dryRun,
  };
  const asked = { command, body, choose: choiceOf(flags), ...care };
  const begun = (await client.post('/actions', asked)) as {
    action: ShownAction | null;
    devices: readonly string[];
    stages: readonly number[];
  };
  if (begun.action === null) {
    if (flags.json) printJson({ devices: begun.devices, stages: begun.stages });
    else {
      let from = 0;
      begun.stages.forEach((size, index) => {
        print(`stage ${index + 1}: ${begun.devices.slice(from, (from += size)).join(' ')}`);
      });
    }
    return 0;
  }
  const { action } = begun;
  if (!flags.json)
    print(`action ${action.id}: ${command} for ${begun.devices.length} devices in ${begun.stages.length} stages`);
  if (flags.wait === false) {
    if (flags.json) printJson(action);
    return 0;
  }
  return followAction(client, action.id, flags.json ?? false);
}

/** Tells how an action goes on until it has ended or waits for somebody. @returns 0 where every device did it, 1 otherwise */
export async function followAction(client: CollectorClient, id: string, json: boolean): Promise<number> {
  let told = '';
  for (;;) {
    const action = (await client.get(`/actions/${id}`)) as ShownAction;
    const line = actionLine(action);
    if (!json && line !== told) print(line);
    told = line;
    if (action.state !== 'running') return endOf(client, action, json);
    await pause(LOOK_EVERY_MS, new AbortController().signal);
  }
}

async function endOf(client: CollectorClient, action: ShownAction, json: boolean): Promise<number> {
  const devices = await tasksOf(client, action.id);
  if (json) printJson({ ...action, results: devices });
  else showTasks(devices.filter(({ state }) => state !== 'done'));
  return action.state === 'ended' && devices.every(({ state }) => state === 'done') ? 0 : FAILED;
}

/** `edge-optimizer fleet actions`. */
export async function listActions({ limit, ...flags }: CollectorFlags & { readonly limit: number }): Promise<number> {
  const client = new CollectorClient(flags);
  const reply = (await client.get(`/actions?limit=${limit}`)) as { actions: ShownAction[]; obstacle: string | null };
  if (flags.json) for (const action of reply.actions) printJson(action);
  else {
    printTable(
      ['action', 'began', 'by', 'command', 'state', 'stage', 'devices'],
      reply.actions.map((action) => [
        action.id,
        new Date(action.createdAt).toISOString().slice(0, 19),
        action.by,
        action.command,
        action.state,
        `${action.stage + 1}/${action.stages.length}`,
        counted(action),
      ]),
    );
    if (reply.obstacle !== null) print(`none can be begun: ${reply.obstacle}`);
  }
  return 0;
}

/** `edge-optimizer fleet action ID`: one action with its devices; with `--wait` until it has ended. */
export async function showAction(
  id: string,
  flags: CollectorFlags & { readonly resume?: boolean; readonly abort?: boolean; readonly wait?: boolean },
): Promise<number> {
  const client = new CollectorClient(flags);
  const at = `/actions/${encodeURIComponent(id)}`;
  if (flags.resume) await client.post(`${at}/resume`, {});
  if (flags.abort) await client.post(`${at}/abort`, {});
  if (flags.wait) return followAction(client, id, flags.json ?? false);
  const action = (await client.get(at)) as ShownAction;
  const devices = await tasksOf(client, id);
  if (flags.json) printJson({ ...action, results: devices });
  else {
    print(actionLine(action));
    if (action.note !== null) print(oneLine(action.note));
    showTasks(devices);
  }
  return 0;
}

export interface LabelFlags extends CollectorFlags {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** `edge-optimizer fleet label SITE/DEVICE… --add canary`; without devices it lists all. */
export async function labelDevices(devices: readonly string[], { add, remove, ...flags }: LabelFlags): Promise<number> {
  const client = new CollectorClient(flags);
  const asked = devices.length === 0 ? client.get('/labels') : client.post('/labels', { devices, add, remove });
  const { labels } = (await asked) as { labels: Record<string, string[]> };
  if (flags.json) printJson({ labels });
  else
    printTable(
      ['device', 'labels'],
      Object.entries(labels).map(([device, all]) => [device, all.join(' ')]),
    );
  return 0;
}

async function tasksOf(client: CollectorClient, id: string): Promise<ShownTask[]> {
  const found: ShownTask[] = [];
  for (let after = ''; ; ) {
    const page = (await client.get(`/actions/${encodeURIComponent(id)}/devices?limit=1000${after}`)) as {
      devices: ShownTask[];
      next: string | null;
    };
    found.push(...page.devices);
    if (page.next === null) return found;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

function showTasks(tasks: readonly ShownTask[]): void {
  if (tasks.length === 0) return;
  printTable(
    ['device', 'stage', 'state', 'sent', 'why'],
    tasks.map(({ site, device, stage, state, attempts, reason, result }) => [
      `${site}/${device}`,
      `${stage + 1}`,
      state,
      `${attempts}`,
      // whoever may publish there has a say in it
      oneLine(reason ?? (result === null ? '' : JSON.stringify(result))).slice(0, 160),
    ]),
  );
}

function actionLine(action: ShownAction): string {
  const why = action.reason === null ? '' : `: ${action.reason}`;
  return oneLine(
    `${action.id} ${action.state}, stage ${action.stage + 1} of ${action.stages.length}, ${counted(action)}${why}`,
  );
}

const counted = ({ devices }: ShownAction): string =>
  Object.entries(devices)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
