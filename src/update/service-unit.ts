import { existsSync } from 'node:fs';
import { type AskProgram, askWithin } from '../board/machine/ask-program.js';
import type { ServiceState } from './health.js';

/** The service that runs the program, and the unit that watches a trial of it. */
const SERVICE = 'edge-optimizer.service';
const TRIAL_UNIT = 'edge-optimizer-trial.service';
const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'NRestarts',
  'MainPID',
  'ExecStart',
  'StatusText',
];
/** ms that systemctl may take: systemd is busy when a machine starts. */
const DEADLINE_MS = 20_000;

/** What systemd says of the service, and the line that the program tells it. */
export interface ToldState {
  readonly state: ServiceState;
  /** `2 of 2 cameras streaming, 14.2 answers/s, estimated F1 0.97, cuda`; empty where the program tells nothing. */
  readonly statusText: string;
}

/** The service of the versions in one prefix, as systemd runs it. */
export interface ServiceUnit {
  /** Null where systemd does not run here, or runs no service of these versions. */
  look(): Promise<ToldState | null>;
  /** Starts it anew, and does not wait. @returns whether systemd took the job */
  restart(): Promise<boolean>;
  /** Whether the unit that watches trials watches now; null where there is none. */
  isWatched(): Promise<boolean | null>;
}

/**
 * @param prefix the service has to start what is in it: another installation's is never touched
 * @param ask runs `systemctl`
 */
export function systemdService(
  prefix: string,
  ask: AskProgram = askWithin(DEADLINE_MS),
  isSystemd = existsSync('/run/systemd/system'),
): ServiceUnit {
  const show = async (unit: string): Promise<Shown | null> => {
    const text = isSystemd ? await ask('systemctl', ['show', unit, `--property=${PROPERTIES.join(',')}`]) : null;
    return text === null ? null : shownIn(text);
  };
  return {
    async look() {
      const shown = await show(SERVICE);
      if (shown === null || !(shown['ExecStart'] ?? '').includes(`${prefix}/current/`)) return null;
      return { state: stateOf(shown), statusText: shown['StatusText'] ?? '' };
    },
    async restart() {
      return (await ask('systemctl', ['--no-block', 'restart', SERVICE])) !== null;
    },
    async isWatched() {
      const shown = await show(TRIAL_UNIT);
      if (shown === null || shown['LoadState'] !== 'loaded') return null;
      if (!(shown['ExecStart'] ?? '').includes(prefix)) return null;
      return shown['ActiveState'] !== 'inactive' && shown['ActiveState'] !== 'failed';
    },
  };
}

type Shown = Readonly<Partial<Record<string, string>>>;

/** The lines of `systemctl show`, `Name=value`. */
function shownIn(text: string): Shown {
  const lines = text.split('\n').map((line) => [line, line.indexOf('=')] as const);
  return Object.fromEntries(lines.map(([line, at]) => [line.slice(0, Math.max(0, at)), line.slice(at + 1).trim()]));
}

function stateOf(shown: Shown): ServiceState {
  const pid = Number(shown['MainPID'] ?? 0);
  return {
    phase: phaseOf(shown['ActiveState']),
    restarts: Number(shown['NRestarts'] ?? 0),
    pid: pid > 0 ? pid : null,
    result: shown['Result'] ?? '',
  };
}

/** Between two processes it is `activating` (auto-restart) or `deactivating`. */
function phaseOf(active: string | undefined): ServiceState['phase'] {
  if (active === 'active' || active === 'reloading') return 'running';
  if (active === 'failed') return 'failed';
  return active === 'inactive' ? 'stopped' : 'starting';
}
