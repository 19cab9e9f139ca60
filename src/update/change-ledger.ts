import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '../foundation/validate.js';
import { putPublicFile } from './public-file.js';

/** Changes that are remembered: far more than can be signed within the hour for which a command holds at most. */
const MOST = 1000;

const commanded = z.object({
  /** What names the request, see `requestName`. */
  request: z.string(),
  /** Id of the key that signed it. */
  by: z.string(),
  id: z.union([z.string(), z.number()]),
  nonce: z.string(),
  from: z.string(),
  to: z.string(),
  /** Unix ms. */
  at: z.number(),
  /** Whether its outcome was told; otherwise power or process went before. */
  ended: z.boolean(),
});
/** A rollback or an update that was commanded, and was begun. */
export type CommandedChange = z.infer<typeof commanded>;

const outcome = z.object({
  request: z.string(),
  /** Unix ms. */
  at: z.number(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Why it was not done; null where it was. */
  error: z.string().nullable(),
});
/** What became of the last request. */
export type RequestOutcome = z.infer<typeof outcome>;

/**
 * The rollbacks, or updates, that were commanded, so that none is done twice, and what became of the last one: beside the versions,
 * written by root alone.
 */
export class ChangeLedger {
  readonly #done: string;
  readonly #outcome: string;

  /** @param prefix such as /opt/edge-inference-optimizer @param what was commanded */
  constructor(prefix: string, what: 'rollback' | 'update' = 'rollback') {
    this.#done = join(prefix, `${what}s`);
    this.#outcome = join(prefix, `${what}-outcome`);
  }

  /** Oldest first; empty where there were none. @throws the file system's error: who cannot read them must not do them */
  all(): CommandedChange[] {
    let text: string;
    try {
      text = readFileSync(this.#done, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text.split('\n').flatMap((line) => parsed(commanded, line) ?? []);
  }

  /** Keeps one, or how it stands now. */
  async put(change: CommandedChange): Promise<void> {
    const others = this.all().filter(({ request }) => request !== change.request);
    const lines = [...others, change].slice(-MOST).map((one) => `${JSON.stringify(one)}\n`);
    await putPublicFile(this.#done, lines.join(''));
  }

  /** null where there is none. */
  outcome(): RequestOutcome | null {
    try {
      return parsed(outcome, readFileSync(this.#outcome, 'utf8'));
    } catch {
      return null;
    }
  }

  async tell(told: RequestOutcome): Promise<void> {
    await putPublicFile(this.#outcome, `${JSON.stringify(told)}\n`);
  }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
