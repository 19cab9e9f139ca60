import type { Config } from '../../../config/config.js';
import { ORIGINS } from '../../../frame/frame-result.js';
import { INFERENCE_REASONS, type InferenceReason } from '../../../frame/inference-reason.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { sampleOf } from './sample-of.js';

/** Frames of a camera after which a share says something. */
const ENOUGH = 2000;
/** Share of the frames answered without inference below which it is asked why. */
const LOW = 0.6;
/** Share of the inferences that one reason has which explains them. */
const EXPLAINS = 0.4;
/** Of the audit: from here on it lets hardly any answer stand that was not inferred. */
const STRICT = 0.9;

/** What the program tells of the answers of one camera. */
export interface ReuseState {
  readonly camera: string;
  /** Frames that got an answer, and those of them that took no inference. */
  readonly answered: number;
  readonly without: number;
  /** Frames for which an inference was due, by why. */
  readonly due: Readonly<Record<InferenceReason, number>>;
  /** How much the audit has inferred to keep the accuracy floor, 0..1. */
  readonly strictness: number;
}

/** Whether answers come without inference at each camera, and where few do, what asks for the inferences. */
export const reuseCheck = (): Check => ({
  ground: 'accuracy',
  name: 'reuse',
  deadlineMs: 4000,
  async run({ running, config }, signal) {
    const metrics = (await running?.askText('/metrics', signal)) ?? null;
    // every frame is inferred, as somebody wants it
    if (metrics === null || config.answer.accuracyFloor === 1) return [];
    return config.cameras.flatMap(({ id }) => judgeReuse(stateOf(metrics, id), config.answer) ?? []);
  },
});

/** What there is to be said of one camera; null where there were too few frames. Pure. */
export function judgeReuse(
  state: ReuseState,
  { accuracyFloor, maxAgeMs, maxIdleAgeMs }: Config['answer'],
): Finding | null {
  const { camera, answered, without, due, strictness } = state;
  if (answered < ENOUGH) return null;
  const percent = Math.round((100 * without) / answered);
  const values = { camera, percent };
  if (without >= answered * LOW) return found('fine', 'reuse-fine', values, camera);
  const all = INFERENCE_REASONS.reduce((sum, reason) => sum + due[reason], 0);
  const share = (...reasons: readonly InferenceReason[]) =>
    all === 0 ? 0 : reasons.reduce((sum, reason) => sum + due[reason], 0) / all;
  const why = (reason: InferenceReason) => ({ ...values, share: Math.round(share(reason) * 100) });
  if (share('whole-picture') > EXPLAINS) return found('degraded', 'reuse-unsteady', why('whole-picture'), camera);
  if (share('cut') > EXPLAINS) return found('degraded', 'reuse-gaps', why('cut'), camera);
  if (share('unprofitable') > EXPLAINS) return found('degraded', 'reuse-unprofitable', why('unprofitable'), camera);
  if (share('region') > EXPLAINS) return found('degraded', 'reuse-movement', why('region'), camera);
  if (share('every-frame') > EXPLAINS || strictness > STRICT) {
    return found('degraded', 'reuse-strict', { ...values, floor: accuracyFloor }, camera);
  }
  if (share('age') > EXPLAINS) {
    return found('degraded', 'reuse-age', { ...why('age'), moving: maxAgeMs, idle: maxIdleAgeMs }, camera);
  }
  // vehicles that come and go are what it is there for
  return found('fine', 'reuse-traffic', values, camera);
}

function stateOf(metrics: string, camera: string): ReuseState {
  const label = `camera="${camera}"`;
  const answered = (origin: string) =>
    sampleOf(metrics, 'edge_frames_answered_total', `${label},origin="${origin}"`) ?? 0;
  const all = ORIGINS.reduce((sum, origin) => sum + answered(origin), 0);
  const due = INFERENCE_REASONS.map((reason) => [
    reason,
    sampleOf(metrics, 'edge_inferences_due_total', `${label},reason="${reason}"`) ?? 0,
  ]);
  return {
    camera,
    answered: all,
    without: all - answered('inferred'),
    due: Object.fromEntries(due) as ReuseState['due'],
    strictness: sampleOf(metrics, 'edge_strictness', label) ?? 0,
  };
}
