import type { FrameSet, Picture } from '../../pictures/frame-set.js';
import { worstFrames } from './disagreements.js';
import type { Disagreement } from './outcome.js';
import type { RanTrial } from './trial.js';
import type { Trials } from './trials.js';

/** Frames shown of the variant that is recommended, and of each that the gate refused. */
const OF_RECOMMENDED = 6;
const OF_REFUSED = 2;
/** A page of more pictures is too large to be sent by mail. */
const MOST_PICTURES = 12;

/** The frames on which variants and their parents agree least: first of the recommended one, then of those refused. */
export async function examplesOf(
  trials: Trials,
  frames: FrameSet,
  encode: ((picture: Picture) => Promise<Uint8Array>) | null,
): Promise<Disagreement[]> {
  const recommended = trials.fastest();
  const refused = trials.all.filter((trial) => trial.kind === 'ran').filter(({ gate }) => gate?.passed === false);
  const shown: Disagreement[] = [];
  const jpegs = new Map<number, Uint8Array>();
  const add = async (trial: RanTrial, most: number): Promise<void> => {
    const parent = trials.wholeOf(trial);
    for (const one of worstFrames(parent.rows, trial.rows, trials.judging.thresholds, most)) {
      if (shown.length >= MOST_PICTURES) return;
      const picture = await frames.read(one.index);
      if (encode && !jpegs.has(one.index)) jpegs.set(one.index, await encode(picture));
      const { id, width, height } = picture;
      const { missed, added, agreed } = one;
      shown.push({
        variant: trial.facts.id,
        parent: parent.facts.id,
        frame: id,
        width,
        height,
        missed,
        added,
        agreed,
        parentRows: [...one.parentRows],
        variantRows: [...one.variantRows],
        jpeg: jpegs.get(one.index) ?? null,
      });
    }
  };
  if (recommended) await add(recommended, OF_RECOMMENDED);
  for (const trial of refused) await add(trial, OF_REFUSED);
  return shown;
}
