import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { devicesCheck, hinderedProviders } from '../../../../src/diagnose/checks/accelerator/devices.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';
import { MachineTree, GROUP as RENDER } from './machine-tree.js';

const test = suite('accelerator devices');

/** @param providers as the site's file has them */
function look({ root }: Pick<MachineTree, 'root'>, providers = 'cpu', env: NodeJS.ProcessEnv = {}) {
  const { config } = loadConfig({ env: { EDGE_DETECTOR_PROVIDERS: providers, ...env } });
  return findingsOf(devicesCheck(), patientAt(root, { config }));
}

test('a machine without any is as it should be', async () => {
  assert.equal(told(await look(new MachineTree())), ['fine accelerator-none']);
  assert.equal(told(await look({ root: join(PROJECT_ROOT, 'test/fixtures/boards/raspberry-pi-5') })), [
    'fine accelerator-none',
  ]);
});

test('a card with its driver and its nodes is fine, and is named', async () => {
  const findings = await look(new MachineTree().card('0x10de', 'nvidia').nvidia(), 'cuda,cpu');
  assert.equal(told(findings), ['fine nvidia-fine']);
  assert.equal(findings[0]?.values, { gpu: 'NVIDIA GeForce RTX 3060', driver: '550.90.07' });
});

test('a card that no provider is for is idle', async () => {
  const findings = await look(new MachineTree().card('0x10de', 'nvidia').nvidia());
  assert.equal(told(findings), ['degraded accelerator-idle']);
  assert.match(remedyOf(findings)!, /^Set detector\.providers: \[cuda, cpu\]/);
});

test('a card without driver, and one that nouveau or a virtual machine has', async () => {
  assert.equal(told(await look(new MachineTree().card('0x10de', null), 'cuda,cpu')), [
    'degraded nvidia-driver-missing',
  ]);
  const nouveau = await look(new MachineTree().card('0x10de', 'nouveau'), 'cuda');
  assert.equal(told(nouveau), ['broken nvidia-nouveau']);
  assert.match(remedyOf(nouveau)!, /sudo apt install nvidia-driver/);
  assert.equal(told(await look(new MachineTree().card('0x10de', 'vfio-pci'))), ['unknown nvidia-passed-on']);
});

test('a provider without any card is told as that; without a fallback no frame is answered', async () => {
  const tree = new MachineTree({ 'sys/bus/pci/devices/0000:00:00.0/class': '0x060000\n' });
  assert.equal(told(await look(tree, 'tensorrt,cuda,cpu')), ['degraded accelerator-absent']);
  assert.equal(told(await look(tree, 'cuda')), ['broken accelerator-absent']);
});

test('where the buses are hidden nothing is said of what is not there', async () => {
  assert.equal(told(await look(new MachineTree(), 'cuda,cpu')), ['fine accelerator-none']);
});

test('the card of the host is no fault of a container that does not ask for it', async () => {
  const container = () => new MachineTree({ '.dockerenv': '' }).card('0x10de', 'nvidia').nvidia('550.90.07', []);
  assert.equal(told(await look(container())), ['unknown nvidia-not-given']);
  const findings = await look(container(), 'cuda,cpu');
  assert.equal(told(findings), ['degraded nvidia-not-given']);
  assert.match(remedyOf(findings)!, /docker run --gpus all/);
});

test('a node that is not there is named', async () => {
  const tree = new MachineTree().card('0x10de', 'nvidia').nvidia('550.90.07', ['nvidia0', 'nvidiactl']);
  const findings = await look(tree, 'cuda,cpu');
  assert.equal(told(findings), ['degraded nvidia-node-missing']);
  assert.is(findings[0]?.values['node'], '/dev/nvidia-uvm');
});

test('a driver that was updated under a running machine wants a restart', async () => {
  const tree = new MachineTree().card('0x10de', 'nvidia').nvidia('550.90.07');
  tree.add({ 'usr/lib/x86_64-linux-gnu/libcuda.so.560.35.03': '' });
  const findings = await look(tree, 'cuda,cpu');
  assert.equal(told(findings), ['degraded nvidia-driver-mismatch']);
  assert.is(remedyOf(findings), 'Start the machine anew: sudo reboot');
});

test('a node that the user of the service may not open names the group that may', async () => {
  const tree = new MachineTree().card('0x10de', 'nvidia').nvidia().forbid('dev/nvidia0');
  const findings = await look(tree, 'cuda,cpu');
  assert.equal(told(findings), ['degraded device-refused']);
  assert.is(
    remedyOf(findings),
    'Make it a member and start the program anew: sudo usermod -aG render edge-optimizer && sudo systemctl restart edge-optimizer',
  );
});

test('where membership would not do, a rule for the node is told', async () => {
  const tree = new MachineTree().card('0x10de', 'nvidia').nvidia().forbid('dev/nvidia0');
  chmodSync(join(tree.root, 'dev/nvidia0'), 0o600);
  const findings = await look(tree, 'cuda,cpu');
  assert.equal(told(findings), ['degraded device-closed']);
  assert.match(remedyOf(findings)!, /KERNEL=="nvidia\*", GROUP="video"/);
});

test('a member of the group may open it', async () => {
  const tree = new MachineTree().card('0x10de', 'nvidia').nvidia().forbid('dev/nvidia0');
  tree.add({ 'etc/group': `render:x:${RENDER}:pi,edge-optimizer\n` });
  assert.equal(told(await look(tree, 'cuda,cpu')), ['fine nvidia-fine']);
});

const ORIN = {
  'proc/device-tree/compatible': 'nvidia,p3768-0000+p3767-0005\0nvidia,p3767-0005\0nvidia,tegra234\0',
  'etc/nv_tegra_release': '# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic\n',
};

test('a Jetson tells its JetPack, and which of its nodes is not there', async () => {
  const nodes = { 'dev/nvmap': '', 'dev/nvhost-ctrl-gpu': '' };
  const findings = await look(new MachineTree({ ...ORIN, ...nodes }), 'tensorrt,cuda,cpu');
  assert.equal(told(findings), ['fine jetson-fine']);
  assert.is(findings[0]?.values['release'], 'L4T R36 4.3 (JetPack 6)');
  const without = await look(new MachineTree(ORIN), 'tensorrt,cuda,cpu');
  assert.equal(told(without), ['degraded jetson-node-missing']);
  assert.is(without[0]?.values['node'], '/dev/nvmap');
});

const INTEL = { 'sys/class/drm/renderD128/device/vendor': '0x8086\n', 'dev/dri/renderD128': '' };

test('a GPU of Intel is missed only where it is asked for', async () => {
  const tree = new MachineTree(INTEL).forbid('dev/dri/renderD128');
  symlinkSync('../../../bus/pci/drivers/i915', join(tree.root, 'sys/class/drm/renderD128/device/driver'));
  const spare = await look(tree);
  assert.equal(told(spare), ['fine gpu-spare']);
  assert.equal(spare[0]?.values, { gpu: 'Intel', device: '/dev/dri/renderD128', driver: 'i915' });
  assert.equal(told(await look(tree, 'webgpu,cpu')), ['degraded device-refused']);
  const decoding = { EDGE_CAPTURE_FFMPEG_INPUT_ARGS: '["-hwaccel","vaapi"]' };
  assert.equal(told(await look(tree, 'cpu', decoding)), ['degraded device-refused']);
});

test('an NPU is spare until a worker of its own is there', async () => {
  const tree = new MachineTree({ 'dev/rknpu': '', 'proc/rknpu/version': 'RKNPU driver: v0.9.8\n' });
  const findings = await look(tree);
  assert.equal(told(findings), ['fine npu-spare']);
  assert.equal(findings[0]?.values, { unit: 'Rockchip NPU', device: '/dev/rknpu', version: '0.9.8' });
  tree.forbid('dev/rknpu');
  assert.equal(told(await look(tree, 'cpu', { EDGE_DETECTOR_COMMAND: '["./rknn-worker"]' })), [
    'degraded device-refused',
  ]);
});

test('providers of another board are hindered by that, which is told once', async () => {
  const { config } = loadConfig({ env: { EDGE_BOARD: 'jetson-orin-nano' } });
  const inRaspberry = patientAt(join(PROJECT_ROOT, 'test/fixtures/boards/raspberry-pi-5'), { config });
  assert.equal([...hinderedProviders(inRaspberry)], ['tensorrt', 'cuda']);
  assert.equal([...hinderedProviders(patientAt('/'))], []);
});

test.run();
