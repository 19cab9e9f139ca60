import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CommandDeclaration } from '../../foundation/command.js';
import { explain } from '../../foundation/errors.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { type Log, maskCredentials, silentLog } from '../../foundation/log.js';
import type { Scope } from '../../foundation/scope.js';
import { TokenBucket } from '../../foundation/token-bucket.js';
import type { CommandResult } from '../mqtt/messages/command.js';
import { type CommandId, type Envelope, EVERY_DEVICE, sealCommand } from './envelope.js';
import { type AdmittedCommand, CommandGate, type IncomingCommand, type SiteNews } from './gate.js';
import { type CommandJournal, type JournalEntry, MemoryJournal } from './journal.js';
import type { CommandKey, SigningKey } from './keys.js';
import { REFUSAL_CAUSES, type RefusalCause } from './refusals.js';

export interface CommandsOptions {
  readonly scope: Pick<Scope, 'site' | 'device'>;
  /** May sign every command; default none, and then only open commands are obeyed. */
  readonly keys?: readonly CommandKey[];
  /** What the devices of the site sign for each other; default null: they share nothing. */
  readonly siteKey?: SigningKey | null;
  /** Default: one in memory. */
  readonly journal?: CommandJournal;
  readonly log?: Log;
  /** A command that takes longer is answered with an error. */
  readonly timeoutMs?: number;
  /** Unix ms. */
  readonly now?: () => number;
  /** ms that only go forward. */
  readonly clock?: () => number;
}

/** What became of commands since the start. */
export interface CommandCounts {
  readonly done: number;
  /** Carried out, with an error. */
  readonly failed: number;
  /** Answered with the stored result of the same command. */
  readonly repeated: number;
  readonly refused: Readonly<Record<RefusalCause, number>>;
}

/** What became of a command, after its first answer. */
export type CommandOutcome = { readonly result: Record<string, unknown> } | { readonly error: string };

/** Hears what another device of the site tells. */
export type NewsListener = (body: Readonly<Record<string, unknown>>) => void;

/** Commands being carried out at a time. */
export const MAX_RUNNING_COMMANDS = 8;
const MAX_ERROR_LENGTH = 500;
/** A model that is changed may have to be loaded on a slow device. */
const TIMEOUT_MS = 120_000;
const TELL_EVERY_MS = 600_000;
/** Refusals that are answered: a flood of commands must not become one of answers. */
const REFUSALS_ANSWERED = { perSecond: 1, burst: 20 };
const MAX_NONCES_OF_NEWS = 10_000;
/** What waits longer for its broker is news no more. */
const NEWS_LIFETIME_MS = 600_000;

/**
 * The commands that a device knows. Everything that arrives passes the gate, signed commands the journal besides: one that
 * came before is refused, one with the id of another is answered with that one's result.
 */
export class Commands {
  readonly #gate: CommandGate;
  readonly #scope: Pick<Scope, 'site' | 'device'>;
  readonly #siteKey: SigningKey | null;
  readonly #journal: CommandJournal;
  /** ms on the clock that only goes forward. */
  readonly #startedAt: number;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #clock: () => number;
  readonly #declarations = new Map<string, CommandDeclaration>();
  readonly #newsListeners = new Map<string, NewsListener>();
  readonly #newsNames = new Set<string>();
  readonly #newsNonces = new Set<string>();
  readonly #answers = new TokenBucket(REFUSALS_ANSWERED.perSecond, REFUSALS_ANSWERED.burst);
  /** By key and id. */
  readonly #inProgress = new Map<string, Promise<CommandResult>>();
  readonly #counts = { done: 0, failed: 0, repeated: 0 };
  readonly #refused = Object.fromEntries(REFUSAL_CAUSES.map((cause) => [cause, 0])) as Record<RefusalCause, number>;
  /** ms on the clock that only goes forward, by cause. */
  readonly #toldAt = new Map<RefusalCause, number>();
  #running = 0;

  constructor(options: CommandsOptions) {
    this.#scope = options.scope;
    this.#siteKey = options.siteKey ?? null;
    this.#journal = options.journal ?? new MemoryJournal();
    this.#log = options.log ?? silentLog;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#now = options.now ?? Date.now;
    this.#clock = options.clock ?? (() => performance.now());
    this.#startedAt = this.#clock();
    this.#gate = new CommandGate({
      scope: options.scope,
      keys: options.keys ?? [],
      siteKey: this.#siteKey,
      declarations: this.#declarations,
      news: this.#newsNames,
      now: this.#now,
      clock: this.#clock,
    });
  }

  /** Whether the topics of the site are to be subscribed to. */
  get hearsSite(): boolean {
    return this.#gate.hearsSite;
  }

  /** @throws RangeError where the name cannot be a topic level or is taken */
  declare(declaration: CommandDeclaration): void {
    const { name } = declaration;
    if (!IDENTIFIER.test(name)) throw new RangeError(`command name: got ${JSON.stringify(name)}`);
    if (this.#declarations.has(name)) throw new RangeError(`command ${name} has a handler already`);
    this.#declarations.set(name, declaration);
  }

  /**
   * Hears what devices of the site tell each other under a name, its own word included.
   *
   * @returns what ends it
   * @throws RangeError where the name cannot be a topic level or is taken
   */
  onNews(name: string, listener: NewsListener): () => void {
    if (!IDENTIFIER.test(name)) throw new RangeError(`site command name: got ${JSON.stringify(name)}`);
    if (this.#newsListeners.has(name)) throw new RangeError(`site command ${name} has a listener already`);
    this.#newsListeners.set(name, listener);
    this.#newsNames.add(name);
    return () => {
      this.#newsListeners.delete(name);
    };
  }

  /** What the device tells the others of its site, signed; null without the site's key. */
  news(name: string, body: Record<string, unknown>): Envelope | null {
    if (this.#siteKey === null) return null;
    const issuedAt = this.#now();
    const nonce = randomBytes(16).toString('base64url');
    const command = {
      name,
      site: this.#scope.site,
      device: EVERY_DEVICE,
      id: nonce,
      nonce,
      issuedAt,
      expiresAt: issuedAt + NEWS_LIFETIME_MS,
      body,
    };
    return sealCommand(command, this.#siteKey);
  }

  counts(): CommandCounts {
    return { ...this.#counts, refused: { ...this.#refused } };
  }

  /** Checks and carries out one command. Never rejects. @returns the answer; null where there is to be none */
  async receive(message: IncomingCommand): Promise<CommandResult | null> {
    const admission = this.#gate.admit(message);
    switch (admission.kind) {
      case 'refused':
        return this.#refuse(message.name, admission.id, admission.cause, admission.error);
      case 'news':
        this.#hear(admission);
        return null;
      case 'admitted':
        return admission.signed === null ? this.#carryOut(admission) : this.#obey(admission, admission.signed);
    }
  }

  /**
   * What became of a signed command that was only accepted so far: from now on it is the answer to its id.
   *
   * @returns the answer, to be sent once more; null where no such command is known
   */
  conclude(by: string, id: CommandId, outcome: CommandOutcome): CommandResult | null {
    const entry = this.#journal.find(by, id);
    if (entry === null) return null;
    const called = { command: entry.name, id };
    const result: CommandResult =
      'error' in outcome
        ? { ...called, ok: false, error: explainShortly(outcome.error) }
        : { ...called, ok: true, result: outcome.result };
    this.#journal.finish(entry, result);
    return result;
  }

  /** A signed command, unless it came before. */
  #obey(admitted: AdmittedCommand, { by, command }: NonNullable<AdmittedCommand['signed']>) {
    const { name, id, nonce, body } = command;
    const toSite = command.device === EVERY_DEVICE;
    const refuse = (cause: RefusalCause, error: string) => this.#refuse(name, id, cause, error);
    if (command.issuedAt < this.#knownFrom()) {
      return refuse('replayed', 'it is older than what this device remembers of commands: sign it anew');
    }
    if (this.#journal.hasNonce(by, nonce)) {
      return refuse('replayed', 'this very command came before: sign it anew; with the same id it is not done twice');
    }
    const earlier = this.#journal.find(by, id);
    if (earlier && !(earlier.name === name && earlier.toSite === toSite && isDeepStrictEqual(earlier.body, body))) {
      return refuse('id-reused', `id ${JSON.stringify(id)} was that of another command: choose a new one`);
    }
    if (!earlier && this.#running >= MAX_RUNNING_COMMANDS) return refuse('busy', busy());
    const entry: JournalEntry = { by, id, nonce, name, toSite, body, at: this.#now(), result: null };
    if (earlier) return this.#repeat(earlier, entry);
    this.#journal.begin(entry);
    const key = inProgressKey(entry);
    const work = this.#carryOut(admitted).then((result) => {
      const { ok, error } = result;
      this.#log.info(
        { command: name, id, by, ...(error !== undefined && { error }) },
        ok ? 'a command was carried out' : 'a command failed',
      );
      this.#journal.finish(entry, result);
      this.#inProgress.delete(key);
      return result;
    });
    this.#inProgress.set(key, work);
    return work;
  }

  /** Unix ms: what was signed earlier may have come before, and nobody remembers it. The start is told by the clock as it is now. */
  #knownFrom(): number {
    const startedAt = this.#now() - (this.#clock() - this.#startedAt);
    return Math.min(this.#journal.remembersFrom, startedAt);
  }

  async #repeat(earlier: JournalEntry, entry: JournalEntry): Promise<CommandResult> {
    const result = earlier.result ?? (await this.#inProgress.get(inProgressKey(entry)));
    this.#counts.repeated++;
    if (result) return { ...result, repeated: true };
    const began = new Date(earlier.at).toISOString();
    const error = `it began at ${began}, and the program ended before it was done: choose a new id to do it again`;
    return { command: entry.name, id: entry.id, ok: false, error, repeated: true };
  }

  async #carryOut({ declaration, id, body, signed }: AdmittedCommand): Promise<CommandResult> {
    const { name } = declaration;
    const called = { command: name, ...(id !== undefined && { id }) };
    if (this.#running >= MAX_RUNNING_COMMANDS) {
      this.#refused.busy++;
      return { ...called, ok: false, error: busy(), refused: 'busy' };
    }
    this.#running++;
    try {
      const toSite = signed?.command.device === EVERY_DEVICE;
      const call = { by: signed?.by ?? null, toSite, signed: signed?.text ?? null };
      const work = Promise.resolve()
        .then(() => declaration.handle(body, call))
        .finally(() => this.#running--);
      const result = await withTimeout(work, this.#timeoutMs);
      this.#counts.done++;
      return { ...called, ok: true, result };
    } catch (error) {
      this.#counts.failed++;
      return { ...called, ok: false, error: explainShortly(error) };
    }
  }

  #refuse(name: string, id: CommandId | undefined, cause: RefusalCause, error: string): CommandResult | null {
    this.#refused[cause]++;
    this.#tellRefusal(name, cause, error);
    if (cause === 'retained' || cause === 'flood' || !this.#answers.take(this.#clock())) return null;
    return { command: name, ...(id !== undefined && { id }), ok: false, error: explainShortly(error), refused: cause };
  }

  /** Of each cause once in a while: a flood of commands must not become one of log lines. */
  #tellRefusal(command: string, cause: RefusalCause, reason: string): void {
    const now = this.#clock();
    if (now - (this.#toldAt.get(cause) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    this.#toldAt.set(cause, now);
    const refused = this.#refused[cause];
    this.#log.warn(
      { command, cause, reason, refused },
      'a command is refused; told again in ten minutes at the earliest',
    );
  }

  #hear({ name, body, nonce }: SiteNews): void {
    if (this.#newsNonces.has(nonce)) {
      this.#refused.replayed++;
      return;
    }
    this.#newsNonces.add(nonce);
    for (const oldest of this.#newsNonces) {
      if (this.#newsNonces.size <= MAX_NONCES_OF_NEWS) break;
      this.#newsNonces.delete(oldest);
    }
    try {
      this.#newsListeners.get(name)?.(body);
    } catch (error) {
      this.#log.error({ command: name, err: explain(error) }, 'what another device told could not be carried out');
    }
  }
}

function inProgressKey({ by, id }: JournalEntry): string {
  return `${by} ${JSON.stringify(id)}`;
}

function busy(): string {
  return `${MAX_RUNNING_COMMANDS} commands are running already; try again later`;
}

function explainShortly(error: unknown): string {
  return maskCredentials(explain(error)).slice(0, MAX_ERROR_LENGTH);
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
