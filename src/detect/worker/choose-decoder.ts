import { ModelError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import type { Family, LoadRequest } from '../detector.js';
import { type ReadingFacts, USUAL_DECODING } from '../readings/reading.js';
import { agreeing, ignoredBy, readingsFor, withTold } from '../readings/readings.js';
import { mismatch, nameOfUnreadable } from '../readings/unreadable.js';
import { type Decoder, type OutputShape, shapesAsText } from './decoders/decoder.js';
import { finishedRows } from './decoders/finished-rows.js';

/** Families whose models give each vehicle once: their candidates need no NMS. */
const ONCE_EACH: ReadonlySet<Family> = new Set(['yolov10', 'detr', 'rf-detr', 'efficientnms']);

/** A decoder, and what the model gives beside what it reads. */
export interface DecoderChoice {
  readonly decoder: Decoder;
  /** For people; null where there is nothing. */
  readonly ignored: string | null;
}

/** @throws ModelError that names the shapes, and what would fit, where the family cannot read them */
export function chooseDecoder(request: LoadRequest, outputs: readonly OutputShape[]): DecoderChoice {
  const { family, output } = request;
  if (output !== 'raw') {
    const decoder = reducedRows(request, outputs, output === 'candidates' && !ONCE_EACH.has(family));
    return { decoder, ignored: null };
  }
  const { classes, input, decoding = {} } = request;
  const facts = { classes: classes.length, width: input.width, height: input.height, extra: decoding.extra };
  const readings = readingsFor(outputs, facts);
  const own = readings.filter((reading) => reading.family === family);
  const [chosen] = agreeing(own, decoding);
  if (chosen) {
    return {
      decoder: chosen.decoder(request, withTold(chosen, decoding)),
      ignored: ignoredBy(chosen, outputs),
    };
  }
  if (own.length > 0) {
    throw new ModelError(
      `decoding ${JSON.stringify(decoding)} does not fit ${shapesAsText(outputs)} of a ${family} model`,
    );
  }
  const fitting = [...new Set(readings.map((reading) => reading.family))];
  throw new ModelError(`${mismatch(family, outputs, facts)}; ${advice(family, fitting, outputs, facts)}`);
}

function advice(
  family: Family,
  fitting: readonly Family[],
  outputs: readonly OutputShape[],
  facts: ReadingFacts,
): string {
  const others = readingsFor(outputs, { ...facts, classes: null }).find((reading) => reading.family === family);
  if (others?.classes) return `these outputs speak of ${others.classes} classes, the list has ${facts.classes}`;
  const named = nameOfUnreadable(outputs, facts);
  if (named !== null) return `these are ${named}`;
  const fits = fitting.length === 0 ? '' : ` (the shapes would fit ${fitting.join(' or ')})`;
  return `is the family or the list of classes wrong?${fits}`;
}

/** What a graph with a reduced output gives, whatever the family: `[batch, K, 6]`. */
function reducedRows(request: LoadRequest, outputs: readonly OutputShape[], overlapping: boolean): Decoder {
  const rows = outputs.find(({ dims }) => dims.length === 3 && dims[2] === STRIDE);
  if (rows) return finishedRows(request, { ...USUAL_DECODING, overlapping }, rows);
  throw new ModelError(
    `a variant with output ${request.output} must give [batch, K, 6] (x1, y1, x2, y2, score, class), this one gives ${shapesAsText(outputs)}`,
  );
}
