import { loadConfig } from '../../../src/config/load.js';
import type { Check, Patient } from '../../../src/diagnose/check.js';
import type { Finding } from '../../../src/diagnose/finding.js';
import { findingText, LANGUAGES } from '../../../src/diagnose/languages/languages.js';
import type { RunningProgram } from '../../../src/diagnose/running-program.js';

/** A device with the default configuration, nothing set in its environment and nothing running on it. */
export function patientAt(root: string, changes: Partial<Patient> = {}): Patient {
  return {
    config: loadConfig({ env: {} }).config,
    configFile: null,
    configProblems: [],
    root,
    env: {},
    running: null,
    openHeldCameras: false,
    ...changes,
  };
}

/** A program that runs as that process and has no HTTP server, or one that answers `/metrics` alone. */
export const runningAs = (pid: number, metrics: string | null = null): RunningProgram => ({
  pid,
  since: 1_700_000_000_000,
  ask: async () => null,
  askText: async () => metrics,
});

/** What a check finds. */
export const findingsOf = (check: Check, patient: Patient): Promise<readonly Finding[]> =>
  Promise.resolve(check.run(patient, new AbortController().signal));

/** `degraded memory-low`, of each finding. */
export const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ condition, code }) => `${condition} ${code}`);

/** What an English technician is to do about the first of them. */
export function remedyOf([finding]: readonly Finding[]): string | undefined {
  return finding && findingText(finding, LANGUAGES.en).remedy;
}

/** This machine, with its store in that folder. */
export function withStore(dir: string): Patient {
  const patient = patientAt('/');
  return { ...patient, config: { ...patient.config, store: { dir } } };
}
