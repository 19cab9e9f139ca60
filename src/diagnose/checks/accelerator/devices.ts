import type { ProviderName } from '../../../config/config.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { boardFinding } from './board.js';
import { openerAt } from './device-access.js';
import { judgeJetsonGpu, readJetsonGpu } from './jetson-gpu.js';
import { judgeNeuralUnit, readNeuralUnits } from './neural-units.js';
import { isSurelyWithoutNvidia, judgeNvidiaCard, readNvidiaCard } from './nvidia-card.js';
import { judgeRenderNode, readRenderNodes } from './render-nodes.js';
import { wantedOfNvidia, wantedProviders } from './wanted-providers.js';

/** Which accelerators are there, with their drivers, and whether the program may use those that it is to use. */
export const devicesCheck = (): Check => ({
  ground: 'accelerator',
  name: 'devices',
  deadlineMs: 2000,
  async run(patient) {
    const findings = [...nvidiaFindings(patient), ...otherFindings(patient)];
    return findings.length > 0 ? findings : [found('fine', 'accelerator-none')];
  },
});

/** Providers that cannot run for a reason that lies in the machine, or are those of another board: it is told there, once. */
export function hinderedProviders(patient: Patient): ReadonlySet<ProviderName> {
  const isHindered = [...nvidiaFindings(patient), boardFinding(patient)].some(
    ({ condition }) => condition === 'degraded' || condition === 'broken',
  );
  return new Set(isHindered ? ['tensorrt', 'cuda'] : []);
}

function nvidiaFindings({ config, root, running }: Patient): Finding[] {
  const wanted = wantedProviders(config);
  const opener = openerAt(root, running?.pid ?? null);
  const jetson = readJetsonGpu(root);
  if (jetson !== null) return judgeJetsonGpu(root, jetson, wanted, opener);
  const card = readNvidiaCard(root);
  if (card !== null) return judgeNvidiaCard(root, card, wanted, opener);
  const provider = wantedOfNvidia(wanted);
  if (provider === null || !isSurelyWithoutNvidia(root)) return [];
  const condition = wanted.withoutFallback.includes(provider) ? 'broken' : 'degraded';
  return [found(condition, 'accelerator-absent', { provider }, provider)];
}

function otherFindings({ config, root, running }: Patient): Finding[] {
  const wanted = wantedProviders(config);
  const opener = openerAt(root, running?.pid ?? null);
  return [
    ...readRenderNodes(root).map((node) => judgeRenderNode(root, node, wanted, opener)),
    ...readNeuralUnits(root).map((unit) => judgeNeuralUnit(root, unit, wanted, opener)),
  ];
}
