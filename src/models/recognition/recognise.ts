import type { Decoding } from '../../detect/decoding.js';
import type { ProbeOutput } from '../../detect/probe-messages.js';
import { readingsFor } from '../../detect/readings/readings.js';
import { isSameInput } from './input-guesses.js';
import { type CheckedInput, InputSearch, SOME, sees, type UsualValues } from './input-search.js';
import { furtherReadings, type NamesFrom, type PossibleReading, possibleReadings } from './possible-readings.js';
import type { ProbeScene } from './probe-scenes.js';
import {
  refusalOfAngle,
  refusalOfGuessedNames,
  refusalOfNames,
  refusalOfNumbers,
  refusalOfShapes,
  refusalOfSilence,
} from './refusal.js';
import { isAstray, isMisnamed, remarksOn } from './remarks.js';
import type { RunModel, Trial } from './trials.js';
import type { UnknownModel } from './unknown-model.js';

/** How a model is to be read, as its numbers show. */
export interface Recognition {
  readonly trial: Trial;
  /** What its numbers mean; undefined where the family's name alone says it. */
  readonly decoding: Decoding | undefined;
  readonly namesFrom: NamesFrom;
  /** What the person who adds it should know, a sentence each. */
  readonly remarks: readonly string[];
}

/** Ways to fill the input that are tried with these. */
const FEW_WAYS = 3;
const ALL_WAYS = Number.POSITIVE_INFINITY;

/**
 * Finds out how a model's outputs are to be read and its input to be filled, by what comes out for pictures of which it is
 * known what they show.
 *
 * @throws ModelError with figures where no reading fits the numbers, or none of the family that was named
 */
export async function recognise(
  model: UnknownModel,
  scenes: readonly ProbeScene[],
  run: RunModel,
  usual: UsualValues,
): Promise<Recognition> {
  const { size, task, force } = model;
  const facts = { width: size.width, height: size.height, task };
  const search = new InputSearch(model, scenes, run, usual);
  const outputs = await search.firstOutputs();
  const readings = possibleReadings(outputs, facts, model.names);
  if (readings.length === 0) throw refusalOfShapes(model, outputs);
  const { trials, constant } = await search.tryAll(readings, ALL_WAYS);
  const own = search.own(trials);
  const other = search.best(trials);
  const found = await mostLikely(model, search, readings, { own, other, constant });
  if (found === null && !force) {
    if (isDead(own)) throw refusalOfSilence(leastWrong(own)!);
    if (other === null && (await hasAngle(model, search, outputs))) throw refusalOfAngle(outputs);
  }
  const chosen = found ?? (force ? leastWrong(own) : null);
  if (chosen === null) throw refusalOfNumbers(model, outputs, own, other);
  const { namesFrom } = chosen.named as PossibleReading;
  if (!force && namesFrom === 'nowhere') throw refusalOfNames(model, chosen);
  const guessedNames = namesFrom === 'COCO' && chosen.named.reading.classes === null;
  if (!force && guessedNames && isMisnamed(chosen)) throw refusalOfGuessedNames(model, chosen);
  const usualValues = search.usualOf(chosen.named.reading.family);
  // of one that gives the same whatever goes in, nothing is known of its input
  const { trial, doubtful } = constant
    ? { trial: { ...chosen, values: usualValues }, doubtful: null }
    : await inBetterInput(search, chosen);
  const rivals = rivalsOf(chosen, own);
  const remarks = remarksOn(trial, { constant, usual: usualValues, doubtful, outputs, guessedNames, rivals });
  return { trial, decoding: unusualDecoding(trial, outputs, size), namesFrom, remarks };
}

async function inBetterInput(search: InputSearch, chosen: Trial): Promise<CheckedInput> {
  const { trial, doubtful } = await search.inBetterValues(chosen);
  return { trial: await search.inBetterColours(trial), doubtful };
}

/** The best of the usual readings; where it finds nothing, or boxes where no vehicles are, perhaps one that nobody is known to need. */
async function mostLikely(
  model: UnknownModel,
  search: InputSearch,
  readings: readonly PossibleReading[],
  { own, other, constant }: { own: readonly Trial[]; other: Trial | null; constant: boolean },
): Promise<Trial | null> {
  const usual = search.best(own);
  if (usual === null) return other !== null || isDead(own) ? null : further(model, search, readings);
  const isBlind = !constant && usual.judgement.hits === 0;
  return isAstray(usual) || isBlind ? ((await further(model, search, readings)) ?? usual) : usual;
}

/** Only what sees vehicles is believed of a reading that nobody is known to need. */
async function further(
  { family }: UnknownModel,
  search: InputSearch,
  readings: readonly PossibleReading[],
): Promise<Trial | null> {
  const own = readings.filter(({ reading }) => family === undefined || reading.family === family);
  const { trials } = await search.tryAll(furtherReadings(own), FEW_WAYS);
  return search.best(trials.filter((trial) => sees(trial, SOME)));
}

/** Whether the numbers fit once the last column is no class: an angle, where nobody said so. */
async function hasAngle(
  { names, size, task }: UnknownModel,
  search: InputSearch,
  outputs: readonly ProbeOutput[],
): Promise<boolean> {
  const readings = possibleReadings(outputs, { width: size.width, height: size.height, task, extra: 1 }, names);
  const upright = readings.filter(({ reading }) => reading.classes !== null);
  const { trials } = await search.tryAll(upright, 1);
  return search.best(trials) !== null;
}

/** What a sigmoid makes of zeros, without and with objectness. */
const SIGMOID_OF_ZERO = [0.5, 0.25];

/** Whether the scores are zero throughout, read as such: no other way would find one, and taken for logits they are all one. */
function isDead(trials: readonly Trial[]): boolean {
  const silent = trials.some(({ judgement: { faults, peak } }) => faults.length === 0 && peak <= 0);
  return (
    silent &&
    trials.every(({ named, judgement: { peak } }) => {
      const { scores } = named.reading.decoding;
      return scores === 'softmax' || peak <= 0 || (scores === 'logit' && SIGMOID_OF_ZERO.includes(peak));
    })
  );
}

function leastWrong(trials: readonly Trial[]): Trial | null {
  return trials.find(({ judgement }) => judgement.faults.length === 0) ?? trials[0] ?? null;
}

/** Other readings of the same run that nothing speaks against, and that found as much, but not the same. */
function rivalsOf(best: Trial, trials: readonly Trial[]): Trial[] {
  return trials.filter(({ values, judgement, readouts }) => {
    const { faults, peak, worth } = judgement;
    const fits = faults.length === 0 && peak > 0 && worth >= best.judgement.worth;
    return fits && isSameInput(values, best.values) && !findsTheSame(best, readouts);
  });
}

function findsTheSame({ readouts }: Trial, others: Trial['readouts']): boolean {
  return readouts.every(({ found }, at) => JSON.stringify(found) === JSON.stringify(others[at]!.found));
}

/** Nothing where a decoder that is only told the family would read the outputs in the same way. */
function unusualDecoding(
  { named: { reading, classes } }: Trial,
  outputs: readonly ProbeOutput[],
  { width, height }: UnknownModel['size'],
): Decoding | undefined {
  const readings = readingsFor(outputs, { width, height, classes: classes.length });
  const usual = readings.find(({ family }) => family === reading.family);
  return usual && JSON.stringify(usual.decoding) === JSON.stringify(reading.decoding) ? undefined : reading.decoding;
}
