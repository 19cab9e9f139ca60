import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { optionsOrExit, wholeNumber } from '../bench/harness/options.js';
import { declareCommand } from '../src/foundation/command.js';
import { z } from '../src/foundation/validate.js';
import { Commands } from '../src/telemetry/commands/commands.js';
import { type SignedCommand, sealCommand } from '../src/telemetry/commands/envelope.js';
import type { IncomingCommand } from '../src/telemetry/commands/gate.js';
import { generateSigningKey, parsePrivateKey, type SigningKey } from '../src/telemetry/commands/keys.js';
import type { RefusalCause } from '../src/telemetry/commands/refusals.js';

/*
 * Throws messages at the commands of a device as somebody would who may publish to its topics, has recorded what was sent to
 * it, and has no key: mutations of recorded commands, random bytes, huge and deep JSON, odd Unicode, wrong types, signatures
 * of other keys. None may be obeyed. Every message is looked at in full, as the clock of the limits runs ahead; then the same
 * is sent as a flood, which the limits have to bound.
 */

const USAGE = `node dist/scripts/fuzz-commands.js [--messages 100000] [--seed 1]

Prints one JSON line; exit code 1 where a message was obeyed, a call failed, or memory grew by more than 64 MiB.
`;
const SCOPE = { site: 'site1', device: 'dev1' };
const NOW = 1_700_000_000_000;
const MOST_GROWTH_BYTES = 64 * 2 ** 20;
/** Messages between two breaths of the event loop. */
const BREATH = 20;

export interface FuzzReport {
  readonly messages: number;
  /** Signed commands that were carried out: none may be. */
  readonly obeyed: number;
  /** Calls that threw or rejected: none may. */
  readonly crashes: number;
  readonly answered: number;
  readonly refused: Readonly<Partial<Record<RefusalCause, number>>>;
  /** CPU µs of a message that is looked at in full, and of one in a flood. */
  readonly microseconds: number;
  readonly floodMicroseconds: number;
  /** The longest that the event loop waited, between breaths of 20 messages. */
  readonly longestDelayMs: number;
  readonly heapGrowthBytes: number;
}

/** @param random 0 ≤ x < 1, seeded */
export async function fuzzCommands(messages: number, random: () => number): Promise<FuzzReport> {
  const key = newKey();
  const device = listeningDevice(key);
  const recorded = await device.record(20);
  const attacker = new Attacker(recorded, key, random);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  delay.enable();
  const slow = await device.attack(messages, attacker, 1000);
  const flood = await device.attack(messages, attacker, 0);
  delay.disable();
  globalThis.gc?.();
  return {
    messages: messages * 2,
    obeyed: device.calls() - recorded.length,
    crashes: slow.crashes + flood.crashes,
    answered: slow.answered + flood.answered,
    refused: Object.fromEntries(Object.entries(device.commands.counts().refused).filter(([, count]) => count > 0)),
    microseconds: Math.round(slow.microseconds),
    floodMicroseconds: Math.round(flood.microseconds),
    longestDelayMs: Math.round(delay.max / 1e6),
    heapGrowthBytes: Math.max(0, process.memoryUsage().heapUsed - heapBefore),
  };
}

function newKey(): SigningKey {
  return parsePrivateKey(generateSigningKey().privatePem);
}

/** A device that knows a key, hears its site, and counts what it obeys. */
function listeningDevice(key: SigningKey) {
  let calls = 0;
  let clockMs = 0;
  const siteKey = newKey();
  const commands = new Commands({ scope: SCOPE, keys: [key], siteKey, now: () => NOW, clock: () => clockMs });
  const obey = () => {
    calls++;
    return {};
  };
  const anything = z.looseObject({});
  commands.declare(
    declareCommand({ name: 'ping', access: 'open', help: '', payload: z.object({}), handle: () => ({}) }),
  );
  for (const name of ['set', 'pause', 'snapshot']) {
    commands.declare(declareCommand({ name, access: 'signed', help: '', payload: anything, handle: obey }));
  }
  commands.onNews('invalidate', obey);
  /** Commands that were obeyed once: what an attacker has heard. */
  const record = async (count: number): Promise<IncomingCommand[]> => {
    const heard: IncomingCommand[] = [];
    for (let i = 0; i < count; i++) {
      clockMs += 1000;
      const incoming = i % 4 === 3 ? newsOf(commands) : commandOf(i, key);
      await commands.receive(incoming);
      heard.push(incoming);
    }
    if (calls !== count) throw new Error(`expected ${count} commands to be obeyed before the attack, got ${calls}`);
    return heard;
  };
  /** @param stepMs how far the clock of the limits runs ahead with each message */
  const attack = async (messages: number, attacker: Attacker, stepMs: number) => {
    let crashes = 0;
    let answered = 0;
    const began = process.cpuUsage();
    for (let i = 0; i < messages; i++) {
      clockMs += stepMs;
      try {
        if ((await commands.receive(attacker.next())) !== null) answered++;
      } catch {
        crashes++;
      }
      if (i % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { user, system } = process.cpuUsage(began);
    return { crashes, answered, microseconds: (user + system) / messages };
  };
  return { commands, calls: () => calls, record, attack };
}

function commandOf(i: number, key: SigningKey): IncomingCommand {
  const name = ['set', 'pause', 'snapshot'][i % 3]!;
  const toSite = i % 5 === 4;
  const command: SignedCommand = {
    name,
    ...SCOPE,
    ...(toSite && { device: '_site' }),
    id: i % 2 === 0 ? i : `id-${i}`,
    nonce: `nonce-of-command-${i}`,
    issuedAt: NOW,
    expiresAt: NOW + 3_000_000,
    body: { camera: 'north', forS: 60, text: 'Straße 🚗' },
  };
  return incoming(name, JSON.stringify(sealCommand(command, key)), toSite);
}

function newsOf(commands: Commands): IncomingCommand {
  return incoming('invalidate', JSON.stringify(commands.news('invalidate', { tags: ['x'] })), true);
}

function incoming(name: string, text: string | Uint8Array, toSite = false): IncomingCommand {
  const payload = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { name, toSite, payload, retained: false };
}

const ODD_TEXTS = [
  '',
  '\u0000',
  '\ud800',
  '\ufeff{}',
  '💥'.repeat(50),
  'a'.repeat(70_000),
  '__proto__',
  '..',
  '#',
  '+/x',
];
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  2 ** 53,
  '',
  [],
  {},
  [[]],
  { toString: 1 },
  'x'.repeat(100),
  0.5,
  ...ODD_TEXTS,
];
const ENVELOPE_KEYS = ['command', 'key', 'signature', 'id', '__proto__', 'constructor', 'ts'];
const COMMAND_KEYS = ['name', 'site', 'device', 'id', 'nonce', 'issuedAt', 'expiresAt', 'body', '__proto__', 'extra'];
const NAMES = ['set', 'pause', 'snapshot', 'invalidate', 'ping', 'reboot', '__proto__', 'constructor', 'toString'];

/** Who has heard commands, and has no key of the fleet. */
class Attacker {
  readonly #heard: readonly IncomingCommand[];
  readonly #fleet: SigningKey;
  readonly #own = newKey();
  readonly #random: () => number;
  readonly #ways: readonly ((heard: IncomingCommand) => IncomingCommand)[] = [
    (heard) => heard,
    (heard) => ({ ...heard, retained: true }),
    (heard) => ({ ...heard, name: this.#one(NAMES) }),
    (heard) => ({ ...heard, toSite: !heard.toSite }),
    (heard) => ({ ...heard, payload: this.#flipped(heard.payload) }),
    (heard) => ({ ...heard, payload: heard.payload.subarray(0, this.#below(heard.payload.length)) }),
    (heard) => ({ ...heard, payload: Buffer.concat([heard.payload, heard.payload]) }),
    (heard) => ({ ...heard, payload: this.#bytes(this.#below(2000)) }),
    (heard) => incoming(heard.name, this.#withOdd(heard, ENVELOPE_KEYS), heard.toSite),
    (heard) => incoming(heard.name, this.#rewritten(heard), heard.toSite),
    (heard) => incoming(heard.name, this.#selfSigned(heard), heard.toSite),
    (heard) => incoming(heard.name, this.#mixed(heard), heard.toSite),
    (heard) => incoming(heard.name, this.#deep(), heard.toSite),
    (heard) => incoming(heard.name, JSON.stringify({ id: this.#one(ODD_VALUES), command: this.#one(ODD_VALUES) })),
    (heard) => incoming(heard.name, JSON.stringify(this.#one(ODD_VALUES)), heard.toSite),
    (heard) => incoming(heard.name, `{"a":"${this.#one(ODD_TEXTS)}"}`, heard.toSite),
    (heard) => ({ ...heard, payload: this.#bytes(20_000 + this.#below(200_000)) }),
  ];

  constructor(heard: readonly IncomingCommand[], fleet: SigningKey, random: () => number) {
    this.#heard = heard;
    this.#fleet = fleet;
    this.#random = random;
  }

  next(): IncomingCommand {
    return this.#one(this.#ways)(this.#one(this.#heard));
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  /** Of any length for little: the same few bytes again and again, from another place each time. */
  #bytes(length: number): Uint8Array {
    const some = Uint8Array.from({ length: Math.min(length, 256) }, () => this.#below(256));
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += some.length) bytes.set(some.subarray(0, length - at), at);
    return bytes;
  }

  #flipped(payload: Uint8Array): Uint8Array {
    const bytes = Uint8Array.from(payload);
    for (let flips = 1 + this.#below(4); flips > 0; flips--) bytes[this.#below(bytes.length)]! ^= 1 << this.#below(8);
    return bytes;
  }

  #envelope(heard: IncomingCommand): { command: string; key: string; signature: string } {
    return JSON.parse(new TextDecoder().decode(heard.payload));
  }

  #withOdd(heard: IncomingCommand, keys: readonly string[]): string {
    return JSON.stringify({ ...this.#envelope(heard), [this.#one(keys)]: this.#one(ODD_VALUES) });
  }

  /** What is signed says something else, and the signature stays. */
  #rewritten(heard: IncomingCommand): string {
    const envelope = this.#envelope(heard);
    const command = { ...JSON.parse(envelope.command), [this.#one(COMMAND_KEYS)]: this.#one(ODD_VALUES) };
    return JSON.stringify({ ...envelope, command: JSON.stringify(command) });
  }

  /** A good signature of a key that the device does not know, under its own name or that of one that it knows. */
  #selfSigned(heard: IncomingCommand): string {
    const command = { ...JSON.parse(this.#envelope(heard).command), nonce: `nonce-${this.#below(1e9)}-of-mine` };
    const id = this.#random() < 0.5 ? this.#own.id : this.#fleet.id;
    return JSON.stringify(sealCommand(command, { id, key: this.#own.key }));
  }

  /** The signature of another command. */
  #mixed(heard: IncomingCommand): string {
    const [one, other] = [this.#envelope(heard), this.#envelope(this.#one(this.#heard))];
    const isSame = one.command === other.command;
    return JSON.stringify({ ...one, signature: isSame ? one.signature.toLowerCase() : other.signature });
  }

  #deep(): string {
    const levels = this.#below(10_000);
    const [open, close] = this.#random() < 0.5 ? ['[', ']'] : ['{"a":', '}'];
    return `{"command":${open.repeat(levels)}1${close.repeat(levels)}}`;
  }
}

/** mulberry32: 0 ≤ x < 1, the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { messages, seed } = optionsOrExit(process.argv.slice(2), USAGE, {
    messages: wholeNumber({ least: 1, usual: 100_000 }),
    seed: wholeNumber({ least: 0, usual: 1 }),
  });
  const report = await fuzzCommands(messages, seededRandom(seed));
  process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`);
  const { obeyed, crashes, heapGrowthBytes } = report;
  process.exitCode = obeyed > 0 || crashes > 0 || heapGrowthBytes > MOST_GROWTH_BYTES ? 1 : 0;
}
