import { performance } from 'node:perf_hooks';
import { explain } from '../foundation/errors.js';
import type { Check, Patient } from './check.js';
import { CONDITIONS, type Condition, type Finding, found } from './finding.js';

/** What one check found. */
export interface CheckOutcome {
  readonly ground: Check['ground'];
  readonly check: string;
  /** ms that it took. */
  readonly ms: number;
  readonly findings: readonly Finding[];
}

/**
 * Runs all checks side by side, each until its own deadline; never rejects: a check that fails or hangs is a finding.
 *
 * @param onResult is called with each as it ends
 */
export async function diagnose(
  checks: readonly Check[],
  patient: Patient,
  onResult: (result: CheckOutcome) => void = () => undefined,
): Promise<CheckOutcome[]> {
  return Promise.all(
    checks.map(async (check) => {
      const began = performance.now();
      const findings = await untilDeadline(check, patient);
      const result = { ground: check.ground, check: check.name, ms: Math.round(performance.now() - began), findings };
      onResult(result);
      return result;
    }),
  );
}

/** The worst of all findings; `fine` where there are none. */
export function worstOf(results: readonly CheckOutcome[]): Condition {
  const ranks = results.flatMap(({ findings }) => findings.map(({ condition }) => CONDITIONS.indexOf(condition)));
  return CONDITIONS[Math.max(0, ...ranks)] ?? 'fine';
}

async function untilDeadline(check: Check, patient: Patient): Promise<readonly Finding[]> {
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      deadline.abort();
      const seconds = check.deadlineMs / 1000;
      resolve([found('unknown', 'check-late', { check: check.name, ground: check.ground, seconds })]);
    }, check.deadlineMs);
  });
  const findings = Promise.resolve()
    .then(() => check.run(patient, deadline.signal))
    .catch((error: unknown) => [
      found('unknown', 'check-failed', { check: check.name, ground: check.ground, reason: explain(error) }),
    ]);
  try {
    return await Promise.race([findings, late]);
  } finally {
    clearTimeout(timer);
  }
}
