import { ConfigError } from '../../foundation/errors.js';
import { didYouMean } from '../../foundation/validate.js';
import { DEFAULT_BASELINES, type HealthBaselines } from './health.js';

const NAMES = Object.keys(DEFAULT_BASELINES) as (keyof HealthBaselines)[];
/** Of shares. */
const MOST = 1;

/**
 * The usual baselines with those in place that were said as `name=value`: `fsyncMs=5`, `cacheHitRatio=0.99`.
 *
 * @throws ConfigError with everything that cannot be used
 */
export function baselinesOf(said: readonly string[]): HealthBaselines {
  const read = said.map(baselineIn);
  const problems = read.filter((one) => typeof one === 'string');
  if (problems.length > 0) throw new ConfigError('health cannot be judged by these baselines', problems);
  return { ...DEFAULT_BASELINES, ...Object.fromEntries(read as [string, number][]) };
}

/** @returns a problem where it is none */
function baselineIn(text: string): [string, number] | string {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? '' : text.slice(at + 1).trim();
  const known = NAMES.find((one) => one === name);
  if (known === undefined) {
    const meant = didYouMean(name, NAMES);
    return `--baseline ${name}: unknown${meant ? `, did you mean ${meant}?` : `: expected one of ${NAMES.join(', ')}`}`;
  }
  const isTime = known.endsWith('Ms');
  const number = Number(value);
  if (
    value === '' ||
    !Number.isFinite(number) ||
    number < 0 ||
    (isTime && number === 0) ||
    (!isTime && number > MOST)
  ) {
    const wanted = isTime ? `more than 0 ms` : `a share from 0 to ${MOST}`;
    return `--baseline ${name}: expected ${wanted}, as in ${name}=${DEFAULT_BASELINES[known]}, got ${JSON.stringify(value)}`;
  }
  return [known, number];
}
