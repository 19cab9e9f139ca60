import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configSchema } from '../../config/config.js';
import type { LoadRequest } from '../../detect/detector.js';
import { openSession } from '../../detect/worker/session.js';
import { sha256OfFile } from '../../foundation/sha256.js';
import { buildLoadRequest } from '../../models/load-request.js';
import type { Manifest } from '../../models/manifest.js';
import type { VariantFacts } from '../../models/variant-store.js';
import type { Model } from '../../onnx/model.js';
import { writeModel } from '../../onnx/model-file.js';
import type { Target } from './plan.js';

/** A model on disk that is not in the registry, or not yet. */
export interface CandidateFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** @param stem of the file's name */
export async function writeCandidate(folder: string, stem: string, model: Model): Promise<CandidateFile> {
  const path = join(folder, `${stem}.onnx`);
  await writeModel(path, model);
  return fileAt(path);
}

export async function fileAt(path: string): Promise<CandidateFile> {
  return { path, sha256: await sha256OfFile(path), bytes: (await stat(path)).size };
}

/** What a worker would be asked to load for a variant: default thresholds, one thread. */
export function candidateRequest(
  manifest: Manifest,
  facts: VariantFacts,
  { path, sha256, bytes }: CandidateFile,
  provider: LoadRequest['session']['providers'][number]['name'] = 'cpu',
): LoadRequest {
  const { model, detector } = configSchema.parse({});
  const variant = { ...facts, file: 'candidate.onnx', sha256, bytes };
  const request = buildLoadRequest({ manifest, variant, file: path }, model, detector);
  return {
    ...request,
    session: { ...request.session, providers: [{ name: provider, options: {} }], intraOpThreads: 1 },
  };
}

/** The provider that a target means. */
export function providerOf(target: Target): 'cpu' | 'cuda' | 'tensorrt' {
  return target === 'arm' ? 'cpu' : target;
}

/** Whether a model loads on this device, with the provider that it asks for. */
export async function loads(request: LoadRequest): Promise<boolean> {
  try {
    await (await openSession(request, () => undefined)).release();
    return true;
  } catch {
    return false;
  }
}
