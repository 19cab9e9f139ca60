import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';

/** In the folder of a chain: how far it was sent. */
const PUSH_STATE = 'push.json';

const state = z.object({
  v: z.literal(1),
  chain: z.string(),
  /** Where it went: another place has to get all that is still there. */
  to: z.string(),
  /** Every record up to this one was taken, or refused for good. */
  n: z.int().min(0),
  refused: z.int().min(0),
});
export type PushState = z.infer<typeof state>;

/** How far a chain was sent to a place; from the beginning where nothing that can be read says so. */
export async function readPushState(folder: string, chain: string, to: string): Promise<PushState> {
  const none: PushState = { v: 1, chain, to, n: 0, refused: 0 };
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
