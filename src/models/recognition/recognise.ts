import type { Decoding } from '../../detect/decoding.js';
import type { Family } from '../../detect/detector.js';
import type { ProbeOutput } from '../../detect/probe-messages.js';
import type { ReadingFacts } from '../../detect/readings/reading.js';
import { readingsFor } from '../../detect/readings/readings.js';
import { type InputValues, inputGuesses, isSameInput } from './input-guesses.js';
import { type NamesFrom, type PossibleReading, possibleReadings } from './possible-readings.js';
import type { ProbeScene } from './probe-scenes.js';
import type { NamedReading } from './readout.js';
import { refusalOfNames, refusalOfNumbers, refusalOfShapes } from './refusal.js';
import { remarksOn } from './remarks.js';
import { bestOf, firstOutputs, type RunModel, type Trial, tryInput } from './trials.js';
import type { UnknownModel } from './unknown-model.js';

/** How a model is to be read, as its numbers show. */
export interface Recognition {
  readonly trial: Trial;
  /** What differs from the family's usual export with outputs of this shape; undefined where nothing does. */
  readonly decoding: Decoding | undefined;
  readonly namesFrom: NamesFrom;
  /** What the person who adds it should know, a sentence each. */
  readonly remarks: readonly string[];
}

/** How a family's usual export fills its input. */
export type UsualValues = (family: Family) => InputValues;

/** Share of the vehicles on the drawn road that must be found before no other way to fill the input is tried. */
const SURE = 0.6;

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
  const { size, hints, task, family } = model;
  const usualOf: UsualValues = (of) => inputGuesses(size.type, usual(of), hints)[0]!;
  const outputs = await firstOutputs(run, size, usualOf(family ?? 'yolov8'), scenes[0]!);
  const readings = possibleReadings(outputs, { width: size.width, height: size.height, task }, model.names);
  if (readings.length === 0) throw refusalOfShapes(model, outputs);
  const { trials, constant } = await tryAll(model, scenes, run, readings, usualOf);
  const own = trials.filter((trial) => isOf(trial, family));
  const found = bestOf(own) ?? (model.force ? leastWrong(own) : null);
  if (found === null) throw refusalOfNumbers(model, outputs, own, bestOf(trials));
  // of one that gives the same whatever goes in, nothing is known of its input
  const best = constant ? { ...found, values: usualOf(found.named.reading.family) } : found;
  const { namesFrom } = best.named as PossibleReading;
  if (namesFrom === 'nowhere' && !model.force) throw refusalOfNames(model, best);
  const { width, height } = size;
  const decoding = unusualDecoding(best.named, outputs, { width, height, classes: best.named.classes.length });
  const context = { constant, usual: usualOf(best.named.reading.family), outputs, rivals: rivalsOf(best, own) };
  return { trial: best, decoding, namesFrom, remarks: remarksOn(best, context) };
}

/** Tries every reading, with one way after the other to fill the input until one shows most of the vehicles. */
async function tryAll(
  model: UnknownModel,
  scenes: readonly ProbeScene[],
  run: RunModel,
  readings: readonly PossibleReading[],
  usualOf: UsualValues,
): Promise<{ readonly trials: readonly Trial[]; readonly constant: boolean }> {
  const { size, family } = model;
  let trials: Trial[] = [];
  let constant = false;
  for (const values of waysToFill(readings, model, usualOf)) {
    const round = await tryInput(run, size, values, readings, scenes);
    trials = likelyFirst([...trials, ...round.trials], usualOf);
    constant = round.constant;
    const best = bestOf(trials.filter((trial) => isOf(trial, family)));
    if (constant || (best !== null && isSure(best, usualOf))) break;
  }
  return { trials, constant };
}

/** The usual ways of the families in question, the likeliest first; then all others. */
function waysToFill(
  readings: readonly PossibleReading[],
  { size, family, hints }: UnknownModel,
  usualOf: UsualValues,
): readonly InputValues[] {
  const families = new Set([
    ...(family === undefined ? [] : [family]),
    ...readings.map(({ reading }) => reading.family),
  ]);
  const ways = [...[...families].map(usualOf), ...inputGuesses(size.type, usualOf(family ?? 'yolov8'), hints)];
  return ways.filter((way, at) => ways.findIndex((other) => isSameInput(way, other)) === at);
}

const isOf = ({ named }: Trial, family: Family | undefined): boolean =>
  family === undefined || named.reading.family === family;

/** Readings with their family's usual input come before those with another; the order is kept otherwise. */
function likelyFirst(trials: readonly Trial[], usualOf: UsualValues): Trial[] {
  const isUsual = ({ named, values }: Trial) => isSameInput(values, usualOf(named.reading.family));
  return [...trials.filter(isUsual), ...trials.filter((trial) => !isUsual(trial))];
}

function isSure({ named, values, judgement }: Trial, usualOf: UsualValues): boolean {
  const { hits, wanted } = judgement;
  return wanted > 0 && hits >= SURE * wanted && isSameInput(values, usualOf(named.reading.family));
}

function leastWrong(trials: readonly Trial[]): Trial | null {
  return trials.find(({ judgement }) => judgement.faults.length === 0) ?? trials[0] ?? null;
}

/** Other readings of the same run that nothing speaks against, and that found as much. */
function rivalsOf(best: Trial, trials: readonly Trial[]): Trial[] {
  return trials.filter(({ named, values, judgement }) => {
    const { faults, peak, worth } = judgement;
    const fits = faults.length === 0 && peak > 0 && worth >= best.judgement.worth;
    return fits && named.reading !== best.named.reading && isSameInput(values, best.values);
  });
}

/** Nothing where a decoder that is only told the family would read the outputs in the same way. */
function unusualDecoding(
  { reading }: NamedReading,
  outputs: readonly ProbeOutput[],
  facts: ReadingFacts,
): Decoding | undefined {
  const usual = readingsFor(outputs, facts).find(({ family }) => family === reading.family);
  return usual && JSON.stringify(usual.decoding) === JSON.stringify(reading.decoding) ? undefined : reading.decoding;
}
