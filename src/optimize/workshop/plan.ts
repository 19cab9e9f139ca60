import type { ProviderName } from '../../config/config.js';
import type { Variant } from '../../models/manifest.js';
import type { Int8Scheme } from '../passes.js';

/** Where the variants are to run. */
export const TARGETS = ['cpu', 'cuda', 'tensorrt', 'arm'] as const;
export type Target = (typeof TARGETS)[number];

/** What can be asked for by name (`--only`). */
export const KINDS = ['int8', 'fused', 'fp16', 'pruned', 'sizes'] as const;
export type Kind = (typeof KINDS)[number];

/** How a variant is made: its steps in this order, each only where it is said. */
export interface VariantRecipe {
  /** First part of the variant's id and of its file's name. */
  readonly name: string;
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /** Filters taken out, at the largest ratio that keeps the accuracy. */
  readonly pruned: boolean;
  readonly int8: Int8Scheme | null;
  readonly fp16: boolean;
  /** uint8 NHWC input with the normalisation in the graph, and an output of candidates. */
  readonly fused: boolean;
  /** All of them must be asked for. */
  readonly kinds: readonly Kind[];
}

/** Ratios of filters that structured pruning tries; the last before the accuracy is lost is taken. */
export const PRUNE_RATIOS = [0.1, 0.2, 0.3, 0.4, 0.5] as const;

/** Sizes that are offered for a model of dynamic size, in pixels: those of a 16:9 camera. */
const USUAL_SIZES: readonly Size[] = [
  { width: 320, height: 192 },
  { width: 416, height: 256 },
  { width: 512, height: 320 },
  { width: 640, height: 384 },
];

export interface Size {
  readonly width: number;
  readonly height: number;
}

function recipe(name: string, precision: VariantRecipe['precision'], change: Partial<VariantRecipe>): VariantRecipe {
  return { name, precision, pruned: false, int8: null, fp16: false, fused: false, kinds: [], ...change };
}

const FUSED_FP32 = recipe('fp32-fused', 'fp32', { fused: true, kinds: ['fused'] });

const RECIPES: Readonly<Record<Target, readonly VariantRecipe[]>> = {
  cpu: [
    FUSED_FP32,
    recipe('int8', 'int8', { int8: 'cpu', kinds: ['int8'] }),
    recipe('int8-fused', 'int8', { int8: 'cpu', fused: true, kinds: ['int8', 'fused'] }),
    recipe('pruned-int8-fused', 'int8', { pruned: true, int8: 'cpu', fused: true, kinds: ['pruned'] }),
  ],
  arm: [
    FUSED_FP32,
    recipe('int8-arm', 'int8', { int8: 'arm', kinds: ['int8'] }),
    recipe('int8-arm-fused', 'int8', { int8: 'arm', fused: true, kinds: ['int8', 'fused'] }),
    recipe('pruned-int8-arm-fused', 'int8', { pruned: true, int8: 'arm', fused: true, kinds: ['pruned'] }),
  ],
  cuda: [
    FUSED_FP32,
    recipe('fp16', 'fp16', { fp16: true, kinds: ['fp16'] }),
    recipe('fp16-fused', 'fp16', { fp16: true, fused: true, kinds: ['fp16', 'fused'] }),
  ],
  tensorrt: [recipe('int8-tensorrt', 'int8', { int8: 'tensorrt', kinds: ['int8'] })],
};

/** Execution providers that what was made for a target suits: on others it may be slower than fp32, or not run. */
const SUITS: Readonly<Record<Target, readonly ProviderName[]>> = {
  cpu: ['cpu'],
  arm: ['cpu'],
  cuda: ['cuda', 'tensorrt', 'webgpu'],
  tensorrt: ['tensorrt'],
};

/** The providers that a variant of a target is for; undefined: any, as of every fp32 graph. */
export function providersFor({ precision }: VariantRecipe, target: Target): ProviderName[] | undefined {
  return precision === 'fp32' ? undefined : [...SUITS[target]];
}

/**
 * What a variant needs of a processor. One in int8 was judged here: without dot products of bytes, sums overflow on x86 and
 * it is slower than fp32 on ARM.
 */
export function needsOf({ int8 }: VariantRecipe, target: Target, hasDotProduct: boolean): Variant['needs'] {
  return int8 !== null && SUITS[target].includes('cpu') && hasDotProduct ? 'int8-dot-product' : undefined;
}

/** The recipes of a target, or those of them that were asked for. @param only null: all */
export function recipesFor(target: Target, only: readonly Kind[] | null): readonly VariantRecipe[] {
  return RECIPES[target].filter(({ kinds }) => only === null || kinds.every((kind) => only.includes(kind)));
}

/** The kinds that a target knows, for messages. */
export function kindsOf(target: Target): readonly Kind[] {
  const known = new Set(RECIPES[target].flatMap(({ kinds }) => kinds));
  return KINDS.filter((kind) => kind === 'sizes' || known.has(kind));
}

/** What a manifest says of sizes. */
export interface SizeRule {
  readonly width: number | 'dynamic';
  readonly height: number | 'dynamic';
  readonly multipleOf: number;
}

/** null, or why a model cannot run at a size. */
export function sizeProblem({ width, height }: Size, rule: SizeRule): string | null {
  const bad = (value: number, allowed: number | 'dynamic') =>
    allowed === 'dynamic' ? value % rule.multipleOf !== 0 : value !== allowed;
  if (!bad(width, rule.width) && !bad(height, rule.height)) return null;
  const text = (allowed: number | 'dynamic') =>
    allowed === 'dynamic' ? `a multiple of ${rule.multipleOf}` : `${allowed}`;
  return `${width}x${height} does not fit the model: its width must be ${text(rule.width)}, its height ${text(rule.height)}`;
}

/** The sizes to offer besides the default one: those wanted, or the usual ones that the model takes. */
export function otherSizes(rule: SizeRule, standard: Size, wanted: readonly Size[] | null): readonly Size[] {
  const dynamic = rule.width === 'dynamic' && rule.height === 'dynamic';
  const candidates = wanted ?? (dynamic ? USUAL_SIZES.filter((size) => sizeProblem(size, rule) === null) : []);
  const unlike = candidates.filter(({ width, height }) => width !== standard.width || height !== standard.height);
  return unlike.filter((size, at) => unlike.findIndex((other) => sizeText(other) === sizeText(size)) === at);
}

/** `416x256` */
export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** `int8-fused-416x256` */
export function variantId(recipeName: string, size: Size): string {
  return `${recipeName}-${sizeText(size)}`;
}

/**
 * Classes worth cutting out of the head: those nobody asked for, where they are most of them. A few stay: what they cost
 * is not measurable, and a site may want them one day. A box is its best class, so one cut out may come back as another
 * (a pedestrian as a motorcycle): the workshop compares the cut model with the whole before it goes on.
 *
 * @param asked the classes to keep, where somebody says so; null: the manifest's `report`
 * @returns indexes to keep, in order; null: all of them
 */
export function classesToKeep(
  classes: readonly string[],
  report: readonly string[] | undefined,
  asked: readonly string[] | null,
): readonly number[] | null {
  const wanted = asked ?? report;
  if (!wanted) return null;
  const keep = classes.flatMap((name, index) => (wanted.includes(name) ? [index] : []));
  if (keep.length === 0 || keep.length === classes.length) return null;
  return asked !== null || keep.length * 2 < classes.length ? keep : null;
}
