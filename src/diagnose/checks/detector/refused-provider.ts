import type { ProviderRefusal } from '../../../detect/detector.js';
import { type Finding, found } from '../../finding.js';

/** What stands in the reasons for which providers are refused, the more exact first. */
const CAUSES: readonly (readonly [RegExp, Finding['code']])[] = [
  [/this onnxruntime-node for .* has no/, 'provider-not-built'],
  [/lib[\w.+-]+\.so[\w.]*: cannot open shared object/, 'provider-library-missing'],
  [/Failed to load shared library|\.so\b.*(?:not found|cannot open)/, 'provider-libraries'],
  [/no CUDA-capable device|No supported adapters|CUDA_ERROR_NO_DEVICE|CUDA failure 100/i, 'provider-no-device'],
  [/driver version is insufficient|CUDA failure 35\b/i, 'provider-driver-old'],
  [/out of memory|failed to allocate/i, 'provider-memory'],
];

/**
 * That a provider of the configuration is not used, with what mends it; pure.
 *
 * @param used the provider that is used in its place
 */
export function refusedProvider({ provider, reason }: ProviderRefusal, used: string): Finding {
  const [, code] = CAUSES.find(([pattern]) => pattern.test(reason)) ?? [null, 'provider-refused' as const];
  const library = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object/.exec(reason)?.[1] ?? '';
  const values = { provider, used, reason };
  const isNamed = code === 'provider-library-missing';
  return found('degraded', code, isNamed ? { ...values, library } : values, provider);
}
