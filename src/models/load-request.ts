import { dirname, join } from 'node:path';
import type { DetectorConfig, ModelConfig } from '../config/config.js';
import type { LoadRequest } from '../detect/detector.js';
import { ConfigError } from '../foundation/errors.js';
import { didYouMean } from '../foundation/validate.js';
import { classNamed } from '../frame/same-class.js';
import type { Manifest, Variant } from './manifest.js';

/** No score reaches it: the threshold of a class that is not to be reported. */
export const NEVER = 2;

/**
 * What a worker is asked to load: the model's facts from its manifest, thresholds and session options from the configuration.
 * Classes reported are `model.classes`, else the manifest's `report`, else all.
 *
 * @throws ConfigError where the configuration names classes that the model does not have
 */
export function buildLoadRequest(
  entry: { readonly manifest: Manifest; readonly variant: Variant; readonly file: string },
  model: ModelConfig,
  detector: DetectorConfig,
): LoadRequest {
  const { manifest, variant, file } = entry;
  checkClasses(manifest, variant, model);
  const { layout, type, colour, scale, mean, std, extra } = variant.input ?? manifest.input;
  const { width, height } = variant;
  const classes = variant.classes ?? manifest.classes;
  return {
    model: manifest.name,
    variant: variant.id,
    file,
    sha256: variant.sha256,
    ...(variant.externalData && {
      externalData: variant.externalData.map((one) => ({ file: join(dirname(file), one.file), sha256: one.sha256 })),
    }),
    family: manifest.family,
    output: variant.output ?? 'raw',
    ...(manifest.decoding && { decoding: manifest.decoding }),
    classes,
    input: { width, height, layout, type, colour, scale, mean, std, ...(extra && { extra }) },
    batchSizes: [1],
    scoreThresholds: scoreThresholds(manifest, classes, model),
    iouThreshold: model.iouThreshold,
    maxDetections: model.maxDetections,
    session: {
      providers: detector.providers,
      intraOpThreads: detector.intraOpThreads,
      arena: detector.arena,
      memoryPattern: detector.memoryPattern,
      spinning: detector.spinning,
      binding: detector.binding ?? null,
    },
  };
}

/**
 * The same request with boxes down to `trackScore`, too weak to be reported: they tell that a vehicle known before is still
 * there. A class that is not to be reported stays out.
 */
export function withWeakBoxes(request: LoadRequest, trackScore: number): LoadRequest {
  const scoreThresholds = request.scoreThresholds.map((score) =>
    score === NEVER ? NEVER : Math.min(score, trackScore),
  );
  return { ...request, scoreThresholds };
}

/**
 * The same request with boxes of a class that is not to be reported, from a score on: whoever asks for them gives no others to anybody
 * else. A model without the class stays as it is.
 */
export function withHiddenClass(request: LoadRequest, name: string, score: number): LoadRequest {
  const index = classNamed(name, request.classes);
  if (index < 0) return request;
  const scoreThresholds = request.scoreThresholds.map((own, i) => (i === index ? Math.min(own, score) : own));
  return { ...request, scoreThresholds };
}

function scoreThresholds(manifest: Manifest, classes: readonly string[], model: ModelConfig): number[] {
  const reported = new Set(model.classes ?? manifest.report ?? manifest.classes);
  const own = new Map(Object.entries(model.classThresholds));
  return classes.map((name) => (reported.has(name) ? (own.get(name) ?? model.scoreThreshold) : NEVER));
}

/** A class that a variant was made without can have a threshold of its own, but cannot be asked for. */
function checkClasses(manifest: Manifest, variant: Variant, model: ModelConfig): void {
  const problems: string[] = [];
  const check = (path: string, name: string) => {
    if (manifest.classes.includes(name)) return true;
    const near = didYouMean(name, manifest.classes);
    const hint = near ? `; did you mean "${near}"?` : '';
    problems.push(
      `${path}: expected a class of ${manifest.name} (${classList(manifest.classes)}), got "${name}"${hint}`,
    );
    return false;
  };
  for (const [index, name] of model.classes?.entries() ?? []) {
    const path = `model.classes.${index}`;
    if (!check(path, name) || !variant.classes || variant.classes.includes(name)) continue;
    problems.push(
      `${path}: expected a class that variant ${variant.id} was made with (${classList(variant.classes)}), got "${name}"; choose another model.variant for it`,
    );
  }
  for (const name of Object.keys(model.classThresholds)) check(`model.classThresholds.${name}`, name);
  if (problems.length > 0) throw new ConfigError(`the configuration does not fit model ${manifest.name}`, problems);
}

/** At most ten names: enough to see what kind of names they are. */
function classList(classes: readonly string[]): string {
  return classes.length <= 10 ? classes.join(', ') : `${classes.slice(0, 10).join(', ')}, … ${classes.length} in all`;
}
