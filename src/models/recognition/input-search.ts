import type { Family } from '../../detect/detector.js';
import type { ProbeOutput } from '../../detect/probe-messages.js';
import { type InputValues, inputGuesses, isSameInput } from './input-guesses.js';
import type { PossibleReading } from './possible-readings.js';
import type { ProbeScene } from './probe-scenes.js';
import type { FoundBox, NamedReading } from './readout.js';
import { bestOf, firstOutputs, type RunModel, type Trial, tryInput } from './trials.js';
import type { UnknownModel } from './unknown-model.js';

/** How a family's usual export fills its input. */
export type UsualValues = (family: Family) => InputValues;

/** Readings that were tried with one way after the other to fill the input. */
export interface Searched {
  /** Those with the usual input of their family first; then the likelier ones. */
  readonly trials: readonly Trial[];
  /** Whether the model gave the same for every picture, in every way that was tried. */
  readonly constant: boolean;
}

/** Share of the vehicles on the drawn road that must be found before no other way to fill the input is tried. */
const SURE = 0.6;
/** The right order of colours finds 2 to 18 % more than the other: seven detectors, each on the drawn road. */
const BETTER_COLOUR = 1.05;

/** So much more is found on real pictures with the input as in training: 1.7 times, where the wrong one was 1.04 at most. */
const FAR_MORE = 1.15;
/** Scores of one or two boxes more are no proof. */
const ACCIDENTAL = 1;
/** Share of the drawn vehicles that must still be found with another input. */
const AS_MANY = 0.8;
/** On the drawn road it is 1.18 times, and a wrong one was as good. */
const DOUBTFUL = 1.1;

/** A trial whose input was compared with other ways to fill it. */
export interface CheckedInput {
  readonly trial: Trial;
  /** Another way, with which the drawn road shows more; null where there is none, or real pictures decided. */
  readonly doubtful: InputValues | null;
}

/** Tries ways to fill a model's input, the usual one of its family first, until one shows most of the vehicles. */
export class InputSearch {
  readonly #model: UnknownModel;
  readonly #scenes: readonly ProbeScene[];
  readonly #run: RunModel;
  readonly #usual: UsualValues;

  constructor(model: UnknownModel, scenes: readonly ProbeScene[], run: RunModel, usual: UsualValues) {
    this.#model = model;
    this.#scenes = scenes;
    this.#run = run;
    this.#usual = usual;
  }

  /** The outputs for one picture, to see their shapes. */
  firstOutputs(): Promise<readonly ProbeOutput[]> {
    const { size, family } = this.#model;
    return firstOutputs(this.#run, size, this.usualOf(family ?? 'yolov8'), this.#scenes[0]!);
  }

  /** As the family's usual export fills it, but for what the person says. */
  usualOf(family: Family): InputValues {
    const { size, hints } = this.#model;
    return inputGuesses(size.type, this.#usual(family), hints)[0]!;
  }

  /** @param mostWays to fill the input, at most */
  async tryAll(readings: readonly PossibleReading[], mostWays: number): Promise<Searched> {
    let searched: Searched = { trials: [], constant: true };
    for (const values of this.#ways(readings).slice(0, mostWays)) {
      const { trials, constant } = await tryInput(this.#run, this.#model.size, values, readings, this.#scenes);
      searched = {
        trials: this.#likelyFirst([...searched.trials, ...trials]),
        constant: searched.constant && constant,
      };
      const best = this.best(this.own(searched.trials));
      // the same nothing for every picture may become something in other values
      const settled = constant ? best?.readouts.some(({ found }) => found.length > 0) : best && sees(best, SURE);
      if (best !== null && settled && (constant || this.#isUsual(best))) break;
    }
    return searched;
  }

  /** Those of the family that the person named; all, where none was. */
  own(trials: readonly Trial[]): readonly Trial[] {
    const { family } = this.#model;
    return trials.filter(({ named }) => family === undefined || named.reading.family === family);
  }

  /** The best of those whose numbers fit and which see anything at all; null where none does. */
  best(trials: readonly Trial[]): Trial | null {
    return bestOf(trials, (trial) => this.#isUsual(trial));
  }

  /**
   * Looks whether the input is filled right: a backbone is often content with numbers that it was not trained on, finds what is
   * large and near, and loses the rest. A person's own pictures show that, and decide; a drawn road only raises a doubt.
   */
  async inBetterValues(trial: Trial): Promise<CheckedInput> {
    const frames = this.#scenes.filter(({ kind }) => kind === 'frame');
    // where it knows nothing that is drawn, more boxes with other numbers may all be false
    const unknown = trial.judgement.hits === 0 || (frames.length === 0 && !isOpen(trial));
    if (unknown) return { trial, doubtful: null };
    const looked = new Set(frames.length > 0 ? frames : this.#scenes.filter(({ kind }) => kind === 'road'));
    const ids = new Set([...looked].map(({ id }) => id));
    const strengthOf = ({ readouts }: Trial) =>
      readouts.reduce((sum, { scene, found, hits }) => {
        return ids.has(scene.id) ? sum + totalScore(scene.kind === 'frame' ? found : hits) : sum;
      }, 0);
    let strongest = { trial, strength: strengthOf(trial) };
    // among unusual inputs none is likelier than another
    const more = frames.length === 0 ? DOUBTFUL : this.#isUsual(trial) ? FAR_MORE : 1;
    const least = strongest.strength * more + ACCIDENTAL;
    for (const values of this.#ways([]).filter((way) => !isSameInput(way, trial.values))) {
      const other = await this.#tryOne(trial.named, values, [...looked]);
      const strength = strengthOf(other);
      if (other.judgement.faults.length > 0 || strength <= Math.max(least, strongest.strength)) continue;
      const whole = frames.length === 0 ? other : await this.#tryOne(trial.named, values, this.#scenes);
      // what was never trained for may see vehicles everywhere, but no longer where they are
      const { faults, hits } = whole.judgement;
      if (faults.length === 0 && hits >= trial.judgement.hits * AS_MANY) strongest = { trial: whole, strength };
    }
    if (strongest.trial === trial) return { trial, doubtful: null };
    return frames.length === 0
      ? { trial, doubtful: strongest.trial.values }
      : { trial: strongest.trial, doubtful: null };
  }

  /** The same reading with red and blue exchanged, where that finds clearly more; else the trial itself. */
  async inBetterColours(trial: Trial): Promise<Trial> {
    if (this.#model.hints.colour !== undefined || trial.judgement.hits === 0) return trial;
    const values: InputValues = { ...trial.values, colour: trial.values.colour === 'rgb' ? 'bgr' : 'rgb' };
    const swapped = await this.#tryOne(trial.named, values, this.#scenes);
    const fits = swapped.judgement.faults.length === 0;
    return fits && swapped.judgement.worth > trial.judgement.worth * BETTER_COLOUR ? swapped : trial;
  }

  async #tryOne(named: NamedReading, values: InputValues, scenes: readonly ProbeScene[]): Promise<Trial> {
    const { trials } = await tryInput(this.#run, this.#model.size, values, [named], scenes);
    return trials[0]!;
  }

  /** The usual ways of the families in question, the likeliest first; then all others. */
  #ways(readings: readonly PossibleReading[]): readonly InputValues[] {
    const { family, size, hints } = this.#model;
    const named = family === undefined ? [] : [family];
    const families = new Set([...named, ...readings.map(({ reading }) => reading.family)]);
    const ways = [...families].map((one) => this.usualOf(one));
    const all = [...ways, ...inputGuesses(size.type, this.usualOf(family ?? 'yolov8'), hints)];
    return all.filter((way, at) => all.findIndex((other) => isSameInput(way, other)) === at);
  }

  #likelyFirst(trials: readonly Trial[]): Trial[] {
    const isUsual = (trial: Trial) => this.#isUsual(trial);
    return [...trials.filter(isUsual), ...trials.filter((trial) => !isUsual(trial))];
  }

  #isUsual({ named, values }: Trial): boolean {
    return isSameInput(values, this.usualOf(named.reading.family));
  }
}

/** Share of the vehicles that a reading must find which no public export is known to need. */
export const SOME = 0.2;

/** Whether it finds that share of the vehicles that were drawn. */
export function sees({ judgement: { hits, wanted } }: Trial, share: number): boolean {
  return wanted > 0 && hits >= share * wanted;
}

/** Families whose exports want one thing or another at their input: mmdeploy's, DEIMv2's, SSDs, Paddle's. */
const OPEN: readonly Family[] = ['detr', 'ssd', 'efficientnms'];

const isOpen = ({ named: { reading } }: Trial): boolean =>
  OPEN.includes(reading.family) || reading.decoding.order === 'class-score-box';

const totalScore = (boxes: readonly FoundBox[]): number => boxes.reduce((sum, { score }) => sum + score, 0);
