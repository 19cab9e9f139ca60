import type { ProviderConfig } from '../../config/config.js';
import { explain, ModelError } from '../../foundation/errors.js';
import { sha256OfFile } from '../../foundation/sha256.js';
import { STRIDE } from '../../frame/detections.js';
import { namedKind } from '../../onnx/file-kind.js';
import { unreadableFile } from '../../onnx/unreadable-file.js';
import { computesOneShape, warmUpOrder } from '../batch-sizes.js';
import type { DetectTimings, LoadRequest, ModelInfo } from '../detector.js';
import { librariesFolder, missingLibrary } from './accelerator-refusal.js';
import { chooseOpening, type Opening, plainOpening } from './compiled-session.js';
import { loadRefusal } from './load-refusal.js';
import { loadRuntime, type OnnxRuntime, type Ort } from './onnx-runtime.js';
import { PlacementProfile } from './placement-profile.js';
import { createPostprocess, type Postprocess } from './postprocess.js';
import {
  climb,
  ignoredOptions,
  missingFromBuild,
  notReallyInUse,
  type PlacedNode,
  sessionProviders,
} from './provider-ladder.js';
import type { OutputTensor } from './slice-reader.js';
import { chooseFill, type TensorFill } from './tensor.js';
import { type Batch, batchOf, batchSizesOf, checkInput, checkOutput, runOnGrey, shapesOf } from './warm-up.js';

/** A model that has run once at every batch size: pictures in, boxes out, on buffers that are allocated once. */
export class Session {
  readonly info: ModelInfo;
  /** Pictures that it takes at once at most. */
  readonly largest: number;
  /** Boxes of the last `detect`, 6 float32 each, picture after picture. */
  readonly rows: Float32Array;
  /** Boxes per picture of the last `detect`. */
  readonly counts: Int32Array;
  /** Highest score per picture of the last `detect`, 0..1, whatever the thresholds. */
  readonly peaks: Float32Array;
  /** Bytes that the last `detect` left to the garbage collector. */
  deadBytes = 0;
  /** Of the last `detect`. */
  readonly timings: { -readonly [K in keyof DetectTimings]: number } = { fillMs: 0, inferMs: 0, decodeMs: 0 };
  readonly #sessions: SessionsBySize;
  readonly #batches: ReadonlyMap<number, Batch>;
  readonly #fill: TensorFill;
  readonly #postprocess: Postprocess;
  readonly #imageBytes: number;

  constructor(request: LoadRequest, info: ModelInfo, loaded: Loaded) {
    const largest = Math.max(...loaded.batches.keys());
    this.largest = largest;
    this.info = info;
    this.rows = new Float32Array(largest * request.maxDetections * STRIDE);
    this.counts = new Int32Array(largest);
    this.peaks = new Float32Array(largest);
    this.#sessions = loaded.sessions;
    this.#batches = loaded.batches;
    this.#postprocess = loaded.postprocess;
    this.#fill = chooseFill(request.input);
    this.#imageBytes = request.input.width * request.input.height * 3;
  }

  /** Whether a batch of `count` pictures was loaded. */
  takes(count: number): boolean {
    return this.#batches.has(count);
  }

  /**
   * Detects on `count` pictures that lie back to back in `images`; the answer is in `rows`, `counts`, `peaks` and `timings`.
   * @param count a batch size of the load request
   * @returns boxes in all
   */
  async detect(count: number, images: Uint8Array): Promise<number> {
    const batch = this.#batches.get(count)!;
    const began = performance.now();
    for (let i = 0; i < count; i++) {
      const at = i * this.#imageBytes;
      this.#fill(images.subarray(at, at + this.#imageBytes), batch.input, at);
    }
    const filled = performance.now();
    const made = await this.#sessions.get(count)!.run(batch.feeds, batch.outputs);
    const outputs = (this.#postprocess.varying ? made : batch.outputs) as Readonly<Record<string, OutputTensor>>;
    const ran = performance.now();
    this.deadBytes = batch.outputBytes;
    let boxes = 0;
    for (let i = 0; i < count; i++) {
      const found = this.#postprocess.run(outputs, i, this.rows, boxes * STRIDE);
      this.counts[i] = found;
      this.peaks[i] = this.#postprocess.peak;
      boxes += found;
    }
    this.timings.fillMs = filled - began;
    this.timings.inferMs = ran - filled;
    this.timings.decodeMs = performance.now() - ran;
    return boxes;
  }

  async release(): Promise<void> {
    await releaseAll(this.#sessions.values());
  }
}

/** By batch size; the same one at every size, but for providers that compute one shape well. */
type SessionsBySize = ReadonlyMap<number, OnnxRuntime.InferenceSession>;

interface Loaded {
  readonly sessions: SessionsBySize;
  readonly batches: ReadonlyMap<number, Batch>;
  readonly postprocess: Postprocess;
  /** Null where the provider could not be read back. */
  readonly nodes: readonly PlacedNode[] | null;
  readonly loadMs: number;
  readonly warmupMs: number;
}

/**
 * Loads a model: checks the file, climbs the provider ladder, warms up every batch size and reads back who ran it.
 * @param warn told what the person should know although the model loads
 * @throws ModelError with the reason of every provider
 */
export async function openSession(request: LoadRequest, warn: (text: string) => void): Promise<Session> {
  await checkFiles(request);
  const { ort, runtime } = loadRuntime(request.session.binding);
  const supported = ort.listSupportedBackends().map((backend) => backend.name);
  const { loaded, rung, refused } = await climb(request.session.providers, async (candidate) => {
    const missing = missingFromBuild(candidate.name, supported, `${process.platform} ${process.arch}`);
    if (missing) throw new ModelError(missing);
    const ignored = request.session.binding === null ? ignoredOptions(candidate) : [];
    if (ignored.length > 0) {
      warn(
        `onnxruntime-node passes only deviceId to ${candidate.name}: ${ignored.join(', ')} had no effect (docs/gpu.md)`,
      );
    }
    if (candidate.name !== 'cpu') {
      return openRung(ort, request, candidate, plainOpening(request), warn).catch((error: unknown) => {
        throw namingLibrary(error, candidate, request.session.binding);
      });
    }
    const opening = await chooseOpening(request, runtime, warn);
    return openRung(ort, request, candidate, opening, warn).catch((error: unknown) => {
      if (opening.failed(error)) return openRung(ort, request, candidate, plainOpening(request), warn);
      throw error;
    });
  });
  const unverified = loaded.nodes === null && rung.name !== 'cpu';
  return new Session(
    request,
    {
      model: request.model,
      variant: request.variant,
      provider: unverified ? `${rung.name} (not verified)` : rung.name,
      refused,
      inputWidth: request.input.width,
      inputHeight: request.input.height,
      classes: request.classes,
      batchSizes: [...loaded.batches.keys()].sort((a, b) => a - b),
      runtime,
      loadMs: loaded.loadMs,
      warmupMs: loaded.warmupMs,
    },
    loaded,
  );
}

/** ONNX Runtime writes to stderr which library it could not load, and throws that there is one. */
function namingLibrary(error: unknown, rung: ProviderConfig, binding: string | null): unknown {
  if (rung.name !== 'cuda' || !explain(error).includes('Failed to load shared library')) return error;
  const folder = librariesFolder(binding);
  const missing = folder === null ? null : missingLibrary(folder);
  // a library can come to be there without a change of the configuration
  return missing === null ? error : new Error(missing, { cause: error });
}

async function openRung(
  ort: Ort,
  request: LoadRequest,
  rung: ProviderConfig,
  opening: Opening,
  warn: (text: string) => void,
): Promise<Loaded> {
  // what runs on the CPU needs no proof
  const profile = rung.name === 'cpu' ? null : new PlacementProfile();
  const began = performance.now();
  const sessions = new Map<number, OnnxRuntime.InferenceSession>();
  const made = new Set<OnnxRuntime.InferenceSession>();
  const open = async (options: OnnxRuntime.InferenceSession.SessionOptions | undefined) => {
    const session = await ort.InferenceSession.create(opening.file, {
      ...sessionOptions(request, rung),
      ...options,
      ...opening.options,
    }).catch((cause: unknown) => {
      throw loadRefusal(opening.file, cause);
    });
    made.add(session);
    return session;
  };
  try {
    const opened = await open(profile?.options);
    const created = performance.now();
    checkInput(opened, request);
    const batches = new Map<number, Batch>();
    let postprocess: Postprocess | null = null;
    let nodes: PlacedNode[] | null = null;
    const warmUpAt = async (size: number) => {
      const isShared = sessions.size === 0 || !computesOneShape(rung.name);
      const session = isShared ? opened : await open(undefined);
      sessions.set(size, session);
      return runOnGrey(ort, session, request, size);
    };
    const sizes = batchSizesOf(opened, request);
    for (const size of warmUpOrder(rung.name, sizes)) {
      const warmUp = await warmUpAt(size).catch((error: unknown) => {
        if (postprocess === null) throw error;
        // whoever can take smaller batches serves with those
        warn(`${request.model}: batches of ${size} pictures cannot be computed and are left out: ${explain(error)}`);
        return null;
      });
      // the largest may come before smaller ones that can be computed
      if (warmUp === null && size === sizes.at(-1)) continue;
      if (warmUp === null) break;
      if (postprocess === null) {
        nodes = profile?.read(opened) ?? null;
        const misplaced = nodes && notReallyInUse(rung.name, nodes);
        if (misplaced) throw new ModelError(misplaced);
        postprocess = createPostprocess(request, shapesOf(opened, warmUp.outputs));
        if (postprocess.ignored !== null) warn(`${request.model}: ${postprocess.ignored}`);
      }
      checkOutput(request, size, warmUp.outputs, postprocess);
      batches.set(size, batchOf(warmUp, postprocess));
    }
    if (postprocess === null) throw new ModelError('the load request names no batch size');
    const warm = performance.now();
    await opening.ran();
    return { sessions, batches, postprocess, nodes, loadMs: created - began, warmupMs: warm - created };
  } catch (error) {
    await releaseAll(made);
    throw error;
  } finally {
    profile?.remove();
  }
}

async function releaseAll(sessions: Iterable<OnnxRuntime.InferenceSession>): Promise<void> {
  for (const session of new Set(sessions)) await session.release();
}

/**
 * A session that was profiled goes on noting every parallel loop of its thread pool after the profiling has ended, some
 * 300 bytes a run, for ever (ONNX Runtime 1.29). So one that is profiled gets no pool: its provider does the heavy work.
 */
function sessionOptions(request: LoadRequest, rung: ProviderConfig): OnnxRuntime.InferenceSession.SessionOptions {
  const { session } = request;
  return {
    executionProviders: sessionProviders(rung, session.providers).map(({ name, options }) => ({ ...options, name })),
    intraOpNumThreads: rung.name === 'cpu' ? session.intraOpThreads : 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: session.arena,
    enableMemPattern: session.memoryPattern,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: session.spinning ? '1' : '0' } } },
  };
}

/** @throws ModelError unless the files are those that the manifest means */
async function checkFiles(request: LoadRequest): Promise<void> {
  for (const expected of [request, ...(request.externalData ?? [])]) await checkFile(expected);
}

async function checkFile({ file, sha256 }: Pick<LoadRequest, 'file' | 'sha256'>): Promise<void> {
  const actual = await sha256OfFile(file).catch((cause: unknown) => {
    throw unreadableFile(file, cause);
  });
  if (actual === sha256.toLowerCase()) return;
  const kind = namedKind(file);
  if (kind !== null) throw new ModelError(kind, { file });
  throw new ModelError(
    `model file ${file} has sha256 ${actual}, expected ${sha256}: it was changed or damaged; fetch it again or correct its manifest`,
    { file },
  );
}
