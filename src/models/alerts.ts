import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';

export const MODEL_REPLACED: AlertDeclaration = {
  code: 'model-replaced',
  severities: ['warning'],
  help: 'The variant of the model in use reported nothing that could be true: another variant of it answers until the program starts anew or the model is changed.',
  action: 'Set model.variant to the one that answers, and make or fetch the other one anew.',
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
