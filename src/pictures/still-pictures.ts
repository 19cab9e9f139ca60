import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchPicture, type HttpPictureLimits } from '../capture/http-picture.js';
import { ConfigError, SourceError } from '../foundation/errors.js';
import { rememberSecretsOf } from '../foundation/known-secrets.js';
import { maskCredentials } from '../foundation/log.js';
import { picturesBeneath } from '../foundation/picture-files.js';
import { encodingAdvice, splitAddress } from '../foundation/userinfo.js';

/** An encoded picture that can be read once it is wanted. */
export interface StillSource {
  /** For people and scripts: its path or address, credentials masked; `stdin`. */
  readonly label: string;
  /** What it may be called beneath a folder of results: its path beneath the folder that was named, or its own name. */
  readonly name: string;
  /** @throws SourceError where it cannot be read, or is larger than allowed */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

export interface StillOptions extends HttpPictureLimits {
  /** A folder that is not looked through: results of an earlier call are no pictures of this one. */
  readonly except?: string;
  /** What `-` reads; default this process's stdin. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/**
 * The pictures that a command line names, in its order: files, folders with all beneath them in natural order, http://
 * and https:// addresses, `-` for stdin. Folders are listed at once, pictures are read later, one by one.
 *
 * @throws ConfigError where something is named that can be no picture
 */
export async function stillPictures(inputs: readonly string[], options: StillOptions): Promise<StillSource[]> {
  const problems = [...inputs.flatMap(refusal), ...stdinTwice(inputs)];
  if (problems.length > 0) throw new ConfigError('the command line cannot be used', problems);
  const found = await Promise.all(inputs.map((input) => expand(input, options)));
  return found.flat();
}

function refusal(input: string): string[] {
  rememberSecretsOf(input);
  const split = splitAddress(input);
  if (split?.ambiguous) {
    const advice = `write ${encodingAdvice(split.userinfo)} before the last @`;
    return [`expected a user name and password that can be told from the path: ${advice}`];
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme === undefined || ['http', 'https', 'file'].includes(scheme)) return [];
  const got = maskCredentials(input);
  return [`expected a picture, a folder, http:// or https://, got ${got}; what moves is watched with run --source`];
}

function stdinTwice(inputs: readonly string[]): string[] {
  return inputs.filter((input) => input === '-').length > 1 ? ['expected - once, got it twice'] : [];
}

async function expand(input: string, options: StillOptions): Promise<StillSource[]> {
  if (input === '-') return [standardInput(options)];
  if (/^https?:/i.test(input)) return [address(input, options)];
  const path = /^file:/i.test(input) ? fileURLToPath(input) : input.replace(/^images:/i, '');
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  return isFolder ? folder(path, options) : [file(path, basename(path), options.maxBytes)];
}

async function folder(path: string, { except, maxBytes }: StillOptions): Promise<StillSource[]> {
  try {
    const inside = except === undefined ? null : join(path, relative(resolve(path), resolve(except)));
    const names = await picturesBeneath(path, inside);
    if (names.length > 0) return names.map((name) => file(join(path, name), name, maxBytes));
    throw new SourceError('it holds no .jpg, .jpeg, .png or .webp picture, nor does a folder beneath it');
  } catch (error) {
    const failure = new SourceError(`cannot read the folder ${path}`, {}, error);
    return [{ label: path, name: basename(path), read: () => Promise.reject(failure) }];
  }
}

function file(path: string, name: string, maxBytes: number): StillSource {
  return { label: path, name, read: () => readFileUpTo(path, maxBytes) };
}

function address(url: string, limits: HttpPictureLimits): StillSource {
  const label = maskCredentials(url);
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  const name = basename(path).replace(/[^\w.-]+/g, '-') || 'picture';
  return { label, name, read: (signal) => fetchPicture(url, limits, signal) };
}

function standardInput({ stdin = process.stdin, maxBytes }: StillOptions): StillSource {
  return { label: 'stdin', name: 'stdin', read: () => collect(stdin, maxBytes) };
}

async function readFileUpTo(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    // a pipe or a device would hold the reader for ever
    const found = await stat(path);
    if (!found.isFile()) throw new SourceError('it is no file');
    return await collect(createReadStream(path), maxBytes);
  } catch (error) {
    throw new SourceError(`cannot read ${path}`, {}, error);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) throw new SourceError(`it has more than ${maxBytes} bytes (capture.maxImageBytes)`);
    all.push(chunk);
  }
  return Buffer.concat(all, length);
}
