import type { LoadRequest } from '../../detect/detector.js';
import { explain } from '../../foundation/errors.js';
import { hasDotProduct, hostOf } from '../../models/default-variant.js';
import type { RegistryEntry } from '../../models/registry.js';
import type { NewVariant, VariantFacts } from '../../models/variant-store.js';
import type { Ap } from '../gate/gate.js';
import type { StepProgress } from '../step-progress.js';
import { type CandidateFile, candidateRequest, fileAt, loads, providerOf, writeCandidate } from './candidate.js';
import type { FrameParts } from './frame-parts.js';
import { Judging } from './judging.js';
import { accuracyKept, isOwnAccuracy, labelProblem } from './kept-accuracy.js';
import type { VariantMaker } from './make-variant.js';
import type { Outcome } from './outcome.js';
import { needsOf, providersFor, type Size, sizeText, type Target, type VariantRecipe, variantId } from './plan.js';
import { type MeasureOptions, measureSpeed } from './speed.js';
import { emptyTrial, factsOf, MADE_BY, outcomeOf, type Trial } from './trial.js';

interface TrialsParts {
  readonly parent: RegistryEntry;
  readonly parts: FrameParts;
  readonly target: Target;
  readonly minF1: number;
  readonly work: string;
  readonly measuring: Pick<MeasureOptions, 'rounds' | 'roundMs'>;
  readonly progress: StepProgress;
  readonly signal: AbortSignal | undefined;
}

/** Everything that was tried on one model, and what came of it. */
export class Trials {
  readonly reference: Trial & { readonly request: LoadRequest; readonly file: CandidateFile };
  readonly judging: Judging;
  readonly notes: string[] = [];
  readonly #parts: TrialsParts;
  readonly #all: Trial[] = [];
  /** Of each size, the fp32 model. */
  readonly #whole = new Map<string, Trial>();
  /** Whether this device runs models as the target would. */
  #runsHere = true;

  private constructor(parts: TrialsParts, judging: Judging, reference: Trials['reference']) {
    this.#parts = parts;
    this.judging = judging;
    this.reference = reference;
    this.#all.push(reference);
    this.#whole.set(sizeText(reference.facts), reference);
  }

  /** Runs the parent on every frame that is not for calibration. @throws ModelError where it does not load */
  static async begin(parts: TrialsParts): Promise<Trials> {
    const { parent, progress, target, minF1, work, signal } = parts;
    const { manifest, variant } = parent;
    progress.begin(`running ${variant.id}`, 3);
    const file = await fileAt(parent.file);
    const wanted = providerOf(target);
    const onCpu = candidateRequest(manifest, variant, file);
    const provider =
      wanted === 'cpu' || (await loads(candidateRequest(manifest, variant, file, wanted))) ? wanted : 'cpu';
    const request = provider === 'cpu' ? onCpu : candidateRequest(manifest, variant, file, provider);
    const from = { file: variant.file, sha256: variant.sha256, bytes: variant.bytes };
    const judging = await Judging.begin({
      manifest,
      variant,
      request,
      parts: parts.parts,
      minF1,
      work,
      signal,
      onProgress: (done, total) => progress.within(done, total),
    });
    const known = { file, request, from, rows: judging.parentRows, isKnown: true };
    const trials = new Trials(parts, judging, { ...emptyTrial(variant, 'fp32'), ...known });
    if (provider !== wanted || (target === 'arm' && process.arch !== 'arm64')) {
      trials.#runsHere = false;
      trials.notes.push(
        `this device does not run models on ${target}: accuracy was measured on the CPU, speed not at all; run it on the device itself before going live`,
      );
    }
    return trials;
  }

  get all(): readonly Trial[] {
    return this.#all;
  }

  /** All but the reference. */
  get made(): readonly Trial[] {
    return this.#all.slice(1);
  }

  /** The fp32 model at the size of a trial. */
  wholeOf({ facts }: Trial): Trial {
    return this.#whole.get(sizeText(facts))!;
  }

  /** Makes a variant at the default size and lets the gate judge it. */
  async tryRecipe(recipe: VariantRecipe, maker: VariantMaker): Promise<void> {
    const { variant } = this.#parts.parent;
    const id = variantId(recipe.name, variant);
    const { target } = this.#parts;
    const providers = providersFor(recipe, target);
    const needs = needsOf(recipe, target, hasDotProduct(hostOf('cpu')));
    const facts = {
      ...sizeOf(variant),
      id,
      precision: recipe.precision,
      accuracy: null,
      madeBy: MADE_BY,
      ...(providers && { providers }),
      ...(needs && { needs }),
    };
    const taken = this.#takenBy(id);
    if (taken !== null) {
      this.#all.push({ ...emptyTrial(facts, recipe.name), reason: taken });
      return;
    }
    try {
      const made = await maker.make(recipe);
      this.#parts.progress.begin(`judging ${id}`, 3);
      const stem = `${this.#parts.parent.manifest.name}.${recipe.name}`;
      const file = await writeCandidate(this.#parts.work, stem, made.model);
      await this.#judge({
        ...emptyTrial(factsOf(facts, made), recipe.name),
        file,
        from: { copy: file.path, stem },
        notes: made.notes,
      });
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      this.#all.push({ ...emptyTrial(facts, recipe.name), reason: explain(error) });
    }
  }

  /** The fp32 model and the best variant at other sizes. @param best null: there is none */
  async trySizes(sizes: readonly Size[], best: Trial | null): Promise<void> {
    const added: Trial[] = [];
    for (const size of sizes) {
      const whole = this.#wholeAt(size);
      this.#whole.set(sizeText(size), whole);
      added.push(whole);
      await this.#runAtSize(whole);
      if (whole.reason !== null || !best) continue;
      const id = variantId(best.recipe, size);
      const { recipe, file, from, notes } = best;
      const trial = { ...emptyTrial({ ...best.facts, ...size, id, accuracy: null }, recipe), file, from, notes };
      trial.reason = this.#takenBy(id);
      added.push(trial);
      if (trial.reason === null) await this.#judge(trial);
      else this.#all.push(trial);
    }
    await this.#judgeSizes();
    await this.measure(added, 0);
  }

  /** Measures those that were let in against the reference. @param least speedup below which one is refused */
  async measure(trials: readonly Trial[], least: number): Promise<void> {
    const measured = trials.filter(({ reason, request }) => reason === null && request);
    if (!this.#runsHere || measured.length === 0) return;
    const { progress, parts, signal, measuring } = this.#parts;
    progress.begin('measuring speed', 8);
    const requests = [this.reference, ...measured].map(({ request }) => request!);
    const [reference, ...speeds] = await measureSpeed(requests, await parts.heldBack.read(0), {
      ...measuring,
      onProgress: (done, total) => progress.within(done, total),
      signal,
    });
    this.reference.speed ??= reference!;
    for (const [at, trial] of measured.entries()) {
      const speed = (trial.speed = speeds[at]!);
      if (speed.speedup >= least) continue;
      trial.reason = `not faster than ${this.reference.facts.id}: ${speed.speedup.toFixed(2)} times its speed`;
    }
  }

  /** The fastest variant at the default size that was let in; where none could be measured, the last made. */
  fastest(): Trial | null {
    const passed = this.#all.filter(
      (trial) => trial !== this.reference && trial.reason === null && this.wholeOf(trial) === this.reference,
    );
    const rate = ({ speed }: Trial): number => speed?.speedup ?? 0;
    return passed.reduce<Trial | null>((best, trial) => (best && rate(best) > rate(trial) ? best : trial), null);
  }

  outcomes(dryRun: boolean): Outcome[] {
    for (const trial of this.#all) this.#setAccuracy(trial);
    const problem = labelProblem(this.#apOf(this.reference));
    if (problem !== null) this.notes.push(problem);
    const { variants } = this.#parts.parent.manifest;
    for (const { reason, facts } of this.#all) {
      if (reason === null || !variants.some(({ id }) => id === facts.id)) continue;
      this.notes.push(`${facts.id} was refused, but one made before stands in the registry: remove it if you agree`);
    }
    return this.#all.map((trial) => outcomeOf(trial, this.#apOf(trial), trial === this.reference, dryRun));
  }

  /** What is to be written into the registry: nothing, where no variant was let in. */
  kept(): NewVariant[] {
    if (this.made.every(({ reason }) => reason !== null)) return [];
    return this.#all.flatMap(({ facts, from, reason, isKnown }) =>
      reason === null && from && !isKnown ? [{ facts, from }] : [],
    );
  }

  /** Why a variant cannot have this id: what somebody else made is not written over; null where it can. */
  #takenBy(id: string): string | null {
    const there = this.#parts.parent.manifest.variants.find((variant) => variant.id === id);
    if (!there || there.madeBy.startsWith(MADE_BY)) return null;
    return `there is a variant ${id} already, made by: ${there.madeBy}; rename or remove it`;
  }

  async #judge(trial: Trial): Promise<void> {
    this.#all.push(trial);
    const request = candidateRequest(this.#parts.parent.manifest, trial.facts, trial.file!, this.#provider());
    trial.request = request;
    try {
      trial.rows = await this.judging.find(request);
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      trial.reason = `does not load in ONNX Runtime: ${explain(error)}`;
      return;
    }
    trial.gate = await this.judging.judge(this.wholeOf(trial).rows!, trial.rows);
    trial.reason = trial.gate.reason;
  }

  /** A size is no variant that could be wrong: it is run to know what it costs. */
  async #runAtSize(trial: Trial): Promise<void> {
    this.#parts.progress.begin(`running ${trial.facts.id}`, 3);
    this.#all.push(trial);
    if (trial.reason !== null) return;
    try {
      trial.rows = await this.judging.find(trial.request!);
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      trial.reason = `does not run at this size: ${explain(error)}`;
    }
  }

  #wholeAt(size: Size): Trial {
    const { manifest, variant } = this.#parts.parent;
    const known = manifest.variants.find(
      (one) =>
        one.width === size.width && one.height === size.height && one.file === variant.file && one.precision === 'fp32',
    );
    const facts: VariantFacts = known ?? {
      ...sizeOf(size),
      id: variantId('fp32', size),
      precision: 'fp32',
      accuracy: null,
      madeBy: variant.madeBy,
    };
    const { file, from } = this.reference;
    const request = candidateRequest(manifest, facts, file, this.#provider());
    const reason = known ? null : this.#takenBy(facts.id);
    return { ...emptyTrial(facts, 'fp32'), file, from, request, reason };
  }

  /** What each size finds of what the largest finds. */
  async #judgeSizes(): Promise<void> {
    const run = [...this.#whole.values()].filter(({ rows }) => rows);
    const largest = run.reduce((a, b) => (areaOf(b) > areaOf(a) ? b : a));
    for (const trial of run) trial.sizeGate = await this.judging.judge(largest.rows!, trial.rows!);
  }

  #setAccuracy(trial: Trial): void {
    const { reason, facts, rows, gate } = trial;
    if (reason !== null || rows === null) return;
    const foreign = facts.accuracy !== null && !isOwnAccuracy(facts.accuracy);
    trial.isKnown = foreign;
    if (foreign) return;
    const accuracy = accuracyKept({
      reference: this.reference.facts.id,
      gate,
      sizeF1: this.wholeOf(trial).sizeGate?.f1 ?? null,
      defaultF1: this.reference.sizeGate?.f1 ?? null,
      labelled: this.#labelledAp(trial),
      frames: rows.length,
    });
    trial.facts = { ...facts, accuracy };
  }

  #labelledAp(trial: Trial): { variant: Ap; reference: Ap; images: number } | null {
    const [variant, reference] = [this.#apOf(trial), this.#apOf(this.reference)];
    return variant && reference && { variant, reference, images: this.judging.labelled };
  }

  /** Of an fp32 model, whoever it was compared with knows it. */
  #apOf(trial: Trial): Ap | null {
    const child = this.#all.find((one) => one.gate && this.wholeOf(one) === trial);
    return (trial.gate ?? trial.sizeGate)?.labelled?.variant ?? child?.gate?.labelled?.parent ?? null;
  }

  #provider() {
    return this.reference.request.session.providers[0]!.name;
  }
}

const areaOf = ({ facts }: Trial): number => facts.width * facts.height;
const sizeOf = ({ width, height }: Size): Size => ({ width, height });
