import { explain } from '../../foundation/errors.js';
import { hasDotProduct, hostOf } from '../../models/default-variant.js';
import type { RegistryEntry } from '../../models/registry.js';
import type { NewVariant, VariantFacts } from '../../models/variant-store.js';
import type { GateReport, LabelledAccuracy } from '../gate/gate.js';
import type { StepProgress } from '../step-progress.js';
import { candidateRequest, fileAt, loads, providerOf, writeCandidate } from './candidate.js';
import type { FrameParts } from './frame-parts.js';
import { Judging } from './judging.js';
import { accuracyKept, isOwnAccuracy, labelProblem } from './kept-accuracy.js';
import type { VariantMaker } from './make-variant.js';
import type { Outcome } from './outcome.js';
import { needsOf, providersFor, type Size, sizeText, type Target, type VariantRecipe, variantId } from './plan.js';
import { type MeasureOptions, measureSpeed, type Speed } from './speed.js';
import { factsOf, MADE_BY, outcomeOf, type RanTrial, type TrialSubject, type VariantTrial } from './trial.js';
import { TrialRuns } from './trial-runs.js';

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
  readonly reference: RanTrial;
  readonly judging: Judging;
  readonly notes: string[] = [];
  readonly #parts: TrialsParts;
  readonly #runs: TrialRuns;
  readonly #all: VariantTrial[] = [];
  /** Of each size that could be run, the fp32 model. */
  readonly #whole = new Map<string, RanTrial>();
  /** Of each fp32 model, how it does against that of the largest size. */
  readonly #sizeGates = new Map<RanTrial, GateReport>();
  readonly #speeds = new Map<RanTrial, Speed>();
  /** Why those are refused that passed the gate and are not fast enough. */
  readonly #tooSlow = new Map<RanTrial, string>();
  /** Whether this device runs models as the target would. */
  #runsHere = true;

  private constructor(parts: TrialsParts, judging: Judging, reference: RanTrial) {
    this.#parts = parts;
    this.judging = judging;
    this.#runs = new TrialRuns(parts, judging, reference.request.session.providers[0]!.name);
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
    const trials = new Trials(parts, judging, {
      kind: 'ran',
      facts: variant,
      recipe: 'fp32',
      notes: [],
      file,
      from,
      request,
      rows: judging.parentRows,
      gate: null,
    });
    if (provider !== wanted || (target === 'arm' && process.arch !== 'arm64')) {
      trials.#runsHere = false;
      trials.notes.push(
        `this device does not run models on ${target}: accuracy was measured on the CPU, speed not at all; run it on the device itself before going live`,
      );
    }
    return trials;
  }

  get all(): readonly VariantTrial[] {
    return this.#all;
  }

  /** All but the reference. */
  get made(): readonly VariantTrial[] {
    return this.#all.slice(1);
  }

  /** The fp32 model at the size of a trial. */
  wholeOf({ facts }: RanTrial): RanTrial {
    return this.#whole.get(sizeText(facts))!;
  }

  /** Why a trial is refused; null where it is not, as far as is known by now. */
  reasonOf(trial: VariantTrial): string | null {
    return trial.kind === 'ran' ? (trial.gate?.reason ?? this.#tooSlow.get(trial) ?? null) : trial.reason;
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
    const taken = this.#runs.takenBy(id);
    if (taken !== null) {
      this.#all.push({ kind: 'unmade', facts, recipe: recipe.name, notes: [], reason: taken });
      return;
    }
    try {
      const made = await maker.make(recipe);
      this.#parts.progress.begin(`judging ${id}`, 3);
      const stem = `${this.#parts.parent.manifest.name}.${recipe.name}`;
      const file = await writeCandidate(this.#parts.work, stem, made.model);
      const subject = { facts: factsOf(facts, made), recipe: recipe.name, notes: made.notes };
      const candidate = { file, from: { copy: file.path, stem } };
      this.#all.push(await this.#runs.judge(subject, candidate, this.reference));
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      this.#all.push({ kind: 'unmade', facts, recipe: recipe.name, notes: [], reason: explain(error) });
    }
  }

  /** The fp32 model and the best variant at other sizes. @param best null: there is none */
  async trySizes(sizes: readonly Size[], best: RanTrial | null): Promise<void> {
    const added: VariantTrial[] = [];
    const add = (trial: VariantTrial): void => {
      added.push(trial);
      this.#all.push(trial);
    };
    for (const size of sizes) {
      const whole = await this.#runs.runWhole(size, this.reference);
      add(whole);
      if (whole.kind !== 'ran') continue;
      this.#whole.set(sizeText(size), whole);
      if (best) add(await this.#runs.resize(best, size, whole));
    }
    await this.#judgeSizes();
    await this.measure(added, 0);
  }

  /** Measures those that were let in against the reference. @param least speedup below which one is refused */
  async measure(trials: readonly VariantTrial[], least: number): Promise<void> {
    const measured = trials.filter((trial) => this.#isLetIn(trial));
    if (!this.#runsHere || measured.length === 0) return;
    const { progress, parts, signal, measuring } = this.#parts;
    progress.begin('measuring speed', 8);
    const requests = [this.reference, ...measured].map(({ request }) => request);
    const [reference, ...speeds] = await measureSpeed(requests, await parts.heldBack.read(0), {
      ...measuring,
      onProgress: (done, total) => progress.within(done, total),
      signal,
    });
    if (!this.#speeds.has(this.reference)) this.#speeds.set(this.reference, reference!);
    for (const [at, trial] of measured.entries()) {
      const speed = speeds[at]!;
      this.#speeds.set(trial, speed);
      if (speed.speedup >= least) continue;
      const times = `${speed.speedup.toFixed(2)} times its speed`;
      this.#tooSlow.set(trial, `not faster than ${this.reference.facts.id}: ${times}`);
    }
  }

  /** The fastest variant at the default size that was let in; where none could be measured, the last made. */
  fastest(): RanTrial | null {
    const passed = this.made
      .filter((trial) => this.#isLetIn(trial))
      .filter((trial) => this.wholeOf(trial) === this.reference);
    const rate = (trial: RanTrial): number => this.#speeds.get(trial)?.speedup ?? 0;
    return passed.reduce<RanTrial | null>((best, trial) => (best && rate(best) > rate(trial) ? best : trial), null);
  }

  outcomes(dryRun: boolean): Outcome[] {
    const problem = labelProblem(this.#apOf(this.reference));
    if (problem !== null) this.notes.push(problem);
    const { variants } = this.#parts.parent.manifest;
    for (const trial of this.#all) {
      const { id } = trial.facts;
      if (this.reasonOf(trial) === null || !variants.some((variant) => variant.id === id)) continue;
      this.notes.push(`${id} was refused, but one made before stands in the registry: remove it if you agree`);
    }
    return this.#all.map((trial) => {
      const ran = trial.kind === 'ran' ? trial : null;
      const findings = {
        reason: this.reasonOf(trial),
        accuracy: this.#isLetIn(trial) ? this.#accuracyOf(trial) : trial.facts.accuracy,
        sizeGate: (ran && this.#sizeGates.get(ran)) ?? null,
        ap: ran && this.#apOf(ran),
        speed: (ran && this.#speeds.get(ran)) ?? null,
      };
      return outcomeOf(trial, findings, trial === this.reference, dryRun);
    });
  }

  /** What is to be written into the registry: nothing, where no variant was let in. */
  kept(): NewVariant[] {
    if (this.made.every((trial) => this.reasonOf(trial) !== null)) return [];
    return this.#all
      .filter((trial) => this.#isLetIn(trial))
      .filter(({ facts }) => !isForeign(facts.accuracy))
      .map((trial) => ({ facts: { ...trial.facts, accuracy: this.#accuracyOf(trial) }, from: trial.from }));
  }

  #isLetIn(trial: VariantTrial): trial is RanTrial {
    return trial.kind === 'ran' && this.reasonOf(trial) === null;
  }

  /** What each size finds of what the largest finds. */
  async #judgeSizes(): Promise<void> {
    const wholes = [...this.#whole.values()];
    const largest = wholes.reduce((a, b) => (areaOf(b) > areaOf(a) ? b : a));
    for (const whole of wholes) this.#sizeGates.set(whole, await this.judging.judge(largest.rows, whole.rows));
  }

  /** What a trial keeps of the reference's accuracy; what somebody else measured stands. */
  #accuracyOf(trial: RanTrial): VariantFacts['accuracy'] {
    const { facts, rows, gate } = trial;
    if (isForeign(facts.accuracy)) return facts.accuracy;
    return accuracyKept({
      reference: this.reference.facts.id,
      gate,
      sizeF1: this.#sizeGates.get(this.wholeOf(trial))?.f1 ?? null,
      defaultF1: this.#sizeGates.get(this.reference)?.f1 ?? null,
      labelled: this.#labelledAp(trial),
      frames: rows.length,
    });
  }

  #labelledAp(trial: RanTrial): { variant: LabelledAccuracy; reference: LabelledAccuracy; images: number } | null {
    const [variant, reference] = [this.#apOf(trial), this.#apOf(this.reference)];
    return variant && reference && { variant, reference, images: this.judging.labelled };
  }

  /** Of an fp32 model, whoever it was compared with knows it. */
  #apOf(trial: RanTrial): LabelledAccuracy | null {
    const child = this.#all.find((one) => one.kind === 'ran' && one.gate !== null && this.wholeOf(one) === trial);
    const own = trial.gate ?? this.#sizeGates.get(trial);
    return own?.labelled?.variant ?? (child?.kind === 'ran' ? child.gate?.labelled?.parent : null) ?? null;
  }
}

const areaOf = ({ facts }: TrialSubject): number => facts.width * facts.height;
const sizeOf = ({ width, height }: Size): Size => ({ width, height });
/** Whether somebody else measured it. */
const isForeign = (accuracy: VariantFacts['accuracy']): boolean => accuracy !== null && !isOwnAccuracy(accuracy);
