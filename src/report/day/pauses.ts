import { z } from '../../foundation/validate.js';
import type { LoggedCommand } from '../../store/command-log.js';
import type { Pause } from './availability.js';

const commandBody = z.object({ camera: z.string().optional(), forS: z.number().optional() });

/**
 * When commands had a camera paused, oldest first. A command for this camera, and one for all of them, each take the place of the one of its
 * kind before it, as on the device; a resumption that is for this camera ends both.
 *
 * @param commands oldest first, from as long ago as anything is known: a pause may hold for months
 * @param until Unix ms: one that nobody ended goes on to it
 */
export function pausesOf(camera: string, commands: readonly LoggedCommand[], until: number): Pause[] {
  const pauses: { from: number; to: number; isOfAll: boolean }[] = [];
  for (const { at, name, body, doneAt } of commands) {
    if (doneAt === null || (name !== 'pause' && name !== 'resume')) continue;
    const asked = bodyOf(body);
    if (asked === null || (asked.camera !== undefined && asked.camera !== camera)) continue;
    const isOfAll = asked.camera === undefined;
    for (const pause of pauses) {
      if (name === 'resume' || pause.isOfAll === isOfAll) pause.to = Math.min(pause.to, at);
    }
    if (name === 'pause')
      pauses.push({ from: at, to: asked.forS === undefined ? until : at + asked.forS * 1000, isOfAll });
  }
  return pauses.map(({ from, to }) => ({ from, to }));
}

/** null of what is none of a pause. */
function bodyOf(body: string): z.infer<typeof commandBody> | null {
  try {
    return commandBody.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
