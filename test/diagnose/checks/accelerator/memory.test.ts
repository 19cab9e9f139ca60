import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import type { Patient } from '../../../../src/diagnose/check.js';
import { acceleratorMemoryCheck } from '../../../../src/diagnose/checks/accelerator/memory.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';
import { MachineTree } from './machine-tree.js';

const test = suite('accelerator memory');

/** @param answer of nvidia-smi */
function look(answer: string | null, changes: Partial<Patient> = {}) {
  // a model that is not there is not tried, and needs what is usual
  const { config } = loadConfig({ env: { EDGE_MODEL_NAME: 'roadside-x', EDGE_DETECTOR_PROVIDERS: 'cuda,webgpu,cpu' } });
  const { root } = new MachineTree().card('0x10de', 'nvidia').nvidia();
  return findingsOf(
    acceleratorMemoryCheck(async () => answer),
    patientAt(root, { config, ...changes }),
  );
}

test('a card with room is fine', async () => {
  const findings = await look('0, 512, 12288\n');
  assert.equal(told(findings), ['fine accelerator-memory-fine']);
  assert.equal(findings[0]?.values, { card: 'nvidia0', free: 11776, total: 12288 });
});

test('a card that somebody else has filled is told before the program asks for it', async () => {
  const findings = await look('0, 11900, 12288\n1, 0, 12288\n');
  assert.equal(told(findings), ['degraded accelerator-memory-low', 'fine accelerator-memory-fine']);
  assert.match(remedyOf(findings)!, /^See who holds it \(nvidia-smi\)/);
});

test('what the running program holds is its own', async () => {
  assert.equal(told(await look('0, 11000, 12288\n', { running: runningAs(77) })), ['fine accelerator-memory-fine']);
  assert.equal(told(await look('0, 12200, 12288\n', { running: runningAs(77) })), ['degraded accelerator-memory-full']);
});

test('a card that shares the memory of the machine, and one that does not answer, are no cards of their own', async () => {
  assert.equal(told(await look('0, [N/A], [N/A]\n')), []);
  assert.equal(told(await look(null)), []);
});

test('a card of AMD tells in its files', async () => {
  const { root } = new MachineTree({
    'sys/class/drm/card0/device/mem_info_vram_used': '8500000000\n',
    'sys/class/drm/card0/device/mem_info_vram_total': '8573157376\n',
  });
  assert.equal(told(await look(null, { root })), ['degraded accelerator-memory-low']);
});

test("a full card that no provider is for is nobody's concern", async () => {
  const { config } = loadConfig({ env: { EDGE_DETECTOR_PROVIDERS: 'cpu' } });
  assert.equal(await look('0, 11900, 12288\n', { config }), []);
});

test.run();
