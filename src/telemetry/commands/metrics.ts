import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { CommandCounts } from './commands.js';
import { REFUSAL_CAUSES } from './refusals.js';

/** The metrics of commands. @param counts null where none are heard */
export function commandMetrics(counts: () => CommandCounts | null): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'commands_done',
      unit: 'commands',
      labels: [],
      step: 1,
      help: 'Commands that were carried out.',
      read: () => single(counts()?.done ?? null),
    },
    {
      type: 'counter',
      name: 'commands_failed',
      unit: 'commands',
      labels: [],
      step: 1,
      help: 'Commands that were obeyed and ended with an error.',
      read: () => single(counts()?.failed ?? null),
    },
    {
      type: 'counter',
      name: 'commands_repeated',
      unit: 'commands',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Commands that came again under the same id and were answered with the stored result.',
      read: () => single(counts()?.repeated ?? null),
    },
    {
      type: 'counter',
      name: 'commands_refused',
      unit: 'commands',
      labels: ['cause'],
      step: 1,
      help: `Commands that were not obeyed, by cause: ${REFUSAL_CAUSES.join(', ')}.`,
      *read() {
        const refused = counts()?.refused;
        for (const cause of REFUSAL_CAUSES) yield [[cause], refused?.[cause] ?? null];
      },
    },
  ];
}
