import type { ProbeOutput } from '../../detect/probe-messages.js';
import { mismatch, nameOfUnreadable } from '../../detect/readings/unreadable.js';
import { shapesAsText } from '../../detect/worker/decoders/decoder.js';
import { ModelError } from '../../foundation/errors.js';
import { decodingText } from './decoding-text.js';
import { inputText } from './input-guesses.js';
import { possibleReadings } from './possible-readings.js';
import type { Trial } from './trials.js';
import type { UnknownModel } from './unknown-model.js';

const MOST_READINGS = 4;

/** Where the shapes fit no reading: what they are, and what would fit. */
export function refusalOfShapes(model: UnknownModel, outputs: readonly ProbeOutput[]): ModelError {
  const { width, height } = model.size;
  const facts = { width, height, task: model.task };
  const what = `its outputs are ${shapesAsText(outputs)}`;
  const named = nameOfUnreadable(outputs, { ...facts, classes: model.names?.list.length ?? null });
  if (named !== null) return new ModelError(`${what}: ${named}`);
  const [other] = model.names === null ? [] : possibleReadings(outputs, facts, null);
  if (model.names === null || other === undefined) {
    return new ModelError(`${what}, which no reading that is known here fits (docs/models.md lists them)`);
  }
  const count = model.names.list.length;
  const whose = model.names.from === 'you' ? '--classes names' : 'the file names';
  const classes = other.reading.classes ?? other.classes.length;
  return new ModelError(
    `${what}, which speak of ${classes} classes (${other.reading.family}); ${whose} ${count}: ${command(model, `--classes ${placeholders(classes)}`)}`,
  );
}

/** Where the numbers fit no reading: figures, and the family that they do fit. */
export function refusalOfNumbers(
  model: UnknownModel,
  outputs: readonly ProbeOutput[],
  own: readonly Trial[],
  other: Trial | null,
): ModelError {
  const { family } = model;
  const what = `its outputs are ${shapesAsText(outputs)}`;
  const head =
    family === undefined
      ? `${what}; no way to read them fits its numbers:`
      : `as family ${family} its numbers make no sense (${what}):`;
  const fitting = other && `Its numbers fit ${readingText(other)}: ${command(model, '')}`;
  const question =
    'Is it a detector, exported to ONNX with boxes and scores as its outputs? docs/models.md lists what is read';
  if (family !== undefined && own.length === 0) {
    const { width, height } = model.size;
    const facts = { width, height, classes: model.names?.list.length ?? null };
    return new ModelError(`${mismatch(family, outputs, facts)}. ${fitting ?? question}`);
  }
  const advice = fitting ?? `${question}; --force adds it all the same`;
  return new ModelError([head, ...reasonsOf(own).map((reason) => `  ${reason}`), advice].join('\n'));
}

/** Where the numbers fit, and no score is ever above 0. */
export function refusalOfSilence({ named, readouts }: Trial): ModelError {
  return new ModelError(
    `it never gives a score above 0, whatever is shown to it (${readouts.length} pictures, read as ${named.reading.family}): it would never report anything. A static int8 export whose boxes and scores share one scale loses its scores: export fp32 and let models optimize make the int8 variant; --force adds it as it is`,
  );
}

/** Where all but the last column fits. */
export function refusalOfAngle(outputs: readonly ProbeOutput[]): ModelError {
  return new ModelError(
    `its outputs are ${shapesAsText(outputs)}: their numbers fit but for the last column, which is no class; likely it is the angle of an oriented-box (OBB) model, which is not read. Export the model that was trained for upright boxes (task detect)`,
  );
}

/** Where a model is understood but for the names of its classes. */
export function refusalOfNames(model: UnknownModel, { named, judgement, readouts }: Trial): ModelError {
  const count = named.classes.length;
  const seen = new Map<string, number>();
  for (const { class: name } of readouts.flatMap((readout) => readout.hits)) seen.set(name, (seen.get(name) ?? 0) + 1);
  const called = [...seen].map(([name, times]) => `${times} as ${name}`).join(', ');
  // trained on classes of one's own, it has a column more than classes
  const spare = named.reading.family === 'rf-detr' && count > 1 ? ` (or ${count - 1}, and a column of none)` : '';
  const found =
    judgement.hits === 0 ? '' : ` It found ${judgement.hits} of ${judgement.wanted} drawn vehicles, ${called}.`;
  return new ModelError(
    `it is of family ${named.reading.family} with ${count} class${count === 1 ? '' : 'es'}${spare}, of which neither the file nor --classes says the names.${found} Name them in the model's order: ${command(model, `--classes ${placeholders(count)}`)}`,
  );
}

/** Where the outputs only number the classes, nobody says names, and those of COCO would make no sense. */
export function refusalOfGuessedNames(model: UnknownModel, { named, judgement, readouts }: Trial): ModelError {
  const numbers = new Map<number, number>();
  for (const hit of readouts.flatMap((readout) => readout.hits)) {
    const number = named.classes.indexOf(hit.class);
    numbers.set(number, (numbers.get(number) ?? 0) + 1);
  }
  const called = [...numbers].sort(([a], [b]) => a - b).map(([number, times]) => `${times} as NAME${number}`);
  return new ModelError(
    `it is of family ${named.reading.family} and only numbers its classes; neither the file nor --classes says their names, and COCO's are not its own: it found ${judgement.hits} of ${judgement.wanted} drawn vehicles, ${called.join(', ')} (in COCO's list ${[...numbers.keys()].map((number) => named.classes[number]).join(', ')}). Name them in the model's order: ${command(model, '--classes NAME0,NAME1,…')}`,
  );
}

function readingText({ named: { reading }, judgement: { hits, wanted } }: Trial): string {
  const found = hits === 0 ? '' : `, which finds ${hits} of ${wanted} drawn vehicles`;
  return `family ${reading.family} (${decodingText(reading.decoding)})${found}`;
}

/** Per reading the first thing that is wrong with it, the likeliest reading first. */
function reasonsOf(trials: readonly Trial[]): string[] {
  const seen = new Set<unknown>();
  const reasons: string[] = [];
  for (const { named, values, judgement } of trials) {
    if (seen.has(named.reading) || reasons.length >= MOST_READINGS) continue;
    seen.add(named.reading);
    const { family, decoding } = named.reading;
    const why = judgement.faults[0] ?? 'no score above 0 in any picture';
    reasons.push(`${family} (${decodingText(decoding)}; input ${inputText(values)}): ${why}`);
  }
  return reasons;
}

/** `--classes` for so many: `NAME0,NAME1,…,NAME5` */
function placeholders(count: number): string {
  const names = Array.from({ length: Math.min(count, 3) }, (_, index) => `NAME${index}`);
  if (count <= 3) return names.join(',');
  return `${names.slice(0, 2).join(',')},…,NAME${count - 1}`;
}

/** The command that will work. */
function command({ file, family }: UnknownModel, flags: string): string {
  const kept = flags !== '' && family !== undefined ? ` --family ${family}` : '';
  return `models add ${file}${kept}${flags === '' ? '' : ` ${flags}`}`;
}
