import { randomBytes } from 'node:crypto';
import type { MqttConfig } from '../../config/config.js';
import { EdgeError } from '../../foundation/errors.js';
import type { BrokerAddress } from '../mqtt/broker-address.js';
import { BrokerVisit } from '../mqtt/broker-visit.js';
import type { CommandResult } from '../mqtt/messages/command.js';
import { topicsOf } from '../mqtt/topics.js';
import { type CommandId, EVERY_DEVICE, sealCommand } from './envelope.js';
import type { SigningKey } from './keys.js';

/** A command to be sent, and how long its answer is waited for. */
export interface RemoteCommand {
  readonly name: string;
  readonly site: string;
  /** null: every device of the site. */
  readonly device: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly id: CommandId;
  /** null: it goes unsigned. */
  readonly key: SigningKey | null;
  /** ms after which it is obeyed no more. */
  readonly lifetimeMs: number;
  readonly timeoutMs: number;
}

/** The answer of one device. */
export interface RemoteAnswer {
  readonly device: string;
  /** Unix ms, by the clock of the device. */
  readonly ts: number | null;
  readonly result: CommandResult;
}

/** What came back until the time was over; one answer is enough where the command was for one device. */
export interface RemoteAnswers {
  readonly answers: readonly RemoteAnswer[];
  /** What the retained status of the device said; null where there is none, or it was for all. */
  readonly online: boolean | null;
}

/**
 * Sends a command and waits for what the device answers. Everybody who may publish there can answer in its place: the
 * broker's access rules say who may.
 *
 * @throws EdgeError E_PUBLISH where the broker cannot be reached, refuses, or lets nobody read the answer
 */
export async function sendCommand(
  mqtt: MqttConfig,
  address: BrokerAddress,
  command: RemoteCommand,
): Promise<RemoteAnswers> {
  const { site, device, name } = command;
  const answers = new Map<string, RemoteAnswer>();
  let online: boolean | null = null;
  let done = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    done = resolve;
  });
  const visit = await BrokerVisit.open(mqtt, address, (topic, payload) => {
    const level = topic.split('/');
    const heard = parsed(payload);
    if (heard === null) return;
    if (level[4] === 'status') online = heard['online'] === true;
    else {
      const answer = answerOf(level[3]!, heard, command);
      if (answer === null || isWorse(answer, answers.get(answer.device))) return;
      answers.set(answer.device, answer);
      if (device !== null && answer.result.refused !== 'replayed') done();
    }
  });
  try {
    await visit.subscribe(`edge/v1/${site}/${device ?? '+'}/cmd/${name}/result`, false);
    const topic = device === null ? topicsOf({ site, device: 'any' }).siteCommand(name) : commandTopic(command, device);
    if (device !== null) await visit.subscribe(topicsOf({ site, device }).status, true);
    const refusal = await visit.publish(topic, JSON.stringify(payloadOf(command)), false);
    if (refusal !== null) throw new EdgeError('E_PUBLISH', `${topic} cannot be written: ${refusal}`);
    await within(answered, command.timeoutMs);
    return { answers: [...answers.values()], online };
  } finally {
    await visit.close();
  }
}

function commandTopic({ site, name }: RemoteCommand, device: string): string {
  return topicsOf({ site, device })
    .commandResult(name)
    .replace(/\/result$/, '');
}

function payloadOf({ name, site, device, body, id, key, lifetimeMs }: RemoteCommand): object {
  if (key === null) return { ...body, id };
  const issuedAt = Date.now();
  const signed = {
    name,
    site,
    device: device ?? EVERY_DEVICE,
    id,
    nonce: randomBytes(16).toString('base64url'),
    issuedAt,
    expiresAt: issuedAt + lifetimeMs,
    body,
  };
  return sealCommand(signed, key);
}

function answerOf(device: string, heard: Record<string, unknown>, { id, name }: RemoteCommand): RemoteAnswer | null {
  if (heard['id'] !== id || heard['command'] !== name || typeof heard['ok'] !== 'boolean') return null;
  const { ts, seq: _, ...result } = heard;
  return { device, ts: typeof ts === 'number' ? ts : null, result: result as CommandResult };
}

/** Somebody may send again what was sent, whose refusal must not be taken for the answer. */
function isWorse({ result }: RemoteAnswer, known: RemoteAnswer | undefined): boolean {
  return known !== undefined && result.refused === 'replayed';
}

function parsed(payload: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
