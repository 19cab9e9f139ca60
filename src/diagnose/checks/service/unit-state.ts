import { type Finding, found } from '../../finding.js';

/** Properties of a unit that are asked for, by their names. */
export const UNIT_PROPERTIES = [
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'Result',
  'ExecMainStatus',
  'NRestarts',
] as const;
export type UnitState = Readonly<Partial<Record<string, string>>>;

/** Restarts by systemd from which on something is wrong with the program, and not with one power cut. */
const MANY_RESTARTS = 3;
/** With which the program ends where trying again does not mend it. */
const UNUSABLE_CONFIGURATION = '2';

/** The lines of `systemctl show`, `Name=value`. */
export function parseUnitState(text: string): UnitState {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1).trim()]];
    }),
  );
}

/** What there is to be said of the unit; pure. */
export function judgeUnit(unit: string, state: UnitState): Finding[] {
  const { LoadState, UnitFileState, ActiveState, SubState } = state;
  const restarts = Number(state['NRestarts'] ?? 0);
  if (LoadState === 'not-found') return [found('degraded', 'unit-not-installed', { unit })];
  if (LoadState === 'masked' || UnitFileState === 'masked') return [found('broken', 'unit-masked', { unit })];
  const findings: Finding[] = [];
  if (ActiveState === 'failed') findings.push(failed(unit, state));
  else if (SubState === 'auto-restart') {
    const { Result: result = '', ExecMainStatus: status = '' } = state;
    findings.push(found('broken', 'unit-restarting', { unit, restarts, result, status }));
  } else if (ActiveState === 'inactive') findings.push(found('broken', 'unit-stopped', { unit }));
  else if (restarts >= MANY_RESTARTS) findings.push(found('degraded', 'unit-restarted', { unit, restarts }));
  if (UnitFileState === 'disabled') findings.push(found('degraded', 'unit-disabled', { unit }));
  return findings.length > 0 ? findings : [found('fine', 'unit-fine', { unit, restarts })];
}

function failed(unit: string, { Result: result = '', ExecMainStatus: status = '' }: UnitState): Finding {
  if (result === 'oom-kill') return found('broken', 'unit-out-of-memory', { unit });
  if (result === 'watchdog') return found('broken', 'unit-hung', { unit });
  if (status === UNUSABLE_CONFIGURATION) return found('broken', 'unit-configuration', { unit });
  return found('broken', 'unit-failed', { unit, result, status });
}
