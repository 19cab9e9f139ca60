import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Cache } from '../../../src/cache/cache.js';
import type { RoutePolicy } from '../../../src/web/caching/route-policy.js';
import type { WebOptimizer, WebOptions } from '../../../src/web/web-optimizer.js';

/** What a handler of the tests is told, whatever the framework. */
export interface Asked {
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** What it answers. */
export interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

export interface TestRoute {
  readonly method?: 'GET' | 'POST';
  /** `/cameras/:id`, which all frameworks understand. */
  readonly path: string;
  readonly policy?: RoutePolicy;
  readonly handle: (asked: Asked) => Said | Promise<Said>;
}

/** A server that listens, with its optimizer. */
export interface TestServer {
  readonly port: number;
  readonly web: WebOptimizer;
  close(): Promise<void>;
}

/** Opens a server of one framework. */
export type OpenServer = (options: WebOptions, routes: readonly TestRoute[]) => Promise<TestServer>;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Breaks off when so many bytes of the body came; 0: once the request is sent. */
  readonly abortAfter?: number;
}

/** Asks over a socket of its own. @returns null where it was broken off */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, abortAfter } = options;
  return new Promise((resolve, reject) => {
    const asking = httpRequest({ port, path, method, headers, host: '127.0.0.1', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (abortAfter !== undefined && bytes >= abortAfter) asking.destroy(new Error('broken off'));
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** A clock that a test moves. */
export class FakeTime {
  at = Date.UTC(2026, 0, 1);
  readonly now = (): number => this.at;
}

/** A cache by that clock. */
export const cacheAt = (time: FakeTime): Cache => new Cache({ now: time.now, cleanupInterval: 0 });
