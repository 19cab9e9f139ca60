import { readFileSync } from 'node:fs';
import type { CommandsConfig } from '../config/config.js';
import type { CommandDeclaration } from '../foundation/command.js';
import { ConfigError, explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Scope } from '../foundation/scope.js';
import { CommandLog } from '../store/command-log.js';
import type { StoreFile } from '../store/store-file.js';
import { Commands, type NewsListener } from '../telemetry/commands/commands.js';
import {
  type CommandKey,
  parsePrivateKey,
  parsePublicKey,
  parsePublicKeys,
  type SigningKey,
} from '../telemetry/commands/keys.js';
import { commandMetrics } from '../telemetry/commands/metrics.js';
import { StoredJournal } from './stored-journal.js';

export interface DeviceCommandsParts {
  readonly scope: Scope;
  /** Remembers what was commanded. */
  readonly history: StoreFile;
  readonly log: Log;
}

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

  /** @throws ConfigError where a key cannot be read */
  start(): void {
    const { scope, log } = this.#parts;
    const journal = new StoredJournal(this.#log);
    const commands = new Commands({ scope, keys: this.#publicKeys(), siteKey: this.#siteKey(), journal, log });
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

  #publicKeys(): CommandKey[] {
    const { publicKeys, publicKeyFile } = this.#config;
    const named = publicKeys.map(parsePublicKey);
    if (publicKeyFile === undefined) return named;
    return [...named, ...readKey('commands.publicKeyFile', publicKeyFile, parsePublicKeys)];
  }

  #siteKey(): SigningKey | null {
    const { siteKeyFile } = this.#config;
    return siteKeyFile === undefined ? null : readKey('commands.siteKeyFile', siteKeyFile, parsePrivateKey);
  }
}

function readKey<T>(path: string, file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError('a key of commands cannot be used', [`${path}: ${explain(error)} (${file})`], error);
  }
}
