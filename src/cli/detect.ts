import type { TrustSettings } from '../config/config.js';
import { type ConfigSources, loadConfig } from '../config/load.js';
import { explain } from '../foundation/errors.js';
import { createLog, maskCredentials } from '../foundation/log.js';
import { type StillSource, stillPictures } from '../pictures/still-pictures.js';
import { type PictureBoxes, PictureDetector } from '../runtime/detector/picture-detector.js';
import { AnnotatedPictures } from './annotated-pictures.js';
import { FAILED } from './exit-codes.js';
import { inOrder } from './in-order.js';
import { print, printJson } from './print.js';
import { workBar } from './progress.js';
import { isGone } from './reader-gone.js';

export interface DetectOptions extends TrustSettings {
  /** Files, folders, http(s) addresses, `-`. */
  readonly pictures: readonly string[];
  readonly config?: string;
  readonly model?: string;
  readonly variant?: string;
  /** Least score of a box. */
  readonly score?: number;
  /** Class names, comma-separated. */
  readonly classes?: string;
  /** Folder for annotated pictures. */
  readonly out?: string;
  /** One JSON object a picture instead of a table. */
  readonly json?: boolean;
}

/** What became of one picture. */
interface Outcome {
  readonly label: string;
  readonly found: PictureBoxes | null;
  readonly annotated: string | null;
  /** Why there is no answer, or no annotated picture. */
  readonly error: string | null;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const WIDEST_LABEL = 60;

/**
 * `edge-optimizer detect PICTURE…`: what is in single pictures. One that cannot be read is told and counted, and the rest
 * goes on; a signal ends it after the pictures under way.
 *
 * @returns the exit code: 1 where a picture failed or not all were looked at
 * @throws EdgeError where nothing can be done: bad flags, no such model
 */
export async function detect(options: DetectOptions): Promise<number> {
  const { config } = loadConfig(sourcesOf(options));
  const { capture, detector, store, schedule } = config;
  // a score that was asked for on the command line holds for every class
  const model = options.score === undefined ? config.model : { ...config.model, classThresholds: {} };
  const sources = await stillPictures(options.pictures, {
    timeoutMs: capture.requestTimeoutMs,
    maxBytes: capture.maxImageBytes,
    tls: options,
    ...(options.out !== undefined && { except: options.out }),
  });
  const annotated = options.out === undefined ? null : new AnnotatedPictures(options.out);
  await annotated?.open();
  const stopping = stopOnSignal();
  const pictures = await PictureDetector.open({ model, capture, detector, store, schedule }, createLog('warn'));
  const teller = options.json ? new JsonTeller(pictures) : new TableTeller(pictures, sources);
  try {
    const work = (source: StillSource) => look(source, pictures, annotated, stopping.signal);
    const told = await tellAll(inOrder(sources, pictures.places, work, stopping.signal), teller, sources.length);
    return told.failed > 0 || told.done < sources.length ? FAILED : 0;
  } finally {
    stopping.done();
    await pictures.close();
  }
}

function sourcesOf({ config, model, variant, score, classes }: DetectOptions): ConfigSources {
  return {
    ...(config !== undefined && { file: config }),
    env: process.env,
    flags: {
      'model.name': model,
      'model.variant': variant,
      'model.scoreThreshold': score,
      'model.classes': classes?.split(',').map((name) => name.trim()),
    },
    flagNames: {
      'model.name': '--model',
      'model.variant': '--variant',
      'model.scoreThreshold': '--score',
      'model.classes': '--classes',
    },
  };
}

async function look(
  source: StillSource,
  pictures: PictureDetector,
  annotated: AnnotatedPictures | null,
  signal: AbortSignal,
): Promise<Outcome> {
  const { label } = source;
  let found: PictureBoxes | null = null;
  try {
    const bytes = await source.read(signal);
    found = await pictures.detect(bytes);
    const file = (await annotated?.write(source.name, bytes, found.boxes, pictures.info.classes)) ?? null;
    return { label, found, annotated: file, error: null };
  } catch (error) {
    return { label, found, annotated: null, error: maskCredentials(explain(error)) };
  }
}

/** Prints what is found, as it comes. */
interface Teller {
  tell(outcome: Outcome): void;
  end(done: number, failed: number): void;
}

async function tellAll(
  outcomes: AsyncIterable<Outcome>,
  teller: Teller,
  most: number,
): Promise<{ done: number; failed: number }> {
  // on a terminal the table itself shows how far it is
  const bar = process.stdout.isTTY || most < 2 ? null : workBar('detecting');
  const began = performance.now();
  let [done, failed] = [0, 0];
  try {
    for await (const outcome of outcomes) {
      done++;
      if (outcome.error !== null) failed++;
      teller.tell(outcome);
      const leftMs = ((performance.now() - began) / done) * (most - done);
      bar?.update({ done, most, leftMs, current: outcome.label });
    }
  } finally {
    bar?.stop();
  }
  teller.end(done, failed);
  return { done, failed };
}

/** One object a picture; docs/detect.md has its keys. */
class JsonTeller implements Teller {
  readonly #model: object;

  constructor({ info: { model, variant, provider } }: PictureDetector) {
    this.#model = { model, variant, provider };
  }

  tell({ label, found, annotated, error }: Outcome): void {
    printJson({
      picture: label,
      width: found?.width ?? null,
      height: found?.height ?? null,
      detections:
        found?.boxes.map(({ class: name, score, box }) => ({
          class: name,
          score: round(score, 1000),
          box: box.map((value) => round(value, 10)),
        })) ?? null,
      inferMs: found === null ? null : round(found.inferMs, 10),
      annotated,
      error,
      ...this.#model,
    });
  }

  end(): void {}
}

class TableTeller implements Teller {
  readonly #pictures: PictureDetector;
  readonly #labelWidth: number;
  readonly #classWidth: number;
  readonly #counts = new Map<string, number>();

  constructor(pictures: PictureDetector, sources: readonly StillSource[]) {
    this.#pictures = pictures;
    const longest = sources.reduce((most, { label }) => Math.max(most, label.length), 'picture'.length);
    this.#labelWidth = Math.min(WIDEST_LABEL, longest);
    this.#classWidth = Math.max('class'.length, ...pictures.info.classes.map((name) => name.length));
    this.#row('picture', 'class', 'score', 'box (x1 y1 x2 y2)');
  }

  tell({ label, found, error }: Outcome): void {
    if (error !== null) process.stderr.write(error.includes(label) ? `${error}\n` : `${label}: ${error}\n`);
    if (found === null) return;
    for (const { class: name, score, box } of found.boxes) {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      this.#row(label, name, ` ${score.toFixed(2)}`, box.map((value) => Math.round(value)).join(' '));
    }
    if (found.boxes.length === 0) this.#row(label, '–', '', '');
  }

  end(done: number, failed: number): void {
    const { model, variant, provider } = this.#pictures.info;
    const counts = [...this.#counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
    const looked = `${done} picture${done === 1 ? '' : 's'}${failed > 0 ? `, ${failed} failed` : ''}`;
    const found = counts.join(', ') || (done === failed ? 'not one could be read' : 'nothing found');
    print(`\n${looked}: ${found} (${model} ${variant} on ${provider})`);
  }

  #row(label: string, name: string, score: string, box: string): void {
    print(`${label.padEnd(this.#labelWidth)}  ${name.padEnd(this.#classWidth)}  ${score.padEnd(5)}  ${box}`.trimEnd());
  }
}

/** Aborts at a signal, or when nobody reads the output any more. A second signal ends the process. */
function stopOnSignal(): { readonly signal: AbortSignal; done(): void } {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const gone = (error: Error): void => {
    if (isGone(error)) stop();
  };
  for (const name of STOP_SIGNALS) process.once(name, stop);
  process.stdout.on('error', gone);
  return {
    signal: abort.signal,
    done() {
      for (const name of STOP_SIGNALS) process.removeListener(name, stop);
      process.stdout.removeListener('error', gone);
    },
  };
}

const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
