import type { AuditedAccuracy } from '../../../src/answer/audit/camera-audit.js';

/** What is known of a camera whose answers keep the floor. */
export const REPORT: AuditedAccuracy = {
  estimatedF1: 0.98123,
  estimatedF1Low: 0.97,
  estimatedF1High: 0.99,
  propagationF1: 0.975,
  wrongReuseRatio: null,
  effectiveAudits: 40,
  strictness: 0.5,
  state: 'holding',
  reason: 'F1 0.98',
  audits: 41,
  auditsLost: 2,
};
