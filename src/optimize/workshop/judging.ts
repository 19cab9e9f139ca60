import type { LoadRequest } from '../../detect/detector.js';
import { ModelError } from '../../foundation/errors.js';
import type { Manifest, Variant } from '../../models/manifest.js';
import type { Model } from '../../onnx/model.js';
import { detectOn, mapClasses } from '../gate/detections-of.js';
import { type GateReport, judge } from '../gate/gate.js';
import { compare, f1Of, type LikenessOptions } from '../gate/likeness.js';
import { candidateRequest, writeCandidate } from './candidate.js';
import type { FrameParts } from './frame-parts.js';

interface JudgingParts {
  readonly manifest: Manifest;
  readonly variant: Variant;
  /** The parent as it is loaded. */
  readonly request: LoadRequest;
  readonly parts: FrameParts;
  readonly minF1: number;
  /** Folder for models that are scored. */
  readonly work: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

type Rows = readonly Float32Array[];

/** Boxes below this share of the reporting threshold decide nothing. */
const UNSURE = 5 / 7;

/** What models find on the frames that nothing was calibrated on, in the classes of the manifest. */
export class Judging {
  /** Held-back frames that are labelled. */
  readonly labelled: number;
  readonly #parts: JudgingParts;
  #parent: Rows = [];
  #parentOnValidation: Rows = [];
  #scored = 0;
  /** The highest score that the parent, or a variant, gave in any frame. */
  #peak = 0;

  private constructor(parts: JudgingParts, labelled: number) {
    this.#parts = parts;
    this.labelled = labelled;
  }

  /** Runs the parent on all of them. @throws ModelError where it does not load, or the frames can judge nothing */
  static async begin(parts: JudgingParts): Promise<Judging> {
    const { heldBack } = parts.parts;
    let labelled = 0;
    for (let index = 0; index < heldBack.count; index++) if (await heldBack.labels(index)) labelled++;
    const judging = new Judging(parts, labelled);
    judging.#parent = await judging.find(parts.request);
    judging.#parentOnValidation = await judging.#detect(parts.request, 'validation');
    // frames on which the parent would not pass against itself
    const { reason } = await judging.judge(judging.#parent, judging.#parent);
    if (reason !== null) {
      throw new ModelError(`${parts.manifest.name} cannot be judged: ${judging.#explain(reason, heldBack.count)}`);
    }
    return judging;
  }

  /** Of a parent that can report nothing no frames are busy enough. */
  #explain(reason: string, frames: number): string {
    const reported = Math.min(...this.thresholds);
    if (this.#peak >= reported) return reason;
    if (this.#peak > 0) {
      return `${reason}; its highest score in ${frames} frames was ${this.#peak.toPrecision(2)}, and it reports from ${reported} on`;
    }
    return `it gave no score above 0 in any of ${frames} frames, and other frames will hardly change that: its export lost its scores, or its input is filled wrongly. models add FILE --dry-run says what it sees`;
  }

  /** What the parent found on the held-back frames. */
  get parentRows(): Rows {
    return this.#parent;
  }

  /** Score from which each class is reported; above 1 for one that never is. */
  get thresholds(): readonly number[] {
    return this.#parts.request.scoreThresholds;
  }

  /** Boxes that the parent reports on the held-back frames. */
  get parentBoxes(): number {
    return compare(this.#parent, this.#parent, this.#likeness()).total.reference;
  }

  /** Rows of 6 in pixels of each held-back frame. @throws ModelError where the model does not load */
  find(request: LoadRequest): Promise<Rows> {
    return this.#detect(request, 'heldBack');
  }

  /** The gate. */
  judge(parent: Rows, variant: Rows): Promise<GateReport> {
    const { parts, minF1 } = this.#parts;
    return judge(parent, variant, parts.heldBack, { ...this.#likeness(), minF1 });
  }

  /**
   * F1 against the parent on the validation frames, of a model whose input and output are the parent's.
   * @param classes that were kept in it; null: all
   */
  async score(model: Model, classes: readonly string[] | null): Promise<number> {
    const { manifest, variant, request, work } = this.#parts;
    const file = await writeCandidate(work, `scored-${this.#scored++ % 2}`, model);
    // what is made here holds all its weights itself
    const facts = { ...variant, externalData: undefined, ...(classes && { classes: [...classes] }) };
    const candidate = candidateRequest(manifest, facts, file, request.session.providers[0]!.name);
    const rows = await this.#detect(candidate, 'validation');
    return f1Of(compare(this.#parentOnValidation, rows, this.#likeness()).total);
  }

  async #detect(request: LoadRequest, part: 'heldBack' | 'validation'): Promise<Rows> {
    const { signal, parts, manifest, onProgress } = this.#parts;
    const rows = await detectOn(request, parts[part], {
      ...(this.labelled === 0 && { minScore: Math.min(...request.scoreThresholds) * UNSURE }),
      ...(signal && { signal }),
      ...(part === 'heldBack' && { onProgress }),
      onPeak: (peak) => {
        this.#peak = Math.max(this.#peak, peak);
      },
    });
    return mapClasses(rows, request.classes, manifest.classes);
  }

  #likeness(): LikenessOptions {
    return { classes: this.#parts.manifest.classes, scoreThreshold: this.thresholds };
  }
}
