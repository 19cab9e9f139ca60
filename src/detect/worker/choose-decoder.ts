import { ModelError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import type { Family, LoadRequest } from '../detector.js';
import { USUAL_DECODING } from '../readings/reading.js';
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
  const others = readingsFor(outputs, { ...facts, classes: null }).find((reading) => reading.family === family);
  throw new ModelError(`${mismatch(family, outputs, facts)}; ${advice(fitting, others?.classes ?? null)}`);

  function advice(families: readonly Family[], otherClasses: number | null): string {
    const named = nameOfUnreadable(outputs, facts);
    if (otherClasses !== null) return `these outputs speak of ${otherClasses} classes, the list has ${classes.length}`;
    if (named !== null) return `these are ${named}`;
    return families.length === 0
      ? 'is the family or the list of classes wrong?'
      : `is the family or the list of classes wrong? (the shapes would fit ${families.join(' or ')})`;
  }
}

/** What a graph with a reduced output gives, whatever the family: `[batch, K, 6]`. */
function reducedRows(request: LoadRequest, outputs: readonly OutputShape[], overlapping: boolean): Decoder {
  const rows = outputs.find(({ dims }) => dims.length === 3 && dims[2] === STRIDE);
  if (rows) return finishedRows(request, { ...USUAL_DECODING, overlapping }, rows);
  throw new ModelError(
    `a variant with output ${request.output} must give [batch, K, 6] (x1, y1, x2, y2, score, class), this one gives ${shapesAsText(outputs)}`,
  );
}
