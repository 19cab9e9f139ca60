import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.js';
import { shownValues } from '../../config/shown-values.js';
import { declareCommand } from '../../foundation/command.js';
import type { Part, Setting } from '../../foundation/part.js';
import { z } from '../../foundation/validate.js';
import type { SettingOverride } from './setting-overrides.js';

export interface ToldConfigurationParts {
  readonly config: Config;
  /** Of all parts. */
  readonly settings: () => readonly Setting[];
  /** What commands have set for a time. */
  readonly overrides: () => readonly SettingOverride[];
}

const MOST_KEYS = 500;

/** Tells how the device is configured, without any secret, so that somebody can see where it is not as it should be. */
export class ToldConfiguration implements Part {
  readonly name = 'configuration';
  readonly essential = false;
  readonly commands = [
    declareCommand({
      name: 'configuration',
      access: 'signed',
      help: 'How it is configured, by key, secrets as `***`: all of it or `keys` and what begins with them; what `set` has changed for a time, and what it may change.',
      payload: z.strictObject({ keys: z.array(z.string().min(1).max(200)).max(MOST_KEYS).optional() }),
      handle: ({ keys }) => this.#told(keys),
    }),
  ];
  readonly #parts: ToldConfigurationParts;
  readonly #values: ReadonlyMap<string, unknown>;
  /** First 16 hex digits of the SHA-256 of the configured values: the same on every device that is configured the same. */
  readonly hash: string;

  constructor(parts: ToldConfigurationParts) {
    this.#parts = parts;
    this.#values = new Map(shownValues(parts.config, new Map()).map(({ key, value }) => [key, value]));
    const sorted = [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
    this.hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  }

  start(): void {
    // it only answers
  }

  stop(): void {
    // likewise
  }

  #told(keys: readonly string[] | undefined): Record<string, unknown> {
    const isAsked = (key: string): boolean =>
      keys === undefined || keys.some((one) => key === one || key.startsWith(`${one}.`));
    const live = this.#parts.settings().filter(({ apply }) => apply !== undefined);
    return {
      hash: this.hash,
      values: Object.fromEntries([...this.#values].filter(([key]) => isAsked(key))),
      set: Object.fromEntries(
        this.#parts
          .overrides()
          .filter(({ key }) => isAsked(key))
          .map(({ key, value, term }) => [key, { value, until: term.until }]),
      ),
      settable: live.map(({ path }) => path),
    };
  }
}
