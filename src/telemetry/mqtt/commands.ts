import { explain } from '../../foundation/errors.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { maskCredentials } from '../../foundation/log.js';
import { type CommandMessage, type CommandResult, parseCommandMessage } from './messages/command.js';

/** Carries out one command. What it returns becomes `result`, what it throws becomes `error`. */
export type CommandHandler = (payload: CommandMessage) => Record<string, unknown> | Promise<Record<string, unknown>>;

const MAX_COMMAND_BYTES = 16_384;
const MAX_COMMAND_DEPTH = 8;
/** Commands being carried out at a time. */
export const MAX_RUNNING_COMMANDS = 8;
const MAX_ERROR_LENGTH = 500;

/** The commands that a device knows, by name; everything that arrives is checked before a handler sees it. */
export class Commands {
  readonly #handlers = new Map<string, CommandHandler>();
  readonly #timeoutMs: number;
  #running = 0;

  /** @param timeoutMs a command that takes longer is answered with an error */
  constructor(timeoutMs = 30_000) {
    this.#timeoutMs = timeoutMs;
  }

  /** @throws RangeError where the name cannot be a topic level or is taken */
  on(name: string, handler: CommandHandler): void {
    if (!IDENTIFIER.test(name)) throw new RangeError(`command name: got ${JSON.stringify(name)}`);
    if (this.#handlers.has(name)) throw new RangeError(`command ${name} has a handler already`);
    this.#handlers.set(name, handler);
  }

  /** Checks and carries out one command; every failure is a result with `ok: false`. Never rejects. */
  async run(name: string, bytes: Uint8Array): Promise<CommandResult> {
    let payload: CommandMessage;
    try {
      payload = parse(bytes);
    } catch (error) {
      return failed(name, undefined, explainShortly(error));
    }
    const handler = this.#handlers.get(name);
    if (!handler) {
      const known = [...this.#handlers.keys()].join(', ');
      return failed(name, payload.id, `unknown command; known are: ${known}`);
    }
    if (this.#running >= MAX_RUNNING_COMMANDS) {
      return failed(name, payload.id, `${MAX_RUNNING_COMMANDS} commands are running already; try again later`);
    }
    this.#running++;
    try {
      const work = Promise.resolve(payload)
        .then(handler)
        .finally(() => this.#running--);
      const result = await withTimeout(work, this.#timeoutMs);
      return { command: name, ...(payload.id !== undefined && { id: payload.id }), ok: true, result };
    } catch (error) {
      return failed(name, payload.id, explainShortly(error));
    }
  }
}

function failed(command: string, id: CommandMessage['id'], error: string): CommandResult {
  return { command, ...(id !== undefined && { id }), ok: false, error };
}

function explainShortly(error: unknown): string {
  return maskCredentials(explain(error)).slice(0, MAX_ERROR_LENGTH);
}

function parse(bytes: Uint8Array): CommandMessage {
  if (bytes.length > MAX_COMMAND_BYTES) {
    throw new Error(`payload: expected at most ${MAX_COMMAND_BYTES} bytes, got ${bytes.length}`);
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  const depth = jsonDepth(text);
  if (depth > MAX_COMMAND_DEPTH) {
    throw new Error(`payload: expected at most ${MAX_COMMAND_DEPTH} levels of nesting, got ${depth}`);
  }
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw new Error('payload: expected a JSON object');
  }
  try {
    return parseCommandMessage(value);
  } catch {
    throw new Error(
      'payload: expected a JSON object, with id (if any) a text of up to 64 characters or a whole number',
    );
  }
}

/** Nesting of brackets outside strings, found without parsing. */
function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
