import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AskProgram, askWithin } from '../../../board/machine/ask-program.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';
import { judgeUnit, parseUnitState, UNIT_PROPERTIES } from './unit-state.js';

const UNIT = 'edge-optimizer.service';
const DEADLINE_MS = 3000;

/** Whether systemd starts the program with the machine and keeps it running. @param ask runs `systemctl` */
export const unitCheck = (ask: AskProgram = askWithin(DEADLINE_MS)): Check => ({
  ground: 'service',
  name: 'unit',
  deadlineMs: DEADLINE_MS + 500,
  async run({ root }) {
    if (!existsSync(join(root, 'run/systemd/system'))) return [found('unknown', 'unit-no-systemd')];
    const text = await ask('systemctl', ['show', UNIT, `--property=${UNIT_PROPERTIES.join(',')}`]);
    if (text === null) return [found('unknown', 'unit-no-answer', { unit: UNIT })];
    return judgeUnit(UNIT, parseUnitState(text));
  },
});
