import { DetectorError } from '../foundation/errors.js';

/**
 * Why frames were lost, in `context.cause` of the DetectorError: the worker died, did not answer in time, broke the
 * protocol, was closed; there was no memory for them, or the worker was killed for want of it; it refused this batch; or
 * there is no worker at the moment.
 */
export const LOSS_CAUSES = ['crashed', 'stuck', 'protocol', 'closed', 'memory', 'refused', 'unavailable'] as const;
export type LossCause = (typeof LOSS_CAUSES)[number];

/** The cause that a DetectorError tells; `crashed` for anything else. */
export function lossCause(error: unknown): LossCause {
  const cause = error instanceof DetectorError ? error.context['cause'] : undefined;
  return LOSS_CAUSES.find((known) => known === cause) ?? 'crashed';
}
