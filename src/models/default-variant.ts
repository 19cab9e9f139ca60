import { readCpuFeatures } from '../board/cpu-features.js';
import type { ProviderName } from '../config/config.js';
import type { Variant } from './manifest.js';

/** What decides which variant of a model suits. */
export interface Host {
  /** The execution provider that is wanted first. */
  readonly provider: ProviderName;
  /** Extensions of the processor, as `readCpuFeatures` lists them. */
  readonly cpuFlags: string;
}

/** Products of bytes added in 32 bits: VNNI on x86, the dot product extension on ARM. */
const DOT_PRODUCT = /\b(avx_vnni|avx512_vnni|asimddp|dotprod|i8mm)\b/;

/** @param root `/`; tests give others */
export function hostOf(provider: ProviderName, root = '/'): Host {
  return { provider, cpuFlags: readCpuFeatures(root).flags };
}

export function hasDotProduct({ cpuFlags }: Host): boolean {
  return DOT_PRODUCT.test(cpuFlags);
}

/** Precisions from the one that keeps a model's numbers to the one that may lose them. */
const FAITHFUL: readonly Variant['precision'][] = ['fp32', 'fp16', 'int8'];

/** The first variant that suits; where none does, the first, which is better than none. */
export function defaultVariant(variants: readonly Variant[], host: Host): Variant {
  return variants.find((variant) => suits(variant, host)) ?? variants[0]!;
}

/**
 * Those that may take over from a variant that is of no use, the most faithful first: other files that suit the host.
 *
 * @param id of the variant that is of no use
 */
export function substitutes(variants: readonly Variant[], id: string, host: Host): readonly Variant[] {
  const useless = variants.find((variant) => variant.id === id);
  return variants
    .filter((variant) => variant.sha256 !== useless?.sha256 && variant.id !== id && suits(variant, host))
    .sort((a, b) => FAITHFUL.indexOf(a.precision) - FAITHFUL.indexOf(b.precision));
}

/** What a variant needs and the host's processor lacks; null where it has all. */
export function lacking({ needs }: Pick<Variant, 'needs'>, host: Host): NonNullable<Variant['needs']> | null {
  return needs === undefined || hasDotProduct(host) ? null : needs;
}

/** Whether a variant was made for the host's provider, and its processor has what it needs. */
export function suits(variant: Variant, host: Host): boolean {
  const { providers } = variant;
  return (!providers || providers.includes(host.provider)) && lacking(variant, host) === null;
}
