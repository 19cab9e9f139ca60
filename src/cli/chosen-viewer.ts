import type { Config } from '../config/config.js';
import { camerasOf } from '../config/tenants.js';
import { ConfigError } from '../foundation/errors.js';
import { didYouMean } from '../foundation/validate.js';
import { OPERATOR, tenantViewer, type Viewer } from '../foundation/viewer.js';

/**
 * As whom a command looks: the operator, or the tenant that is named.
 *
 * @throws ConfigError where there is no such tenant
 */
export function chosenViewer(config: Pick<Config, 'cameras' | 'tenants'>, tenant: string | undefined): Viewer {
  if (tenant === undefined) return OPERATOR;
  const ids = config.tenants.map(({ id }) => id);
  if (ids.includes(tenant)) {
    return tenantViewer(
      tenant,
      camerasOf(config, tenant).map(({ id }) => id),
    );
  }
  const meant = didYouMean(tenant, ids);
  const hint = meant === null ? '' : `, did you mean ${meant}?`;
  const expected =
    ids.length === 0 ? 'no tenant, the configuration has none (--config FILE)' : `one of ${ids.join(', ')}`;
  throw new ConfigError('there is nothing to show', [
    `--tenant: expected ${expected}, got ${tenant || 'nothing'}${hint}`,
  ]);
}
