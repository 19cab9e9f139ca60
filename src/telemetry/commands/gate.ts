import type { CommandDeclaration, SignedText } from '../../foundation/command.js';
import { explain } from '../../foundation/errors.js';
import type { Scope } from '../../foundation/scope.js';
import { TokenBucket } from '../../foundation/token-bucket.js';
import type { z } from '../../foundation/validate.js';
import { parseCommandJson } from './command-json.js';
import {
  type CommandId,
  commandIdSchema,
  type Envelope,
  EVERY_DEVICE,
  envelopeSchema,
  isSignedBy,
  MAX_COMMAND_LIFETIME_MS,
  type SignedCommand,
  signedCommandSchema,
} from './envelope.js';
import type { CommandKey } from './keys.js';
import { type CommandRefusal, type RefusalCause, refusal } from './refusals.js';

/** A message to `cmd/<name>`, as it came. */
export interface IncomingCommand {
  /** From the topic. */
  readonly name: string;
  /** Whether it came on the topic of the whole site. */
  readonly toSite: boolean;
  readonly payload: Uint8Array;
  /** Whether the broker kept it. */
  readonly retained: boolean;
}

/** A command that may be carried out. */
export interface AdmittedCommand {
  readonly kind: 'admitted';
  readonly declaration: CommandDeclaration;
  readonly id: CommandId | undefined;
  /** As its schema gives it. */
  readonly body: unknown;
  /** null where nobody signed it. */
  readonly signed: { readonly by: string; readonly command: SignedCommand; readonly text: SignedText } | null;
}

/** What one device of the site tells the others, signed with the site's key. */
export interface SiteNews {
  readonly kind: 'news';
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Random, another one for each. */
  readonly nonce: string;
}

/** A refusal, and the id of what is refused where it says one: nobody has vouched for that. */
export type Admission = AdmittedCommand | SiteNews | (CommandRefusal & { readonly id: CommandId | undefined });

export interface CommandGateOptions {
  readonly scope: Pick<Scope, 'site' | 'device'>;
  /** May sign every command. */
  readonly keys: readonly CommandKey[];
  /** What the devices of the site sign for each other; null: they share nothing. */
  readonly siteKey: CommandKey | null;
  /** Commands by name. */
  readonly declarations: ReadonlyMap<string, CommandDeclaration>;
  /** Names of what devices tell each other. */
  readonly news: ReadonlySet<string>;
  /** Unix ms. */
  readonly now: () => number;
  /** ms that only go forward. */
  readonly clock: () => number;
}

/** Bytes of a message to the device. */
const MAX_COMMAND_BYTES = 32_768;
/** Bytes of one to the site: 100 tags of 256 characters, quoted twice. */
const MAX_SITE_BYTES = 131_072;
/** Sender's clocks may be ahead by so much. */
const CLOCK_TOLERANCE_MS = 30_000;

/*
 * What is spent on strangers: a look at a message costs up to 0.3 ms, a signature 0.15 ms. Together at most some 3 % of one
 * core, whatever comes in.
 */
const LOOKS = { perSecond: 50, burst: 100 };
const SIGNATURES = { perSecond: 10, burst: 30 };
/** Devices tell each other more. */
const SITE_SIGNATURES = { perSecond: 50, burst: 200 };
const OPEN_COMMANDS = { perSecond: 1, burst: 10 };

/**
 * Decides whether a message is a command that this device obeys: everything about it but whether it came before. What
 * is signed is read only once its signature is good.
 */
export class CommandGate {
  readonly #options: CommandGateOptions;
  readonly #keys: ReadonlyMap<string, CommandKey>;
  readonly #looks = new TokenBucket(LOOKS.perSecond, LOOKS.burst);
  readonly #signatures = new TokenBucket(SIGNATURES.perSecond, SIGNATURES.burst);
  readonly #siteLooks = new TokenBucket(SITE_SIGNATURES.perSecond, SITE_SIGNATURES.burst);
  readonly #siteSignatures = new TokenBucket(SITE_SIGNATURES.perSecond, SITE_SIGNATURES.burst);
  readonly #open = new TokenBucket(OPEN_COMMANDS.perSecond, OPEN_COMMANDS.burst);

  constructor(options: CommandGateOptions) {
    this.#options = options;
    this.#keys = new Map(options.keys.map((key) => [key.id, key]));
  }

  /** Whether anything is heard on the topics of the site. */
  get hearsSite(): boolean {
    return this.#keys.size > 0 || this.#options.siteKey !== null;
  }

  admit(message: IncomingCommand): Admission {
    const looks = message.toSite ? this.#siteLooks : this.#looks;
    const early = (cause: RefusalCause, error: string): Admission => ({ ...refusal(cause, error), id: undefined });
    if (message.retained) return early('retained', 'retained commands are never obeyed: publish it without retain');
    if (!looks.take(this.#options.clock())) return early('flood', 'too many messages');
    const { length } = message.payload;
    const most = message.toSite ? MAX_SITE_BYTES : MAX_COMMAND_BYTES;
    if (length > most) return early('oversized', `payload: expected at most ${most} bytes, got ${length}`);
    let value: Record<string, unknown>;
    try {
      value = parseCommandJson(textOf(message.payload));
    } catch (error) {
      return early('malformed', explain(error));
    }
    return 'signature' in value || 'command' in value
      ? this.#admitEnvelope(message, value)
      : this.#admitOpen(message, value);
  }

  #admitOpen(message: IncomingCommand, { id: givenId, ...body }: Record<string, unknown>): Admission {
    const id = commandIdSchema.optional().safeParse(givenId);
    const refuse = (cause: RefusalCause, error: string): Admission => ({ ...refusal(cause, error), id: id.data });
    if (!id.success) return refuse('malformed', 'id: expected a text of 1 to 64 characters or a whole number');
    const declaration = this.#options.declarations.get(message.name);
    if (!declaration) return refuse('unknown-command', this.#unknown());
    if (message.toSite || declaration.access === 'signed') {
      const { cause, error } = this.#unsigned(message.name);
      return refuse(cause, error);
    }
    if (!this.#open.take(this.#options.clock())) return refuse('too-many', 'too many commands: try again in a second');
    const checked = declaration.payload.safeParse(body);
    if (!checked.success) return refuse('invalid', problemsOf(checked.error));
    return { kind: 'admitted', declaration, id: id.data, body: checked.data, signed: null };
  }

  #admitEnvelope(message: IncomingCommand, value: Record<string, unknown>): Admission {
    const id = claimedId(value);
    const refuse = ({ cause, error }: CommandRefusal): Admission => ({ ...refusal(cause, error), id });
    const envelope = envelopeSchema.safeParse(value);
    if (!envelope.success) return refuse(refusal('malformed', `signed command: ${problemsOf(envelope.error)}`));
    const key = this.#keyOf(envelope.data, message);
    if ('kind' in key) return refuse(key);
    const command = this.#opened(envelope.data, key, message);
    if ('kind' in command) return refuse(command);
    const elsewhere = this.#isForOthers(command, message) ?? this.#isOutOfTime(command);
    if (elsewhere) return refuse(elsewhere);
    if (key === this.#options.siteKey) {
      return { kind: 'news', name: command.name, body: command.body, nonce: command.nonce };
    }
    const declaration = this.#options.declarations.get(command.name);
    if (!declaration) return refuse(refusal('unknown-command', this.#unknown()));
    const body = declaration.payload.safeParse(command.body);
    if (!body.success) return refuse(refusal('invalid', problemsOf(body.error)));
    return {
      kind: 'admitted',
      declaration,
      id: command.id,
      body: body.data,
      signed: { by: key.id, command, text: envelope.data },
    };
  }

  /** The fleet's keys sign everything, the site's key only what devices tell each other. */
  #keyOf({ key: id }: Envelope, { name, toSite }: IncomingCommand): CommandKey | CommandRefusal {
    const { siteKey, news } = this.#options;
    if (siteKey?.id === id && toSite && news.has(name)) return siteKey;
    const key = this.#keys.get(id);
    if (key) return key;
    if (this.#keys.size === 0) return this.#unsigned(name);
    const known = [...this.#keys.keys()].join(', ');
    return refusal('unknown-key', `key ${id} is not among those of commands.publicKeys: ${known}`);
  }

  #opened(envelope: Envelope, key: CommandKey, { toSite }: IncomingCommand): SignedCommand | CommandRefusal {
    const signatures = toSite ? this.#siteSignatures : this.#signatures;
    if (!signatures.take(this.#options.clock())) {
      return refusal('too-many', 'too many commands: try again in a second');
    }
    if (!isSignedBy(envelope, key)) return refusal('wrong-signature', `the signature is not one of key ${key.id}`);
    try {
      const command = signedCommandSchema.safeParse(parseCommandJson(envelope.command));
      return command.data ?? refusal('malformed', `command: ${problemsOf(command.error!)}`);
    } catch (error) {
      return refusal('malformed', `command: ${explain(error)}`);
    }
  }

  #isForOthers({ name, site, device }: SignedCommand, message: IncomingCommand): CommandRefusal | null {
    const { scope } = this.#options;
    if (name !== message.name) return refusal('wrong-name', `it is signed for ${name}, not for ${message.name}`);
    const here = message.toSite ? EVERY_DEVICE : scope.device;
    if (site === scope.site && device === here) return null;
    return refusal('wrong-device', `it is signed for ${site}/${device}, not for ${scope.site}/${here}`);
  }

  #isOutOfTime({ issuedAt, expiresAt }: SignedCommand): CommandRefusal | null {
    const now = this.#options.now();
    if (expiresAt <= issuedAt || expiresAt - issuedAt > MAX_COMMAND_LIFETIME_MS) {
      return refusal('malformed', 'command: expiresAt: expected a time up to an hour after issuedAt');
    }
    if (issuedAt > now + CLOCK_TOLERANCE_MS) {
      return refusal(
        'not-yet-valid',
        `it is valid from ${timeText(issuedAt)}, and the clock of this device says ${timeText(now)}: set whichever clock is wrong`,
      );
    }
    if (expiresAt > now) return null;
    return refusal(
      'expired',
      `it was valid until ${timeText(expiresAt)}, and the clock of this device says ${timeText(now)}: sign it anew, or set whichever clock is wrong`,
    );
  }

  #unsigned(name: string): CommandRefusal {
    if (this.#keys.size > 0) return refusal('unsigned', `${name} must be signed with a key of commands.publicKeys`);
    return refusal(
      'no-key',
      `${name} must be signed, and this device knows no key: \`edge-optimizer command keygen\` makes one, commands.publicKeys takes its public half`,
    );
  }

  #unknown(): string {
    return `unknown command; known are: ${[...this.#options.declarations.keys()].join(', ')}`;
  }
}

/** @throws TypeError where the bytes are no UTF-8 */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TypeError('payload: expected UTF-8');
  }
}

/** The id that a text not yet verified claims to have, so that its sender finds the refusal. */
function claimedId({ command }: Record<string, unknown>): CommandId | undefined {
  if (typeof command !== 'string') return undefined;
  try {
    return commandIdSchema.safeParse(parseCommandJson(command)['id']).data;
  } catch {
    return undefined;
  }
}

function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}

/** The first few problems, each with its place. */
function problemsOf(error: z.ZodError): string {
  const problems = error.issues.slice(0, 5).map(({ path, message }) => {
    const where = path.map(String).join('.').slice(0, 100);
    return where === '' ? message : `${where}: ${message}`;
  });
  return problems.join('; ').slice(0, 500);
}
