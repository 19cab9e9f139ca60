import { createHash } from 'node:crypto';
import type { LoadRequest } from '../../detect/detector.js';
import { Letterbox } from '../../detect/letterbox.js';
import type { ProbeOutput } from '../../detect/probe-messages.js';
import type { InputValues } from './input-guesses.js';
import { type Judgement, judgeReadouts } from './judgement.js';
import type { ProbeScene } from './probe-scenes.js';
import { type NamedReading, type Readout, readOut } from './readout.js';

/** One way to read the outputs, with one way to fill the input, tried on all pictures. */
export interface Trial {
  readonly named: NamedReading;
  readonly values: InputValues;
  /** One per picture. */
  readonly readouts: readonly Readout[];
  readonly judgement: Judgement;
}

/** What one way to fill the input gave. */
export interface Round {
  readonly trials: readonly Trial[];
  /** Whether the model gave the very same numbers for every picture. */
  readonly constant: boolean;
}

/** Runs the model on a picture of the input's size. */
export type RunModel = (input: LoadRequest['input'], picture: Uint8Array) => Promise<readonly ProbeOutput[]>;

/** Runs every picture once, filled in as `values` say, and reads the outputs in every way. They are not kept. */
export async function tryInput(
  run: RunModel,
  size: Omit<LoadRequest['input'], keyof InputValues>,
  values: InputValues,
  readings: readonly NamedReading[],
  scenes: readonly ProbeScene[],
): Promise<Round> {
  const { width, height } = size;
  const input = { ...size, ...values };
  const readouts: Readout[][] = readings.map(() => []);
  const hashes = new Set<string>();
  for (const scene of scenes) {
    const outputs = await run(input, fitted(scene, width, height));
    hashes.add(hashOf(outputs));
    for (const [index, named] of readings.entries()) readouts[index]!.push(readOut(named, outputs, scene, input));
  }
  const trials = readings.map((named, index) => {
    return { named, values, readouts: readouts[index]!, judgement: judgeReadouts(readouts[index]!) };
  });
  return { trials, constant: scenes.length > 1 && hashes.size === 1 };
}

/** The outputs for one picture, to see their shapes. */
export function firstOutputs(
  run: RunModel,
  size: Omit<LoadRequest['input'], keyof InputValues>,
  values: InputValues,
  scene: ProbeScene,
): Promise<readonly ProbeOutput[]> {
  return run({ ...size, ...values }, fitted(scene, size.width, size.height));
}

/** A picture as the model gets it. */
export function fitted(
  { width, height, data }: Pick<ProbeScene, 'width' | 'height' | 'data'>,
  inputWidth: number,
  inputHeight: number,
): Uint8Array {
  const picture = new Uint8Array(inputWidth * inputHeight * 3);
  new Letterbox(width, height, inputWidth, inputHeight).apply(data, picture);
  return picture;
}

function hashOf(outputs: readonly ProbeOutput[]): string {
  const hash = createHash('sha1');
  for (const { data } of outputs) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

/** Another trial must be that much better than a likelier one to be taken in its place. */
const BETTER = 1.25;
const BETTER_BY = 0.5;

/**
 * @param trials the likelier first; those with the usual input of their family before all others
 * @param isUsual whether it is one of these
 * @returns the best of those whose numbers fit and which see anything at all; null where none does
 */
export function bestOf(trials: readonly Trial[], isUsual: (trial: Trial) => boolean): Trial | null {
  const faulty = new Set(
    trials.filter(({ judgement }) => judgement.faults.length > 0).map(({ named }) => named.reading),
  );
  const fitting = trials.filter(({ named, judgement: { faults, peak }, readouts }) => {
    // with an input in which nothing is seen, any reading fits
    const credible = readouts.some(({ found }) => found.length > 0) || !faulty.has(named.reading);
    return faults.length === 0 && peak > 0 && credible;
  });
  const usual = fitting.filter(isUsual).reduce<Trial | null>(better, null);
  // among unusual inputs none is likelier than another
  const others = new Map<string, Trial>();
  for (const trial of fitting.filter((one) => !isUsual(one))) {
    const key = JSON.stringify(trial.values);
    others.set(key, better(others.get(key) ?? null, trial));
  }
  const other = [...others.values()].sort((a, b) => b.judgement.worth - a.judgement.worth)[0];
  return other === undefined ? usual : better(usual, other);
}

function better(best: Trial | null, trial: Trial): Trial {
  if (best === null) return trial;
  return trial.judgement.worth > leastToBeat(best.judgement.worth) ? trial : best;
}

/** Ghosts may make the worth negative. */
const leastToBeat = (worth: number): number => worth + Math.abs(worth) * (BETTER - 1) + BETTER_BY;
