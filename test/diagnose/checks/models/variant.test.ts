import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeVariant, modelVariantCheck } from '../../../../src/diagnose/checks/models/variant.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import type { Host } from '../../../../src/models/default-variant.js';
import { ModelRegistry, type RegistryEntry } from '../../../../src/models/registry.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('model variant');

const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
const INT8 = await registry.find('roadside-n', 'int8-fused-416x256');
const NEW: Host = { provider: 'cpu', cpuFlags: 'avx2 avx512_vnni' };

/** The variant as a manifest would have it that says this of its accuracy. */
const keeping = (relativeToFp32: number | null): RegistryEntry => ({
  ...INT8,
  variant: { ...INT8.variant, accuracy: relativeToFp32 === null ? null : { metric: 'AP50', relativeToFp32 } },
});

test('the variant that the configuration takes on this machine suits it', async () => {
  assert.equal(told(await findingsOf(modelVariantCheck(), patientAt('/'))), ['fine variant-fine']);
});

test('an int8 variant on a processor without dot products is told', () => {
  const findings = judgeVariant({ entry: INT8, host: { provider: 'cpu', cpuFlags: 'avx2' } });
  assert.equal(told(findings), ['degraded variant-lacks']);
  assert.is(findings[0]?.values['needs'], 'int8-dot-product');
  assert.is(remedyOf(findings), 'Set model.variant: auto, which takes a variant that suits this processor.');
});

test('a variant for the processor on a GPU is told', () => {
  const findings = judgeVariant({ entry: INT8, host: { ...NEW, provider: 'cuda' } });
  assert.equal(told(findings), ['degraded variant-other-provider']);
  assert.is(
    remedyOf(findings),
    'Set model.variant: auto, or make variants for this device: edge-optimizer models optimize roadside-n',
  );
});

test('a variant that lost its accuracy, or was never measured', () => {
  const worse = judgeVariant({ entry: keeping(0.914), host: NEW });
  assert.equal(told(worse), ['degraded variant-inaccurate']);
  assert.equal(worse[0]?.values, { model: 'roadside-n', variant: 'int8-fused-416x256', percent: 91.4, least: 97 });
  assert.equal(told(judgeVariant({ entry: keeping(null), host: NEW })), ['unknown variant-unmeasured']);
  assert.equal(told(judgeVariant({ entry: keeping(0.98), host: NEW })), ['fine variant-fine']);
});

test.run();
