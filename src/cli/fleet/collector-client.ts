import { readFileSync } from 'node:fs';
import { EdgeError, explain } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';
import { readChangeToken } from '../../runtime/change-token.js';
import { changeTokenPlace } from '../collect.js';
import { oneLine } from '../print.js';

/** Where a collector answers, and with what it is asked. */
export interface CollectorFlags {
  /** `http://127.0.0.1:9465` */
  readonly collector: string;
  readonly tokenFile?: string;
  /** Of a collector on this machine: beside it lies a token for changes. */
  readonly store: string;
  readonly json?: boolean;
}

const PATIENCE_MS = 30_000;
/** Variable with the token. */
const TOKEN = 'EDGE_FLEET_TOKEN';

/** Asks a collector over its JSON API. */
export class CollectorClient {
  readonly #base: string;
  readonly #token: string | null;

  /** @throws EdgeError E_OUTPUT where the file of the token cannot be read */
  constructor({ collector, tokenFile, store }: CollectorFlags) {
    this.#base = collector.replace(/\/+$/, '');
    const { folder, name } = changeTokenPlace(store);
    this.#token = tokenFile === undefined ? process.env[TOKEN] || readChangeToken(folder, name) : readToken(tokenFile);
  }

  get(path: string): Promise<unknown> {
    return this.#ask(path, { method: 'GET' });
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** @throws EdgeError E_OUTPUT where nobody answers or it is refused, in words */
  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const authorization = this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
    const at = maskCredentials(this.#base);
    const headers = { ...(init.headers as Record<string, string> | undefined), ...authorization };
    const asked = { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
    const reply = await fetch(`${this.#base}/api/v1/fleet${path}`, asked).catch((cause: unknown) => {
      const why = explain((cause as Error).cause ?? cause);
      throw new EdgeError(
        'E_OUTPUT',
        `no collector answers at ${at}: ${why}; see --collector, and whether \`edge-optimizer collect\` runs`,
      );
    });
    const text = await reply.text();
    if (reply.ok) return JSON.parse(text);
    const advice =
      reply.status === 401
        ? `; a token is taken from --token-file, ${TOKEN}, or, on the collector's machine, beside --store`
        : '';
    throw new EdgeError('E_OUTPUT', `${at} does not do it: ${problemIn(text)}${advice}`);
  }
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new EdgeError('E_OUTPUT', `--token-file: ${explain(error)}`);
  }
}

function problemIn(text: string): string {
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return oneLine(text.trim()).slice(0, 200);
  }
}
