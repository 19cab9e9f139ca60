/**
 * Why a frame is inferred: it is the camera's first; every frame is to be; vehicles that are known move on, others may have come
 * in, or something new moves; most of the picture has changed at once; the camera was away; nothing was inferred for long;
 * hardly any frame can be answered without, so that nothing is gained by looking.
 */
export const INFERENCE_REASONS = [
  'first',
  'every-frame',
  'vehicles',
  'entry',
  'region',
  'whole-picture',
  'cut',
  'age',
  'unprofitable',
] as const;
export type InferenceReason = (typeof INFERENCE_REASONS)[number];
