import type { RuntimeLook } from '../../../detect/runtime-look.js';
import type { RuntimeStatus } from '../../../runtime/status.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { type DetectorTrial, detectorTrial } from '../detector/detector-trial.js';
import { hinderedProviders } from './devices.js';
import { missingLibraries } from './missing-libraries.js';
import { refusedProviders } from './refused-provider.js';
import { runtimeOf } from './runtime-of.js';
import { wantedProviders } from './wanted-providers.js';

/**
 * Which providers ONNX Runtime has, and which one really computes the model: the worker reads that from a profile of its
 * first run. Beside the running program that one is asked, and nothing is opened on its accelerator.
 */
export const providersCheck = (): Check => ({
  ground: 'accelerator',
  name: 'providers',
  deadlineMs: 7000,
  async run(patient, signal) {
    // a worker of somebody's own brings what it computes with
    if (wantedProviders(patient.config).providers.length === 0) return [];
    const look = await runtimeOf(patient, signal);
    const all = judgeRuntime(look, patient.config.detector.binding ?? 'onnxruntime-node');
    if (look.failure !== null) return all;
    const ran = patient.running === null ? await ofTrial(patient, signal) : await ofProgram(patient, signal);
    return [...all, ...ran];
  },
});

/** What there is to be said of an ONNX Runtime; pure. @param binding where it is taken from */
function judgeRuntime({ runtime, providers, failure }: RuntimeLook, binding: string): Finding[] {
  if (failure !== null) return [found('broken', 'runtime-fails', { binding, reason: failure })];
  return [found('fine', 'providers-there', { runtime: runtime ?? binding, providers: providers.join(', ') })];
}

async function ofTrial(patient: Patient, signal: AbortSignal): Promise<Finding[]> {
  const findings = judgeProviders(await detectorTrial(patient, signal), hinderedProviders(patient));
  return Promise.all(findings.map((finding) => missingLibraries(finding, patient, signal)));
}

/** What there is to be said of the providers that were tried; pure. */
function judgeProviders(
  { crashed, answer }: Pick<DetectorTrial, 'crashed' | 'answer'>,
  hindered: ReturnType<typeof hinderedProviders>,
): Finding[] {
  const crashes = crashed.map(({ provider, how }) =>
    found('broken', 'provider-crashes', { provider, reason: how }, provider),
  );
  if (answer === null) return crashes;
  const { info } = answer;
  const ms = Math.round(answer.inferMs * 10) / 10;
  const runs = { provider: info.provider, model: info.model, variant: info.variant, ms };
  return [
    ...crashes,
    info.provider.endsWith('(not verified)')
      ? found('unknown', 'provider-unproved', runs)
      : found('fine', 'provider-runs', runs),
    ...refusedProviders(info.refused, info.provider, hindered),
  ];
}

async function ofProgram(patient: Patient, signal: AbortSignal): Promise<Finding[]> {
  const status = (await patient.running?.ask('/api/status', signal)) as RuntimeStatus | null;
  if (!status || status.provider === null) return [found('unknown', 'provider-unasked')];
  const findings = judgeServing(status, hinderedProviders(patient));
  return Promise.all(findings.map((finding) => missingLibraries(finding, patient, signal)));
}

/** What the running program says of its providers; pure. */
export function judgeServing(
  {
    provider,
    refusedProviders: refusals,
    model,
    variant,
  }: Pick<RuntimeStatus, 'provider' | 'refusedProviders' | 'model' | 'variant'>,
  hindered: ReturnType<typeof hinderedProviders>,
): Finding[] {
  const used = provider ?? '?';
  const refused = refusals.map((text) => {
    const colon = text.indexOf(': ');
    return { provider: text.slice(0, colon) as RefusedName, reason: text.slice(colon + 2) };
  });
  return [
    found('fine', 'provider-serves', { provider: used, model, variant }),
    ...refusedProviders(refused, used, hindered),
  ];
}

type RefusedName = Parameters<typeof refusedProviders>[0][number]['provider'];
