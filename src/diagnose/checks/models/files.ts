import { explain, ModelError } from '../../../foundation/errors.js';
import type { ModelRegistry } from '../../../models/registry.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { type UsedModel, usedModels } from './used-models.js';

/** Whether the files of the models are there and are those that the manifests mean. */
export const modelFilesCheck = (): Check => ({
  ground: 'models',
  name: 'files',
  deadlineMs: 8000,
  async run({ config, root }, signal) {
    try {
      const { registry, used } = await usedModels(config, root);
      const findings = [...(await wrongFiles(registry, used, signal)), ...brokenManifests(registry)];
      return findings.length > 0 ? findings : [fine(used)];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return [found('broken', 'model-missing', { dir: config.model.dir, reason: firstLine(explain(error)) })];
    }
  },
});

/** Of a used variant it is the end; of others of its model, to which the tuning may change, it is a way less. */
async function wrongFiles(
  registry: ModelRegistry,
  used: readonly UsedModel[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { entry } of used) {
    const reason = await registry.problemOf(entry);
    if (reason === null) continue;
    const { manifest, variant } = entry;
    findings.push(
      found('broken', 'model-file-wrong', { model: manifest.name, variant: variant.id, reason }, variant.id),
    );
  }
  const manifest = used[0]?.entry.manifest;
  const looked = new Set(used.map(({ entry }) => entry.variant.file));
  for (const variant of manifest?.variants ?? []) {
    if (signal.aborted) break;
    // several variants are one file at several sizes
    if (looked.has(variant.file)) continue;
    looked.add(variant.file);
    const reason = await registry.problemOf({ manifest: manifest!, variant });
    if (reason === null) continue;
    const values = { model: manifest!.name, variant: variant.id, reason };
    findings.push(found('degraded', 'model-spare-wrong', values, variant.id));
  }
  return findings;
}

/** Of models that are not used: those that are end in `model-missing`. */
function brokenManifests(registry: ModelRegistry): Finding[] {
  return registry.list().flatMap(({ name, problem }) => {
    if (problem === null) return [];
    return [found('degraded', 'model-manifest-broken', { model: name, reason: firstLine(problem, 3) }, name)];
  });
}

function fine(used: readonly UsedModel[]): Finding {
  const { manifest } = used[0]!.entry;
  return found('fine', 'model-files-fine', {
    model: manifest.name,
    variant: used.map(({ entry }) => entry.variant.id).join(', '),
  });
}

/** Of a message of several lines, so many of them as one. */
const firstLine = (text: string, most = 1): string =>
  text
    .split('\n')
    .slice(0, most)
    .map((line) => line.trim())
    .join(' ');
