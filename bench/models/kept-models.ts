import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../src/onnx/model.js';
import { type CandidateFile, fileAt, writeCandidate } from '../../src/optimize/workshop/candidate.js';
import { putWhole } from '../harness/put-whole.js';

/** A model that was made, now or in an earlier run. */
export interface KeptModel {
  readonly file: CandidateFile;
  /** Seconds that making it took. */
  readonly seconds: number;
  readonly notes: readonly string[];
}

/** Models that take long to make, in files; in a folder of the user's they outlive the run. */
export class KeptModels {
  readonly #folder: string;
  readonly #madeOf: string;

  /** @param madeOf everything that the models depend on: one that was made of something else is made again */
  constructor(folder: string, madeOf: readonly string[]) {
    this.#folder = folder;
    this.#madeOf = createHash('sha256').update(madeOf.join('\n')).digest('hex');
  }

  /** @param stem of the file's name @param make called where no such model is kept */
  async get(stem: string, make: () => Promise<{ model: Model; notes: readonly string[] }>): Promise<KeptModel> {
    const facts = join(this.#folder, `${stem}.json`);
    const known = this.#read(facts);
    if (known) return { ...known, file: await fileAt(join(this.#folder, `${stem}.onnx`)) };
    const began = performance.now();
    const { model, notes } = await make();
    const seconds = (performance.now() - began) / 1000;
    mkdirSync(this.#folder, { recursive: true });
    const file = await writeCandidate(this.#folder, stem, model);
    putWhole(facts, `${JSON.stringify({ madeOf: this.#madeOf, seconds, notes })}\n`);
    return { file, seconds, notes };
  }

  #read(facts: string): Omit<KeptModel, 'file'> | null {
    if (!existsSync(facts)) return null;
    const { madeOf, seconds, notes } = JSON.parse(readFileSync(facts, 'utf8'));
    return madeOf === this.#madeOf ? { seconds, notes } : null;
  }
}
