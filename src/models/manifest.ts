import { isAbsolute } from 'node:path';
import { PROVIDERS } from '../config/sections/detector.js';
import { BACKGROUNDS, BOX_ORDERS, COORDINATES, ROW_ORDERS, SCORE_KINDS } from '../detect/decoding.js';
import { FAMILIES, OUTPUTS } from '../detect/detector.js';
import { familyNamed } from '../detect/family-names.js';
import { ModelError } from '../foundation/errors.js';
import { didYouMean, z } from '../foundation/validate.js';

/** What may be a model's folder, and so its name. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const channel = z.number().min(-1e6).max(1e6);
const side = z.int().min(8).max(8192);
const size = z.union([side, z.literal('dynamic')]);
const line = z.string().min(1).max(1000);
const classes = z.array(z.string().min(1).max(64)).min(1).max(10_000);

const extra = z.strictObject({
  name: line,
  values: z
    .array(z.union([z.number().min(-1e9).max(1e9), z.enum(['width', 'height'])]))
    .min(1)
    .max(64)
    .readonly(),
});

const input = z
  .strictObject({
    layout: z.enum(['nchw', 'nhwc']),
    type: z.enum(['float32', 'float16', 'uint8']),
    colour: z.enum(['rgb', 'bgr']),
    scale: z.number().positive().max(1e6).default(1),
    mean: z.tuple([channel, channel, channel]).default([0, 0, 0]),
    std: z.tuple([channel, channel, channel]).default([1, 1, 1]),
    width: size,
    height: size,
    multipleOf: z.int().min(1).max(1024).default(1),
    extra: z.array(extra).min(1).max(8).readonly().optional(),
  })
  .refine(({ std }) => std.every((value) => value > 0), { path: ['std'], error: 'expected three numbers above 0' });

const decoding = z.strictObject({
  boxes: z.enum(BOX_ORDERS).optional(),
  coordinates: z.enum(COORDINATES).optional(),
  scores: z.enum(SCORE_KINDS).optional(),
  objectness: z.boolean().optional(),
  background: z.enum(BACKGROUNDS).optional(),
  order: z.enum(ROW_ORDERS).optional(),
  extra: z.int().min(0).max(10_000).optional(),
  overlapping: z.boolean().optional(),
});

const location = line.refine((file) => locationProblem(file) === null, {
  error: "expected a file inside the model's folder",
});
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
const externalData = z.strictObject({ file: location, bytes: z.int().min(1), sha256 });

/** A number that holds for any model: only those of one measure on one set are compared. */
const absolute = z.strictObject({ metric: line, set: line, value: z.number().min(0).max(1) });

const accuracy = z.strictObject({
  metric: line,
  relativeToFp32: z.number().min(0).max(2),
  absolute: z.array(absolute).min(1).max(20).optional(),
});

const variant = z.strictObject({
  id: z.string().regex(MODEL_NAME, 'expected 1 to 63 letters, digits, ., - or _'),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  width: side,
  height: side,
  file: location,
  sha256,
  bytes: z.int().min(1),
  externalData: z.array(externalData).min(1).max(1000).optional(),
  input: input.optional(),
  output: z.enum(OUTPUTS).optional(),
  classes: classes.optional(),
  providers: z.array(z.enum(PROVIDERS)).min(1).optional(),
  needs: z.enum(['int8-dot-product']).optional(),
  accuracy: accuracy.nullable(),
  madeBy: line,
});

const manifestSchema = z
  .strictObject({
    name: z.string().regex(MODEL_NAME, 'expected 1 to 63 letters, digits, ., - or _'),
    description: line,
    family: z.preprocess((name) => (typeof name === 'string' ? (familyNamed(name) ?? name) : name), z.enum(FAMILIES)),
    decoding: decoding.optional(),
    licence: line,
    origin: line,
    classes,
    report: z.array(z.string()).min(1).optional(),
    input,
    variants: z.array(variant).min(1).max(1000),
  })
  .superRefine((manifest, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined });
    checkUnique(manifest.classes, (at) => problem(['classes', at], 'expected each class once'));
    checkUnique(
      manifest.variants.map(({ id }) => id),
      (at) => problem(['variants', at, 'id'], 'expected each id once'),
    );
    for (const [at, name] of manifest.report?.entries() ?? []) {
      if (!manifest.classes.includes(name)) problem(['report', at], `expected one of classes, got "${name}"`);
    }
    for (const [at, variant] of manifest.variants.entries()) {
      const { width, height, multipleOf } = variant.input ?? manifest.input;
      if (!allows(width, variant.width, multipleOf)) {
        problem(['variants', at, 'width'], `expected ${sizeText(width, 'width', multipleOf)}, got ${variant.width}`);
      }
      if (!allows(height, variant.height, multipleOf)) {
        problem(
          ['variants', at, 'height'],
          `expected ${sizeText(height, 'height', multipleOf)}, got ${variant.height}`,
        );
      }
      checkVariantClasses(manifest, variant.classes, (message, ...path) =>
        problem(['variants', at, 'classes', ...path], message),
      );
    }
  });

/** Why a file that a model or its manifest names cannot be taken for one inside its folder; null where it can. */
export function locationProblem(file: string): string | null {
  if (file === '' || file === '.') return 'is no name';
  const outside = isAbsolute(file) || file.includes('\\') || file.split('/').includes('..');
  return outside ? "leads out of the model's folder" : null;
}

/** How right a variant is by itself, on a set of pictures. */
export type AbsoluteAccuracy = z.infer<typeof absolute>;
/** One way to run a model: a file at one input size. */
export type Variant = z.infer<typeof variant>;
/** How a model's input tensor is made of a picture's bytes, and the sizes it takes. */
export type ManifestInput = z.infer<typeof input>;
/** `models/<name>/model.json`, checked, with defaults filled in; see docs/models.md for every key. */
export type Manifest = z.infer<typeof manifestSchema>;
/** What a manifest may leave out is optional here. */
export type ManifestSource = z.input<typeof manifestSchema>;

const KEYS = [manifestSchema, decoding, input, extra, externalData, variant, accuracy, absolute].flatMap((schema) =>
  Object.keys(schema.shape),
);

/**
 * @param text the JSON
 * @param where file name for messages
 * @throws ModelError with every problem, one per line
 */
export function parseManifest(text: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${where} is not JSON`, { file: where }, error);
  }
  return checkManifest(value, where);
}

/** @throws ModelError as `parseManifest` does */
export function checkManifest(value: unknown, where: string): Manifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.join('.') || 'manifest';
    if (issue.code !== 'unrecognized_keys') return `${path}: ${issue.message}`;
    return `${path}: unknown key ${issue.keys.map(suggest).join(', ')}`;
  });
  throw new ModelError(`${where} is not a valid model manifest:\n${problems.map((p) => `  ${p}`).join('\n')}`, {
    file: where,
  });
}

function suggest(key: string): string {
  const known = didYouMean(key, KEYS);
  return known ? `"${key}" (did you mean "${known}"?)` : `"${key}"`;
}

function checkUnique(names: readonly string[], twice: (index: number) => void): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) twice(index);
    seen.add(name);
  }
}

function allows(allowed: number | 'dynamic', value: number, multipleOf: number): boolean {
  return allowed === 'dynamic' ? value % multipleOf === 0 : value === allowed;
}

function sizeText(allowed: number | 'dynamic', side: 'width' | 'height', multipleOf: number): string {
  return allowed === 'dynamic' ? `a multiple of ${multipleOf}` : `input.${side} (${allowed})`;
}

/** A variant's classes are some of the model's, and one that is reported by default among them. */
function checkVariantClasses(
  model: { readonly classes: readonly string[]; readonly report?: readonly string[] | undefined },
  names: readonly string[] | undefined,
  problem: (message: string, ...path: number[]) => void,
): void {
  if (!names) return;
  checkUnique(names, (at) => problem('expected each class once', at));
  for (const [at, name] of names.entries()) {
    if (!model.classes.includes(name)) problem(`expected one of the model's classes, got "${name}"`, at);
  }
  if (model.report && !model.report.some((name) => names.includes(name))) problem('expected one of report among them');
}
