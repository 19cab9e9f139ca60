import type { Alert, AlertDeclaration } from '../foundation/alert-declaration.js';
import type { PushHealth } from './push/push-queue.js';

export const EVIDENCE_DISK: AlertDeclaration = {
  code: 'evidence-disk',
  severities: ['warning'],
  help: 'Evidence cannot be written: what happens meanwhile is not kept. Or its disk is full, and the oldest evidence makes way for the newest.',
  action: 'Check that the folder of the evidence can be written and its disk has room.',
};

export const EVIDENCE_DROPPED: AlertDeclaration = {
  code: 'evidence-dropped',
  severities: ['warning'],
  help: 'Within the last ten minutes events got no evidence, because more came than could be made or than evidence.maxPerMinute lets through, or records went for want of room before they had been sent.',
  action: 'Choose fewer kinds of events or cameras, or raise evidence.maxMiB and evidence.maxPerMinute.',
};

export const EVIDENCE_PUSH: AlertDeclaration = {
  code: 'evidence-push',
  severities: ['warning'],
  help: 'Evidence waits that could not be sent for a quarter of an hour, or was refused for good.',
  action:
    'Check evidence.push, the network, and whether the server is well; where the bytes of the day are used up, raise evidence.push.dailyMiB or choose fewer kinds of events. What waits is sent as soon as it can be.',
};

export const EVIDENCE_BROKEN: AlertDeclaration = {
  code: 'evidence-broken',
  severities: ['critical'],
  help: 'The chain of the evidence was found changed in a way that no power cut explains; until the program starts again.',
  action: 'Run edge-optimizer evidence verify, keep the folder as it is, and find out who could write to it.',
};

export const EVIDENCE_ALERTS: readonly AlertDeclaration[] = [
  EVIDENCE_DISK,
  EVIDENCE_DROPPED,
  EVIDENCE_PUSH,
  EVIDENCE_BROKEN,
];

const STUCK_MS = 900_000;

/** Evidence cannot be written. */
export function evidenceNotWritten(reason: string, folder: string): Alert {
  return { severity: 'warning', message: `evidence cannot be written (${reason}): check ${folder}` };
}

/** Evidence was written, on a disk that had no room for it before older evidence went. */
export function evidenceDiskIsFull(folder: string): Alert {
  return {
    severity: 'warning',
    message: `the disk of the evidence is full, and the oldest makes way for the newest before its time: make room where ${folder} lies`,
  };
}

/** Events got no evidence, or it went before it was sent. @param dropped how many a moment ago */
export function evidenceWasDropped(dropped: number): Alert | null {
  if (dropped === 0) return null;
  return {
    severity: 'warning',
    message: `${dropped} events within ten minutes left no evidence: too many came at once, or it had no room`,
    value: dropped,
  };
}

/** Sending has failed for long, or something was refused; null where neither is so. */
export function evidenceNotSent({ waiting, refused, problem, failingForMs }: PushHealth): Alert | null {
  if (refused > 0) {
    return {
      severity: 'warning',
      message: `${refused} records were refused for good${problem === null ? '' : ` (${problem})`}: they stay on the device until retention removes them`,
      value: refused,
    };
  }
  if (waiting === 0 || failingForMs === null || failingForMs < STUCK_MS) return null;
  const minutes = Math.round(failingForMs / 60_000);
  return {
    severity: 'warning',
    message: `${waiting} records wait to be sent, which fails for ${minutes} minutes: ${problem}`,
    value: waiting,
  };
}

/** The chain is not as it was left. @param faults for people */
export function evidenceIsBroken(faults: readonly string[]): Alert | null {
  if (faults.length === 0) return null;
  return {
    severity: 'critical',
    message: `the chain of the evidence was changed from outside: ${faults.join('; ')}`,
  };
}
