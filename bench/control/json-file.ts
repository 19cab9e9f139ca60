import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, explain } from '../../src/foundation/errors.js';
import { didYouMean, type z } from '../../src/foundation/validate.js';

/**
 * A JSON file that is what its schema says.
 *
 * @throws ConfigError naming the file and every problem as `path: what is wrong`
 */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(file, [explain(error)], error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(file, parsed.error.issues.flatMap(problemsOf));
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${path === '' ? key : `${path}.${key}`}: no such key; docs/control-benchmark.md has them`,
    );
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // the alternative that came nearest is the one that was meant
    const nearest = issue.errors.reduce((a, b) => (b.length < a.length ? b : a));
    return nearest.flatMap((inner) =>
      problemsOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue),
    );
  }
  return [`${path || 'the file'}: ${issue.message}`];
}

/**
 * Files of a folder whose names end so, by name.
 *
 * @throws ConfigError where there is no such folder, or none in it
 */
export function filesIn(option: string, folder: string, endings: readonly string[]): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ConfigError(`--${option}`, [`expected a folder, got ${folder}, which is none`]);
  }
  const files = readdirSync(folder).filter((name) => endings.some((ending) => name.endsWith(ending)));
  if (files.length === 0)
    throw new ConfigError(`--${option}`, [`no file ends in ${endings.join(' or ')} in ${folder}`]);
  return files.sort().map((name) => join(folder, name));
}

/** `, did you mean X?` or nothing. */
export function orSimilar(word: string, known: readonly string[]): string {
  const near = didYouMean(word, known);
  return near === null ? '' : `, did you mean ${near}?`;
}
