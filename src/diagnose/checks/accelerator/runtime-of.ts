import { lookAtRuntime } from '../../../detect/host/look-at-runtime.js';
import type { RuntimeLook } from '../../../detect/runtime-look.js';
import { firstPool } from '../../../runtime/detector/worker-pools.js';
import type { Patient } from '../../check.js';

const looks = new WeakMap<Patient, Promise<RuntimeLook>>();

/** The ONNX Runtime of the first pool, looked at once in a diagnosis. */
export function runtimeOf(patient: Patient, signal: AbortSignal): Promise<RuntimeLook> {
  const { binding, env } = firstPool(patient.config).detector;
  const begun = looks.get(patient) ?? lookAtRuntime({ binding, env }, signal);
  looks.set(patient, begun);
  return begun;
}
