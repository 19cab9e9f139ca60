import { ConfigError } from '../../foundation/errors.js';

/** Of the command line: for whom an action is. */
export interface ChoiceFlags {
  readonly all?: boolean;
  readonly device?: readonly string[];
  readonly site?: readonly string[];
  readonly state?: readonly string[];
  readonly runs?: readonly string[];
  readonly model?: readonly string[];
  readonly board?: readonly string[];
  readonly label?: readonly string[];
  readonly percent?: number;
}

/** As the API takes it. @throws ConfigError where nobody is named */
export function choiceOf({ all, device, site, state, runs, model, board, label, percent }: ChoiceFlags): object {
  const said = { devices: device, site, state, version: runs, model, board, label, percent };
  const choice = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  if (all === true) return { all: true, ...choice };
  if (Object.keys(choice).length > 0) return choice;
  throw new ConfigError('nothing is sent', [
    'expected whom it is for: --device SITE/DEVICE, --site, --state, --runs, --model, --board, --label, --percent, or --all',
  ]);
}
