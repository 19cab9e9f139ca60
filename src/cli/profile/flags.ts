import type { ProviderConfig, ProviderName } from '../../config/config.js';
import { PROVIDERS } from '../../config/sections/detector.js';
import { durationOf } from '../../foundation/duration.js';
import { ConfigError } from '../../foundation/errors.js';
import { didYouMean } from '../../foundation/validate.js';

/** What the command line says about a profile, as it was typed; lists are comma-separated. */
export interface ProfileFlags {
  readonly config?: string;
  readonly model?: string;
  readonly variants?: string;
  readonly providers?: string;
  readonly threads?: string;
  readonly batch?: string;
  readonly workers?: string;
  /** `90s`, `5m`, `1h`. */
  readonly budget?: string;
  /** Windows per configuration. */
  readonly rounds?: number;
  /** Milliseconds of a window. */
  readonly window?: number;
  readonly bruteForce?: boolean;
  /** Measure again what is known already. */
  readonly fresh?: boolean;
  /** Only print what is stored. */
  readonly show?: boolean;
  readonly json?: boolean;
}

/** The same, checked. */
export interface ProfileLimits {
  readonly variants: readonly string[] | undefined;
  readonly providers: readonly ProviderName[] | undefined;
  readonly threads: readonly number[] | undefined;
  readonly batches: readonly number[] | undefined;
  readonly workers: readonly number[] | undefined;
  readonly budgetMs: number | null;
}

/** @throws ConfigError with every flag that is not right */
export function readProfileFlags(flags: ProfileFlags): ProfileLimits {
  const problems: string[] = [];
  const limits: ProfileLimits = {
    variants: listOf(flags.variants),
    providers: listOf(flags.providers)?.map((name) => providerOf(name, problems)),
    threads: numbersOf('--threads', flags.threads, 64, problems),
    batches: numbersOf('--batch', flags.batch, 64, problems),
    workers: numbersOf('--workers', flags.workers, 16, problems),
    budgetMs: flags.budget === undefined ? null : budgetOf(flags.budget, problems),
  };
  if (problems.length > 0) throw new ConfigError('cannot profile', problems);
  return limits;
}

/** The configured provider of a name, with its options; without any where it is not configured. */
export function providerConfig(name: ProviderName, configured: readonly ProviderConfig[]): ProviderConfig {
  return configured.find((one) => one.name === name) ?? { name, options: {} };
}

const listOf = (text: string | undefined): string[] | undefined =>
  text === undefined ? undefined : [...new Set(text.split(',').map((part) => part.trim()))];

function numbersOf(flag: string, text: string | undefined, most: number, problems: string[]): number[] | undefined {
  const numbers = listOf(text)?.map(Number);
  if (numbers?.some((value) => !Number.isInteger(value) || value < 1 || value > most)) {
    problems.push(`${flag}: expected whole numbers from 1 to ${most}, comma-separated, got "${text}"`);
  }
  return numbers?.sort((a, b) => a - b);
}

function providerOf(name: string, problems: string[]): ProviderName {
  const known = PROVIDERS.find((provider) => provider === name);
  if (known) return known;
  const near = didYouMean(name, PROVIDERS);
  problems.push(
    `--providers: expected some of ${PROVIDERS.join(', ')}, got "${name}"${near ? `; did you mean ${near}?` : ''}`,
  );
  return 'cpu';
}

function budgetOf(text: string, problems: string[]): number {
  const ms = durationOf(text);
  if (ms !== null && ms > 0) return ms;
  problems.push(`--budget: expected a time like 90s, 5m or 1h, got "${text}"`);
  return 0;
}
