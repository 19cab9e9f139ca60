import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { DetectorState } from './supervised-detector.js';

export const DETECTOR_UNHEALTHY: AlertDeclaration = {
  code: 'detector-unhealthy',
  severities: ['warning', 'critical'],
  help: 'Detector workers that ended again and again are tried only every `detector.slowRetryMs`; critical where none serves.',
  action:
    'Read in the log why the workers end, and use another variant or provider of the model where it is the model.',
};

export const DETECTOR_MEMORY: AlertDeclaration = {
  code: 'detector-memory',
  severities: ['warning'],
  help: 'There was no memory for what the detector was to do: it takes fewer pictures at once, a smaller variant or fewer workers, until the model is changed or the program starts anew.',
  action: 'Give the program more memory or fewer workers, or set model.variant to what answers now.',
};

/** Looks at all workers: none of them serving any more is an alert, one of several is too. */
export function unhealthyDetectors(states: readonly DetectorState[]): Alert | null {
  const reasons = states.flatMap((state) => (state.kind === 'unhealthy' ? [state.reason] : []));
  if (reasons.length === 0) return null;
  return {
    severity: reasons.length === states.length ? 'critical' : 'warning',
    message: `${reasons.length} of ${states.length} detector workers are unhealthy and tried only now and then: ${reasons[0]}`,
  };
}
