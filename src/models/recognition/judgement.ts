import type { FoundBox, Readout } from './readout.js';
import { isRoadVehicle } from './road-vehicles.js';

/** What is to be thought of one way of reading a model, after all pictures. */
export interface Judgement {
  /** Why the numbers contradict this reading, in figures; empty where they do not. */
  readonly faults: readonly string[];
  /** The highest score in any picture. */
  readonly peak: number;
  /** Of the vehicles that are known to be in the pictures, those that were found. */
  readonly hits: number;
  readonly wanted: number;
  /** Of these, those whose class is called like a car, truck or bus. */
  readonly named: number;
  /** By what two readings are compared: the scores of the vehicles found, less what was found where there is nothing. */
  readonly worth: number;
}

/** The highest score that rounding explains. */
const MOST_SCORE = 1.01;
/** Share of the highest score in any picture from which on a row is looked at. */
const JUDGED_SCORE = 0.05;
/** Share of the rows looked at that may be wrong by accident. */
const ACCIDENT = 0.25;
/** Fewer boxes than this on each other may be vehicles that stand so. */
const LEAST_STACKED = 4;
/** Of a picture's rows; with an end-to-end export of 300 rows that is 45 vehicles. */
const CROWDED_SHARE = 0.15;
/** The same in a picture without anything. */
const GHOST_SHARE = 0.01;
/** So many boxes of which a model is sure are no wonder, whatever its rows. */
const LEAST_CROWD = 30;
/** So many boxes no detector finds where there is nothing. */
const MOST_GHOSTS = 10;
/** What a box costs where there is nothing. */
const GHOST = 0.5;
/** What a vehicle that was found is worth under another name. */
const MISNAMED = 0.6;

/** @param readouts of all pictures, read in the same way */
export function judgeReadouts(readouts: readonly Readout[]): Judgement {
  const hits = readouts.flatMap((readout) => readout.hits);
  const ghosts = readouts.reduce((sum, { wanted, found }) => sum + (wanted === 0 ? found.length : 0), 0);
  return {
    faults: faultsOf(readouts),
    peak: readouts.reduce((most, { peak }) => Math.max(most, peak), 0),
    hits: hits.length,
    wanted: readouts.reduce((sum, { wanted }) => sum + (wanted ?? 0), 0),
    named: hits.filter((hit) => isRoadVehicle(hit.class)).length,
    worth: hits.reduce((sum, hit) => sum + worthOf(hit), 0) - GHOST * ghosts,
  };
}

const worthOf = (hit: FoundBox): number => hit.score * (isRoadVehicle(hit.class) ? 1 : MISNAMED);

function faultsOf(readouts: readonly Readout[]): string[] {
  const unreadable = readouts.find((readout) => readout.unreadable !== null);
  if (unreadable) return [unreadable.unreadable!];
  const faults: string[] = [];
  const found = (readout: Readout | undefined, what: (of: Readout) => string) => {
    if (readout) faults.push(`${what(readout)} in the picture "${readout.scene.id}"`);
  };
  found(
    readouts.find(({ peak }) => !(peak <= MOST_SCORE)),
    ({ peak }) => `a score of ${Number(peak.toPrecision(4))}, expected 0 to 1,`,
  );
  found(
    readouts.find(({ brokenClasses, rows }) => brokenClasses > 0 && brokenClasses > rows * 0.01),
    ({ brokenClasses }) => `${brokenClasses} rows whose class is no whole number`,
  );
  found(
    readouts.find(({ foreignClass }) => foreignClass),
    () => 'a row with a score of 0.25 or more is of a class beyond those that are named',
  );
  found(
    readouts.find(({ wrongBackground, rows }) => wrongBackground > rows / 2),
    ({ wrongBackground, rows }) => `${wrongBackground} of ${rows} rows whose background speaks against it`,
  );
  faults.push(...boxFaults(readouts));
  found(readouts.find(isCrowded), ({ certain, rows }) => `${certain} of ${rows} rows with a score of 0.5 or more`);
  found(
    readouts.find((readout) => readout.wanted === 0 && readout.found.length > MOST_GHOSTS),
    (readout) => `${readout.found.length} boxes, though there is nothing,`,
  );
  found(
    readouts.find((readout) => readout.found.length > LEAST_STACKED && readout.stacked > readout.found.length / 2),
    (readout) => `${readout.stacked} of ${readout.found.length} boxes that lie on another one`,
  );
  return faults;
}

/** Rows whose scores are next to nothing may be padding, with any box. */
function boxFaults(readouts: readonly Readout[]): string[] {
  const rows = readouts.flatMap(({ strongest }) => strongest);
  const top = rows.reduce((most, { score }) => Math.max(most, score), 0);
  const judged = rows.filter(({ score }) => score >= top * JUDGED_SCORE);
  return FLAWS.flatMap(([flaw, what]) => {
    const count = judged.filter((row) => row.flaw === flaw).length;
    return count > judged.length * ACCIDENT ? [`${count} of the ${judged.length} strongest boxes ${what}`] : [];
  });
}

const FLAWS = [
  ['reversed', 'end before they begin'],
  ['outside', 'lie far outside the picture'],
  ['tiny', 'are smaller than two pixels'],
] as const;

function isCrowded({ scene, rows, certain }: Readout): boolean {
  const blank = scene.kind === 'noise' || scene.kind === 'grey';
  return certain > Math.max(LEAST_CROWD, rows * (blank ? GHOST_SHARE : CROWDED_SHARE));
}
