import { AuditBudget } from '../../src/answer/audit/audit-budget.js';
import { CameraAudit } from '../../src/answer/audit/camera-audit.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { maskBlocks } from '../../src/answer/scene/block-mask.js';
import { configSchema } from '../../src/config/config.js';
import type { Contender } from './contender.js';

const { answer: config } = configSchema.parse({});

/**
 * The program's own answers at an accuracy floor; no scenes are remembered, and audits are inferences like others. Nobody says what
 * an inference takes, so that it is answered also where that does not pay.
 *
 * @param random 0 ≤ x < 1: which frames are audited
 */
export function ours(thresholds: readonly number[], floor: number, random: () => number): Contender {
  const scene = new KnownScene({
    thresholds,
    maxAgeMs: config.maxAgeMs,
    maxIdleAgeMs: config.maxIdleAgeMs,
    masked: maskBlocks([]),
    scenes: () => null,
  });
  const audit = new CameraAudit({
    share: config.auditShare,
    floor,
    budget: new AuditBudget(),
    localHour: () => 12,
    random,
    reportThreshold: Math.min(...thresholds),
  });
  return {
    family: 'ours',
    setting: `floor ${floor}`,
    answer(frame, infer) {
      const { capturedAt, sceneMs } = frame;
      scene.allowedLoss = audit.allowedLoss;
      const known = scene.look(frame);
      audit.review(capturedAt, sceneMs);
      if (known === null) {
        const { answer, comparison } = scene.learn(infer());
        if (comparison) audit.scheduled(comparison, capturedAt);
        audit.answered(answer, capturedAt);
        scene.settle();
        return { boxes: answer.detections, isInferred: true };
      }
      audit.answered(known, capturedAt);
      scene.settle();
      const weight = audit.picks(known, true, sceneMs);
      if (weight > 0) audit.audited(known, infer(), weight, capturedAt);
      return { boxes: known.detections, isInferred: false };
    },
  };
}
