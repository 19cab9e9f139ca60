import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';

export const MODEL_REPLACED: AlertDeclaration = {
  code: 'model-replaced',
  severities: ['warning'],
  help: 'The variant of the model in use reported nothing that could be true, or what the program was to begin with cannot be loaded: another one answers until the program starts anew or the model is changed.',
  action: 'Make or fetch the one that was replaced anew, or set model.name and model.variant to what answers.',
};

/**
 * @param was model and variant that were of no use
 * @param reason what was seen of it
 */
export function modelReplaced(was: string, variant: string, reason: string): Alert {
  return {
    severity: 'warning',
    message: `${was} is of no use (${reason}): ${variant} answers instead; set model.variant to it, and make or fetch the other one anew`,
  };
}

/**
 * @param was model and variant that the program was to begin with
 * @param is model and variant that answers
 * @param reason why the first cannot be loaded
 */
export function modelNotLoaded(was: string, is: string, reason: string): Alert {
  return { severity: 'warning', message: `${was} cannot be loaded (${reason}): ${is} answers instead` };
}
