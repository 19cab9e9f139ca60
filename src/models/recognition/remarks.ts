import type { ProbeOutput } from '../../detect/probe-messages.js';
import { ignoredBy } from '../../detect/readings/readings.js';
import { decodingText } from './decoding-text.js';
import { type InputValues, inputText, isSameInput } from './input-guesses.js';
import { SOME, sees } from './input-search.js';
import { SHOWN_SCORE } from './readout.js';
import { isRoadVehicle } from './road-vehicles.js';
import type { Trial } from './trials.js';

/** So many boxes are no accident. */
const MANY = 8;

/** What was seen besides the trial that was chosen. */
export interface RemarkContext {
  /** Whether the model gave the same numbers for every picture. */
  readonly constant: boolean;
  /** How the family's usual export fills its input. */
  readonly usual: InputValues;
  /** Another way to fill it that may be right; null where there is none. */
  readonly doubtful: InputValues | null;
  readonly outputs: readonly ProbeOutput[];
  /** Whether nothing says that its classes are COCO's, not even how many they are. */
  readonly guessedNames: boolean;
  /** Readings that fit as well. */
  readonly rivals: readonly Trial[];
}

/** What the person should know who adds a model that is read as this trial does, a sentence each. */
export function remarksOn(
  trial: Trial,
  { constant, usual, doubtful, outputs, guessedNames, rivals }: RemarkContext,
): string[] {
  const { named, values, judgement, readouts } = trial;
  const { hits, wanted, peak, faults } = judgement;
  const remarks: string[] = [];
  const ignored = ignoredBy(named.reading, outputs);
  if (ignored !== null) remarks.push(ignored);
  if (faults.length > 0) remarks.push(`its numbers do not fit: ${faults.join('; ')}`);
  if (peak <= 0) remarks.push('it never gives a score above 0: as it is, it will never report anything');
  if (constant) {
    remarks.push(
      `it gives the very same numbers for all ${readouts.length} pictures, noise and plain grey among them: a test model, or a broken export`,
    );
    remarks.push(...rivalsText(trial, rivals));
    return remarks;
  }
  if (!isSameInput(values, usual)) {
    remarks.push(
      `its input is taken to be ${inputText(values)}, with which it finds more than with ${inputText(usual)}`,
    );
  }
  if (doubtful !== null && !isSameInput(values, doubtful)) {
    remarks.push(
      `on the drawn road it finds more with ${inputText(doubtful)} in place of ${inputText(values)}, which alone proves nothing: with --frames, pictures of your own tell which one is right`,
    );
  }
  if (isAstray(trial)) remarks.push(astrayText(trial));
  else if (wanted > 0 && hits === 0) remarks.push(blindText(wanted, peak, named.classes));
  if (wanted > 0 && hits === 0) remarks.push(...rivalsText(trial, rivals));
  const misnamed = misnamedText(trial) ?? (guessedNames ? fewCarsText(trial) : null);
  if (misnamed !== null) remarks.push(misnamed);
  const ghosts = readouts.find(({ wanted: there, found }) => there === 0 && found.length > 0);
  if (ghosts)
    remarks.push(
      `it finds ${ghosts.found.length} box(es) in the picture "${ghosts.scene.id}", in which there is nothing`,
    );
  return remarks;
}

function blindText(wanted: number, peak: number, classes: readonly string[]): string {
  const shown =
    peak < SHOWN_SCORE
      ? `its highest score was ${peak.toPrecision(2)}, and what is under ${SHOWN_SCORE} is not shown: if it is never surer than that, model.scoreThreshold must be lower`
      : `its highest score was ${peak.toPrecision(2)}`;
  const none = `it found none of the ${wanted} cars and trucks that were drawn for it (${shown})`;
  if (!classes.some(isRoadVehicle)) {
    return `${none}, and none of its classes is called like one (${firstOf(classes)}): as it is, it reports no cars, trucks or buses`;
  }
  return `${none}: show it pictures in which there is something to find, with --frames`;
}

/** Whether it finds boxes on the drawn road, and hardly any of them where a vehicle is. */
export function isAstray(trial: Trial): boolean {
  return boxesOnRoads(trial) >= MANY && !sees(trial, SOME);
}

function boxesOnRoads({ readouts }: Trial): number {
  return readouts.reduce((sum, { scene, found }) => sum + (scene.kind === 'road' ? found.length : 0), 0);
}

function astrayText(trial: Trial): string {
  const { hits, wanted } = trial.judgement;
  return `on the drawn road it finds ${boxesOnRoads(trial)} boxes, of which ${hits} lie on a car or truck (${wanted} are there): either it finds other things, or its boxes are read wrongly; the picture with its boxes shows which`;
}

function firstOf(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ');
}

/** Other ways to read it, as far as words tell them apart. */
function rivalsText(chosen: Trial, rivals: readonly Trial[]): string[] {
  const wayOf = ({ named: { reading } }: Trial) => `${reading.family} (${decodingText(reading.decoding)})`;
  const ways = [...new Set(rivals.map(wayOf))].filter((way) => way !== wayOf(chosen)).slice(0, 3);
  return ways.length === 0 ? [] : [`its numbers would fit another reading as well: ${ways.join('; ')}`];
}

/** Cars under the names of other things: the list of names is not the model's, or not in its order. */
export function isMisnamed({ judgement: { hits, named } }: Trial): boolean {
  return hits >= 4 && named <= hits / 2;
}

function misnamedText(trial: Trial): string | null {
  if (!isMisnamed(trial)) return null;
  return `of ${trial.judgement.hits} cars and trucks that it found it calls ${calledText(trial)}: are the class names right, and in the model's order?`;
}

/** Most of what is drawn are cars. */
function fewCarsText(trial: Trial): string | null {
  const { hits } = trial.judgement;
  const cars = trial.readouts.flatMap((readout) => readout.hits).filter((hit) => hit.class === 'car').length;
  if (hits < 4 || cars > hits / 2) return null;
  return `its classes are taken to be COCO's, because it only numbers them: with these names it calls ${calledText(trial)} of ${hits} drawn vehicles, most of which are cars; if it knows classes of your own, name them with --classes`;
}

/** The commonest names of the vehicles that were found. */
function calledText({ readouts }: Trial): string {
  const counts = new Map<string, number>();
  for (const { class: name } of readouts.flatMap((readout) => readout.hits))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
  return names.map(([name, count]) => `${count} "${name}"`).join(', ');
}
