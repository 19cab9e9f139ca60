import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';

/** In the folder of a chain: how far it was sent. */
const PUSH_STATE = 'push.json';

/** Records that may have gone before their turn. */
export const MOST_AHEAD = 1000;

const state = z.object({
  v: z.literal(1),
  chain: z.string(),
  /** Where it went: another place has to get all that is still there. */
  to: z.string(),
  /** Every record up to this one was taken, or refused for good. */
  n: z.int().min(0),
  refused: z.int().min(0),
  /** Records after `n` that went before it was their turn; absent: none. An earlier version sends them again, which is harmless. */
  ahead: z.array(z.int().min(1)).max(MOST_AHEAD).default([]),
});
export type PushState = z.infer<typeof state>;

/** How far a chain was sent to a place; from the beginning where nothing that can be read says so. */
export async function readPushState(folder: string, chain: string, to: string): Promise<PushState> {
  const none: PushState = { v: 1, chain, to, n: 0, refused: 0, ahead: [] };
  try {
    const found = state.parse(JSON.parse(await readFile(join(folder, PUSH_STATE), 'utf8')));
    return found.chain === chain && found.to === to ? found : none;
  } catch {
    // sent again is harmless, left out is not
    return none;
  }
}

/** @throws the file system's error */
export async function writePushState(folder: string, told: PushState): Promise<void> {
  await writeWhole(join(folder, PUSH_STATE), `${JSON.stringify(told)}\n`);
}

/** The same once a record was taken, or refused for good. @param n of the record */
export function withTaken(told: PushState, n: number): PushState {
  const ahead = [...told.ahead, n].filter((one) => one > told.n).sort((a, b) => a - b);
  let end = told.n;
  while (ahead[0] === end + 1) end = ahead.shift()!;
  return { ...told, n: end, ahead };
}

/** The same once the records up to `n` are no longer there, and how many of them nobody was sent. */
export function withGone(told: PushState, n: number): { readonly state: PushState; readonly lost: number } {
  const sent = told.ahead.filter((one) => one <= n).length;
  // what a place was never told of before is not lost to it
  const lost = told.n === 0 ? 0 : Math.max(0, n - told.n - sent);
  return { state: { ...told, n: Math.max(n, told.n), ahead: told.ahead.filter((one) => one > n) }, lost };
}
