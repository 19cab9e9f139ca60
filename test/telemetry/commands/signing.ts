import { randomBytes } from 'node:crypto';
import { z } from '../../../src/foundation/validate.js';
import { Commands, type CommandsOptions } from '../../../src/telemetry/commands/commands.js';
import { type SignedCommand, sealCommand } from '../../../src/telemetry/commands/envelope.js';
import type { IncomingCommand } from '../../../src/telemetry/commands/gate.js';
import { generateSigningKey, parsePrivateKey, type SigningKey } from '../../../src/telemetry/commands/keys.js';

export const SCOPE = { site: 'site1', device: 'dev1' };
/** The time of every test without another. */
export const NOW = 1_700_000_000_000;

export function newKey(): SigningKey {
  return parsePrivateKey(generateSigningKey().privatePem);
}

/** A command to dev1, valid for a minute from `NOW`, each with a nonce of its own. */
export function commandTo(name: string, body: Record<string, unknown> = {}, over: object = {}): SignedCommand {
  const nonce = randomBytes(16).toString('hex');
  return { name, ...SCOPE, id: nonce, nonce, issuedAt: NOW, expiresAt: NOW + 60_000, body, ...over };
}

export const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

export function message(name: string, payload: unknown, over: Partial<IncomingCommand> = {}): IncomingCommand {
  return { name, toSite: false, payload: bytes(payload), retained: false, ...over };
}

export function signedMessage(key: SigningKey, command: SignedCommand, over: Partial<IncomingCommand> = {}) {
  return message(command.name, sealCommand(command, key), over);
}

/** Commands with an open `ping` and a signed `add`, which counts how often it was carried out. */
export function adding(options: Partial<CommandsOptions> = {}) {
  const commands = new Commands({ scope: SCOPE, now: () => NOW, ...options });
  const calls: unknown[] = [];
  commands.declare({ name: 'ping', access: 'open', help: 'pong', payload: z.object({}), handle: () => ({}) });
  const payload = z.strictObject({ a: z.int(), b: z.int() });
  commands.declare({
    name: 'add',
    access: 'signed',
    help: 'a + b',
    payload,
    handle: (body, call) => {
      const { a, b } = body as z.infer<typeof payload>;
      calls.push(call);
      return { sum: a + b };
    },
  });
  return { commands, calls };
}
