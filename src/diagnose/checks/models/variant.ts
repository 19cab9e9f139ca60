import { ModelError } from '../../../foundation/errors.js';
import { lacking } from '../../../models/default-variant.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { type UsedModel, usedModels } from './used-models.js';

/** Share of the fp32 model's accuracy that a variant is to keep, as `models optimize` demands it. */
const LEAST_KEPT = 0.97;

/** Whether the variant that is used suits this device, and was measured to answer as well as the model it was made of. */
export const modelVariantCheck = (): Check => ({
  ground: 'models',
  name: 'variant',
  deadlineMs: 3000,
  async run({ config, root }) {
    try {
      const { used } = await usedModels(config, root);
      return used.flatMap(judgeVariant);
    } catch (error) {
      // the check of the files says it
      if (error instanceof ModelError) return [];
      throw error;
    }
  },
});

/** What there is to be said of one variant; pure. */
export function judgeVariant({ entry, host }: Pick<UsedModel, 'entry' | 'host'>): Finding[] {
  const { manifest, variant } = entry;
  const values = { model: manifest.name, variant: variant.id };
  const findings: Finding[] = [];
  const needs = lacking(variant, host);
  if (needs !== null) findings.push(found('degraded', 'variant-lacks', { ...values, needs }, variant.id));
  const { providers } = variant;
  if (providers !== undefined && !providers.includes(host.provider)) {
    const made = { ...values, made: providers.join(', '), provider: host.provider };
    findings.push(found('degraded', 'variant-other-provider', made, variant.id));
  }
  const kept = variant.accuracy?.relativeToFp32 ?? null;
  const percent = kept === null ? null : Math.round(kept * 1000) / 10;
  if (percent === null && variant.precision !== 'fp32') {
    findings.push(found('unknown', 'variant-unmeasured', values, variant.id));
  }
  if (kept !== null && percent !== null && kept < LEAST_KEPT) {
    findings.push(found('degraded', 'variant-inaccurate', { ...values, percent, least: LEAST_KEPT * 100 }, variant.id));
  }
  if (findings.length > 0) return findings;
  const size = `${variant.width}×${variant.height}`;
  if (percent === null) return [found('fine', 'variant-fits', { ...values, size }, variant.id)];
  return [found('fine', 'variant-fine', { ...values, size, percent }, variant.id)];
}
