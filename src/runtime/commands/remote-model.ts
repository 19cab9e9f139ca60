import { type ChildProcess, execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import { type CommandAnswer, type CommandCall, declareCommand } from '../../foundation/command.js';
import { EdgeError } from '../../foundation/errors.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { maskCredentials } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { z } from '../../foundation/validate.js';
import type { CommandOutcome } from '../../telemetry/commands/commands.js';
import { commandIdSchema } from '../../telemetry/commands/envelope.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import type { DeviceCommands } from './device-commands.js';

export interface RemoteModelParts {
  /** What starts this program: itself and its file. Empty where this is a library: then no model can be fetched. */
  readonly program: readonly string[];
  /** `model.dir`, absolute. */
  readonly folder: string;
  readonly commands: Pick<DeviceCommands, 'receiver'>;
  readonly publisher: { answer(result: CommandResult): void };
  /** ms until a download with all that follows is ended. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 1_700_000;
const MOST_OUTPUT_BYTES = 2 ** 20;
/** Frames go first; with the least of all it would never end where these take every core. */
const NICE = 10;

const modelBody = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: 'expected an address without user name and password',
    }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
  name: z.string().regex(IDENTIFIER).optional(),
});
type ModelBody = z.infer<typeof modelBody>;

/**
 * `cmd/model`: fetches a model by a process of its own, which gives way to the frames, checks its sum, finds out how it is read, and
 * adds it to the folder of the models. Which one answers is not changed by it.
 */
export class RemoteModel implements Part {
  readonly name = 'remote model';
  readonly essential = false;
  readonly commands = [
    declareCommand({
      name: 'model',
      access: 'signed',
      help: 'Fetches the model at `url`, whose file must have the SHA-256 `sha256`, and adds it (as `name`). One at a time. Answered twice: `accepted`, and afterwards `done` or why not. `set model.name` uses it.',
      payload: modelBody,
      handle: (body, call) => this.#accept(body, call),
    }),
  ];
  readonly #parts: RemoteModelParts;
  #child: ChildProcess | null = null;

  constructor(parts: RemoteModelParts) {
    this.#parts = parts;
  }

  start(): void {
    // it waits to be asked
  }

  /** Ends the download that is under way; what came of it stays, and a later one goes on there. */
  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  #accept({ url, sha256, name }: ModelBody, { by, signed }: CommandCall): CommandAnswer {
    const { program, folder } = this.#parts;
    const [file, ...main] = program;
    if (file === undefined)
      throw new EdgeError(
        'E_CONFIG',
        'this program has the runtime as a library: it has no command that fetches models',
      );
    if (by === null || signed === null) throw new EdgeError('E_CONFIG', 'a model must be signed for');
    if (this.#child !== null) throw new EdgeError('E_SOURCE', 'a model is being fetched: wait for its outcome');
    const { id } = z.object({ id: commandIdSchema }).parse(JSON.parse(signed.command));
    const named = name === undefined ? [] : ['--name', name];
    const args = [...main, 'models', 'pull', url, '--sha256', sha256, '--dir', folder, '--json', ...named];
    const { timeoutMs = TIMEOUT_MS } = this.#parts;
    const options = { timeout: timeoutMs, maxBuffer: MOST_OUTPUT_BYTES, encoding: 'utf8' } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      this.#child = null;
      this.#conclude(by, id, outcomeOf(error, stdout, stderr, timeoutMs));
    });
    this.#child = child;
    giveWay(child);
    return { state: 'accepted' };
  }

  #conclude(by: string, id: string | number, outcome: CommandOutcome): void {
    const result = this.#parts.commands.receiver?.conclude(by, id, outcome) ?? null;
    if (result !== null) this.#parts.publisher.answer(result);
  }
}

function outcomeOf(
  error: { readonly killed?: boolean | undefined; readonly message: string } | null,
  stdout: string,
  stderr: string,
  timeoutMs: number,
): CommandOutcome {
  if (error?.killed)
    return { error: `the model was not there within ${timeoutMs / 1000} s; asked for again it goes on` };
  const said = lastLine(stderr);
  if (error !== null) return { error: maskCredentials(said === '' ? error.message : said).slice(0, 400) };
  const told = parsed(stdout);
  const { model, folder, added } = told;
  return { result: { state: 'done', model: model ?? null, folder: folder ?? null, isNew: added !== false } };
}

function giveWay({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch {
    // ended meanwhile, or not allowed: slower for others, not wrong
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
