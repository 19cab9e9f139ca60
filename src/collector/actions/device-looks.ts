import { randomBytes } from 'node:crypto';
import { type Envelope, sealCommand } from '../../telemetry/commands/envelope.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { type PresenceLimits, presenceOf } from '../device/presence.js';
import type { DeviceCondition, FleetStore } from '../store/fleet-store.js';
import type { ActionPlan, DeviceFacts, DeviceTask } from './fleet-action.js';
import type { RunningAction } from './running-action.js';

/** A message to a device. */
export interface CommandMessage {
  readonly topic: string;
  readonly payload: string;
}

/** How devices are found out about, and what they can be sent. */
export interface LookOptions {
  readonly fleet: Pick<FleetStore, 'conditions'>;
  readonly limits: PresenceLimits;
  /** Signs what is sent; null: nothing is. */
  readonly key: SigningKey | null;
  /** Whether what is published now reaches the broker. */
  readonly isConnected: () => boolean;
}

/** A device obeys a message for so long, ms. */
const LIFETIME_MS = 600_000;
const UNHEARD: DeviceFacts = { presence: 'gone', heardAt: 0, alerts: [] };

/**
 * Looks at some devices of an action, all of them in one question to the store.
 *
 * @param most devices, besides those that can be sent to
 * @param now Unix ms
 * @returns what is to be sent once it is written that it was
 * @throws as the store does
 */
export async function lookAtDevices(
  running: RunningAction,
  { fleet, limits, key, isConnected }: LookOptions,
  most: number,
  now: number,
): Promise<CommandMessage[]> {
  const { plan } = running.action;
  const tasks = running.toLookAt(most, now);
  if (tasks.length === 0) return [];
  const conditions = await fleet.conditions(tasks.map(({ site, device }) => ({ site, device })));
  const facts = new Map(conditions.map((one) => [nameOf(one.device), factsOf(one, limits, now)]));
  const maySend = key !== null && key.id === plan.key && isConnected();
  const messages: CommandMessage[] = [];
  for (const task of tasks) {
    if (!running.look(task, facts.get(nameOf(task)) ?? UNHEARD, maySend, now) || key === null) continue;
    const topic = `edge/v1/${task.site}/${task.device}/cmd/${plan.command}`;
    messages.push({ topic, payload: JSON.stringify(sealed(task, plan, key, now)) });
  }
  return messages;
}

function factsOf({ device, alerts }: DeviceCondition, limits: PresenceLimits, now: number): DeviceFacts {
  const wrong = alerts.filter(({ holds, body }) => holds && severityIn(body) !== 'info');
  return {
    presence: presenceOf(device, now, limits),
    heardAt: device.heardAt,
    alerts: wrong.map(({ code }) => code),
  };
}

function sealed({ site, device }: DeviceTask, plan: ActionPlan, key: SigningKey, now: number): Envelope {
  const { command: name, body, id } = plan;
  const nonce = randomBytes(16).toString('base64url');
  return sealCommand({ name, site, device, id, nonce, issuedAt: now, expiresAt: now + LIFETIME_MS, body }, key);
}

function severityIn(body: string): unknown {
  return (JSON.parse(body) as { severity?: unknown }).severity;
}

const nameOf = ({ site, device }: { readonly site: string; readonly device: string }): string => `${site}/${device}`;
