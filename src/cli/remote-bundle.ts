import { EdgeError } from '../foundation/errors.js';
import { writeWhole } from '../foundation/private-files.js';
import { sha256Of } from '../foundation/sha256.js';
import { z } from '../foundation/validate.js';
import type { CommandResult } from '../telemetry/mqtt/messages/command.js';
import { progressBar } from './progress.js';

/** A bundle over a cabinet's uplink is not larger than that. */
const MOST_BYTES = 64 * 2 ** 20;
/** Times that a part is asked for. */
const TRIES = 3;

const toldBundle = z.object({
  bytes: z.int().min(1).max(MOST_BYTES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  parts: z.int().min(1).max(1000),
});
const toldPart = z.object({ part: z.int(), data: z.base64() });

/**
 * Fetches the bundle of a diagnosis, which a device keeps for a day, part by part, and writes it where its sum is right.
 *
 * @param told what the device says of it
 * @param ask gives a command its answer; null where none came in time
 * @throws EdgeError E_PUBLISH where a part does not come or the whole is not what was told, E_OUTPUT where it cannot be written
 */
export async function fetchBundle(
  file: string,
  told: unknown,
  ask: (body: { sha256: string; part: number }) => Promise<CommandResult | null>,
): Promise<void> {
  const { bytes, sha256, parts } = read(toldBundle, told, 'its bundle');
  const bar = progressBar('bundle');
  const pieces: Buffer[] = [];
  try {
    for (let part = 0; part < parts; part += 1) {
      pieces.push(await onePart(part, sha256, ask));
      bar.update(
        pieces.reduce((sum, piece) => sum + piece.length, 0),
        bytes,
      );
    }
  } finally {
    bar.stop();
  }
  const content = Buffer.concat(pieces);
  const own = sha256Of(content);
  if (own !== sha256)
    throw new EdgeError('E_PUBLISH', `the bundle came with the sum ${own}, not ${sha256}: ask for it again`);
  await writeWhole(file, content, { keepsMode: false }).catch((cause: unknown) => {
    throw new EdgeError('E_OUTPUT', `the bundle ${file} cannot be written: ${(cause as Error).message}`, { cause });
  });
}

async function onePart(
  part: number,
  sha256: string,
  ask: (body: { sha256: string; part: number }) => Promise<CommandResult | null>,
): Promise<Buffer> {
  let why = 'no answer';
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const answer = await ask({ sha256, part });
    if (answer?.ok) {
      const piece = read(toldPart, answer.result, `part ${part}`);
      if (piece.part === part) return Buffer.from(piece.data, 'base64');
      why = `part ${piece.part} came`;
    } else why = answer?.error ?? why;
  }
  throw new EdgeError('E_PUBLISH', `part ${part} of the bundle did not come: ${why}`);
}

function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new EdgeError(
    'E_PUBLISH',
    `the device tells of ${what} in a form that is not understood: is its version another one?`,
  );
}
