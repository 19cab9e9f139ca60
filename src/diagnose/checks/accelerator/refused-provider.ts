import type { ProviderName } from '../../../config/config.js';
import type { ProviderRefusal } from '../../../detect/detector.js';
import { type Finding, found } from '../../finding.js';

/** What stands in the reasons for which providers are refused, the more exact first. */
const CAUSES: readonly (readonly [RegExp, Finding['code']])[] = [
  [/this onnxruntime-node for .* has no/, 'provider-not-built'],
  [/needs (?:lib[\w.+-]+\.so[\w.]*), which is not found/, 'provider-library-missing'],
  [/lib[\w.+-]+\.so[\w.]*: cannot open shared object/, 'provider-library-missing'],
  [/Failed to load shared library|\.so\b.*(?:not found|cannot open|is not in)/, 'provider-libraries'],
  [/no CUDA-capable device|No supported adapters|CUDA_ERROR_NO_DEVICE|CUDA failure 100/i, 'provider-no-device'],
  [/driver version is insufficient|CUDA failure 35\b/i, 'provider-driver-old'],
  [/out of memory|failed to allocate/i, 'provider-memory'],
];

/**
 * That providers of the configuration are not used, with what mends it: one finding for those that one cause has. Pure.
 *
 * @param used the provider that is used in their place
 * @param hindered those that cannot run for a reason that is told of the machine
 */
export function refusedProviders(
  refused: readonly ProviderRefusal[],
  used: string,
  hindered: ReadonlySet<ProviderName> = new Set(),
): Finding[] {
  const byCause = new Map<string, { readonly names: string[]; readonly finding: Finding }>();
  for (const refusal of refused) {
    const finding = hindered.has(refusal.provider)
      ? found('unknown', 'provider-hindered', { used, reason: refusal.reason })
      : refusedProvider(refusal, used);
    const cause = `${finding.code} ${finding.values['library'] ?? ''}`;
    const known = byCause.get(cause);
    if (known === undefined) byCause.set(cause, { names: [refusal.provider], finding });
    else known.names.push(refusal.provider);
  }
  return [...byCause.values()].map(({ names, finding }) => {
    const provider = names.join(', ');
    return { ...finding, subject: provider, values: { ...finding.values, provider } };
  });
}

function refusedProvider({ provider, reason }: ProviderRefusal, used: string): Finding {
  const [, code] = CAUSES.find(([pattern]) => pattern.test(reason)) ?? [null, 'provider-refused' as const];
  const library = /(lib[\w.+-]+\.so[\w.]*)(?:: cannot open shared object|, which is not found)/.exec(reason)?.[1] ?? '';
  const values = { provider, used, reason };
  return found('degraded', code, code === 'provider-library-missing' ? { ...values, library } : values, provider);
}
