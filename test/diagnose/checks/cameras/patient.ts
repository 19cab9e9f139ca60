import { type CameraConfig, configSchema } from '../../../../src/config/config.js';
import type { Patient } from '../../../../src/diagnose/check.js';
import { camerasCheck } from '../../../../src/diagnose/checks/cameras/cameras.js';
import type { Finding } from '../../../../src/diagnose/finding.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';

/** A device with these cameras, that nothing runs on. */
export function patientWith(cameras: readonly Partial<CameraConfig>[], more: Partial<Patient> = {}): Patient {
  return {
    config: configSchema.parse({ cameras: cameras.map((camera, at) => ({ id: `cam${at + 1}`, ...camera })) }),
    configFile: null,
    configProblems: [],
    root: '/',
    env: process.env,
    running: null,
    openHeldCameras: false,
    ...more,
  };
}

/** What is found of one camera, or of several. */
export function findingsOf(patient: Patient): Promise<readonly Finding[]> {
  return camerasCheck().run(patient, AbortSignal.timeout(9000));
}

/** `broken camera-refused`: the conditions and codes in order. */
export const codesOf = (findings: readonly Finding[]): string[] =>
  findings.map(({ condition, code }) => `${condition} ${code}`);

/** All its English words. */
export function wordsOf(finding: Finding | undefined): string {
  if (finding === undefined) return '';
  const { what, seen, means = '', remedy = '' } = findingText(finding, LANGUAGES.en);
  return [what, seen, means, remedy].join('\n');
}
