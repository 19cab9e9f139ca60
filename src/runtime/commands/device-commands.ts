import { randomUUID } from 'node:crypto';
import type { CommandsConfig } from '../../config/config.js';
import type { CommandDeclaration } from '../../foundation/command.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Scope } from '../../foundation/scope.js';
import type { AskedChange } from '../../http/app.js';
import { CommandLog, type LoggedCommand } from '../../store/command-log.js';
import type { StoreFile } from '../../store/store-file.js';
import { Commands, type NewsListener } from '../../telemetry/commands/commands.js';
import { commandMetrics } from '../../telemetry/commands/metrics.js';
import { readCommandKeys } from './command-keys.js';
import { StoredJournal } from './stored-journal.js';

export interface DeviceCommandsParts {
  readonly scope: Scope;
  /** Remembers what was commanded. */
  readonly history: StoreFile;
  readonly log: Log;
}

/** Characters of a body or an answer that are taken down. */
const MOST_AUDITED = 4000;
const MOST_PATH = 200;

/** Who may command the device, and what every command goes through before a part carries it out. */
export class DeviceCommands implements Part {
  readonly name = 'commands';
  readonly essential = true;
  readonly metrics = commandMetrics(() => this.#commands?.counts() ?? null);
  readonly settings = [{ path: 'commands', requiresRestart: true }];
  readonly #config: CommandsConfig;
  readonly #parts: DeviceCommandsParts;
  readonly #declarations: CommandDeclaration[] = [];
  readonly #log: CommandLog;
  #commands: Commands | null = null;

  constructor(config: CommandsConfig, parts: DeviceCommandsParts) {
    this.#config = config;
    this.#parts = parts;
    this.#log = new CommandLog(parts.history);
  }

  /** Answers `cmd/<name>` from the start on. */
  serve(commands: readonly CommandDeclaration[]): void {
    this.#declarations.push(...commands);
  }

  /** null before the start. */
  get receiver(): Commands | null {
    return this.#commands;
  }

  /** Whether devices of the site can tell each other anything. */
  get hasSiteKey(): boolean {
    return this.#config.siteKeyFile !== undefined;
  }

  /** The newest that came in a time, Unix ms; null where they cannot be read now. */
  between(since: number, until: number, limit: number): LoggedCommand[] | null {
    return this.#log.between(since, until, limit);
  }

  /** What was commanded, and what was changed over HTTP; see `CommandLog.recent`. */
  recent(before: number, limit: number): readonly LoggedCommand[] | null {
    return this.#log.recent(before, limit);
  }

  /** Takes down a change that was asked for over HTTP, with what became of it. */
  tookChange({ at, path, tenant, body, status, answer }: AskedChange): void {
    const ok = status < 400;
    this.#log.put({
      at,
      key: `http:${tenant ?? 'operator'}`,
      id: JSON.stringify(randomUUID()),
      nonce: randomUUID(),
      name: `POST ${path.slice(0, MOST_PATH)}`,
      toSite: false,
      body: auditedText(body),
      doneAt: Date.now(),
      result: JSON.stringify(
        ok ? { ok, result: { status } } : { ok, error: (answer ?? `HTTP ${status}`).slice(0, MOST_AUDITED) },
      ),
    });
  }

  /** @throws ConfigError where a key cannot be read */
  start(): void {
    const { scope, log } = this.#parts;
    const { keys, siteKey } = readCommandKeys(this.#config);
    const journal = new StoredJournal(this.#log);
    const commands = new Commands({ scope, keys, siteKey, journal, log });
    for (const declaration of this.#declarations) commands.declare(declaration);
    this.#commands = commands;
  }

  stop(): void {
    // whoever brings commands to it is stopped before
  }

  /** See `Commands.onNews`; to be called once started. */
  onNews(name: string, listener: NewsListener): () => void {
    return this.#commands?.onNews(name, listener) ?? (() => undefined);
  }
}

/**
 * What was posted, as the log keeps it. A few large bodies would crowd out what was taken down in a year: of those only the
 * beginning is kept, as a text.
 */
function auditedText(body: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(body);
  } catch {
    // lists within lists, more than can be written
    return JSON.stringify('not kept: nested too deeply');
  }
  return text.length <= MOST_AUDITED ? text : JSON.stringify(`${text.slice(0, MOST_AUDITED)}…`);
}
