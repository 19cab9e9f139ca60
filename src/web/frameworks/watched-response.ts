import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { BodyCapture } from '../caching/body-capture.js';
import { belongsTo304 } from '../caching/conditional.js';
import { headRefusal } from '../caching/lifetime.js';
import type { Answered, ReadyReply } from '../visit.js';
import { headerText } from '../web-request.js';

type Callback = () => void;

/** What is sent in the place of what the handler writes; null: that itself. */
type Body = Uint8Array | null;

/**
 * Watches a response of Node's server while a handler writes it: its head is shown before it is sent, its body is written
 * down. Handlers may use `write`, `end`, `writeHead`, pipes and whatever is made of these.
 *
 * @param head is called once, before anything is sent; what it gives is what is sent
 * @param refuse is called where others, such as sessions, have added to the head what forbids to keep it
 */
export function watchResponse(response: ServerResponse, head: () => Answered, refuse: () => void): void {
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
  const write = response.write as (...args: unknown[]) => boolean;
  const end = response.end as (...args: unknown[]) => ServerResponse;
  let shown = false;
  let instead: Body = null;
  let capture: BodyCapture | null = null;

  function show(): void {
    if (shown) return;
    shown = true;
    const answered = head();
    capture = answered.capture;
    instead = replace(response, answered);
  }
  function sendLast(args: unknown[]): void {
    if (instead === null) {
      end.apply(response, args);
      return;
    }
    const body = instead.byteLength > 0 ? [instead] : [];
    const done = callbackIn(args);
    end.call(response, ...body, ...(done ? [done] : []));
  }
  response.writeHead = (status: number, ...rest: unknown[]) => {
    if (!shown) {
      response.statusCode = status;
      for (const one of rest) {
        if (typeof one === 'string') response.statusMessage = one;
        else setAll(response, one as OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | undefined);
      }
      show();
    }
    const message = response.statusMessage as string | undefined;
    const { statusCode } = response;
    if (message) writeHead.call(response, statusCode, message);
    else writeHead.call(response, statusCode);
    const read = (name: string) => headerText(response.getHeader(name));
    if (capture !== null && headRefusal(read) !== null) refuse();
    return response;
  };
  response.write = (chunk: unknown, ...rest: unknown[]) => {
    show();
    capture?.write(chunk as Uint8Array | string, encodingIn(rest));
    if (instead === null) return write.call(response, chunk, ...rest);
    const done = callbackIn(rest);
    if (done) process.nextTick(done);
    return true;
  };
  response.end = (...args: unknown[]) => {
    show();
    const [chunk] = args;
    if (capture !== null && typeof chunk !== 'function' && chunk !== undefined && chunk !== null) {
      capture.write(chunk as Uint8Array | string, encodingIn(args.slice(1)));
    }
    sendLast(args);
    const kept = capture;
    // sessions are saved before the head goes
    if (response.headersSent) kept?.end();
    else response.once('finish', () => kept?.end());
    return response;
  };
}

/** Sends what is ready. */
export function sendReady(response: ServerResponse, { status, headers, body }: ReadyReply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status === 304 || status === 204) {
    response.end();
    return;
  }
  // Node does not say how long the body is that HEAD does not send
  response.setHeader('content-length', body.byteLength);
  response.end(body);
}

/** Changes the head to what is sent. @returns the body in place of the handler's, empty for none; null: the handler's */
function replace(response: ServerResponse, { instead, isUnchanged, told }: Answered): Body {
  if (instead !== null) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusMessage = '';
    response.statusCode = instead.status;
    for (const [name, value] of Object.entries(instead.headers)) response.setHeader(name, value);
    if (instead.status !== 304) response.setHeader('content-length', instead.body.byteLength);
    return instead.body;
  }
  for (const [name, value] of Object.entries(told)) response.setHeader(name, value);
  if (!isUnchanged) return null;
  for (const name of response.getHeaderNames()) if (!belongsTo304(name)) response.removeHeader(name);
  response.statusMessage = '';
  response.statusCode = 304;
  return new Uint8Array(0);
}

/** As `writeHead` takes them: an object, or names and values in turn. */
function setAll(
  response: ServerResponse,
  headers: OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | undefined,
): void {
  if (headers === undefined || headers === null) return;
  const pairs = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers);
  for (const [name, value] of pairs) if (value !== undefined) response.setHeader(name, value);
}

/** `[name, value, name, value]` or `[[name, value], …]`; of a name that comes twice both values. */
function pairsOf(list: readonly OutgoingHttpHeader[]): [string, OutgoingHttpHeader][] {
  const pairs = Array.isArray(list[0])
    ? (list as unknown as [string, OutgoingHttpHeader][])
    : Array.from({ length: Math.floor(list.length / 2) }, (_, i) => [String(list[2 * i]), list[2 * i + 1]!] as const);
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    values.set(name, [...(values.get(name) ?? []), ...[value].flat().map(String)]);
  }
  return [...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]);
}

const encodingIn = (rest: readonly unknown[]): BufferEncoding =>
  typeof rest[0] === 'string' ? (rest[0] as BufferEncoding) : 'utf8';

const callbackIn = (rest: readonly unknown[]): Callback | undefined =>
  rest.find((one): one is Callback => typeof one === 'function');
