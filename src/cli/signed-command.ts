import { readText } from '../config/site-file.js';
import { ConfigError, explain } from '../foundation/errors.js';
import { openToOthers } from '../foundation/private-files.js';
import { parsePrivateKey, type SigningKey } from '../telemetry/commands/keys.js';

const MAX_KEY_BYTES = 16 * 1024;

/** The private key of a file. @throws ConfigError where there is none, with no word of what is in it */
export function readSigningKey(file: string): SigningKey {
  const read = readText(file, MAX_KEY_BYTES);
  if ('problem' in read) throw new ConfigError('the command cannot be signed', [`--key: ${read.problem}: ${file}`]);
  const mode = openToOthers(file);
  if (mode !== null) process.stderr.write(`warning: others can read ${file} (mode ${mode}): chmod 600 ${file}\n`);
  return keyIn(read.text, '--key', `: ${file}`);
}

/** Of the environment, from which it is taken: what is started later does not inherit it. null: none is set. @throws ConfigError */
export function takeSigningKey(env: NodeJS.ProcessEnv, name: string): SigningKey | null {
  const text = env[name];
  delete env[name];
  return text === undefined || text === '' ? null : keyIn(text, name, '');
}

/** @param at where it was given @param file behind the problem */
function keyIn(text: string, at: string, file: string): SigningKey {
  try {
    return parsePrivateKey(text);
  } catch (error) {
    throw new ConfigError('the command cannot be signed', [`${at}: ${explain(error)}${file}`]);
  }
}

/** What is asked: JSON objects and `name=value`, where a value that is JSON is that and any other one text. */
export function bodyOf(parts: readonly string[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const part of parts) {
    if (part.trimStart().startsWith('{')) Object.assign(body, objectIn(part));
    else {
      const equals = part.indexOf('=');
      if (equals < 1) throw badBody(`expected NAME=VALUE or a JSON object, got ${part}`);
      body[part.slice(0, equals)] = jsonOrText(part.slice(equals + 1));
    }
  }
  return body;
}

function objectIn(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw badBody(`expected a JSON object, got ${text}: ${explain(error)}`);
  }
}

function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // 1e400 would go as null, which asks for something else
    return typeof value === 'number' && !Number.isFinite(value) ? text : value;
  } catch {
    return text;
  }
}

function badBody(problem: string): ConfigError {
  return new ConfigError('the command cannot be sent', [`body: ${problem}`]);
}
