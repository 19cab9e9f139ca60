import { explain, SourceError } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';
import type { TenantId } from '../../foundation/scope.js';

/** What a tenant is told where its camera is not the cause: the rest is in the log, which is the operator's. */
const OF_THE_DEVICE = 'its frames can be answered no more; whoever runs the device finds the reason in the log';

/**
 * Why there are no answers for a camera any more, for its status and its alerts. A tenant is told of its source only: other errors name
 * models, workers and folders of the device.
 */
export function cameraFailure(error: unknown, tenant: TenantId): string {
  return tenant === null || error instanceof SourceError ? maskCredentials(explain(error)) : OF_THE_DEVICE;
}
