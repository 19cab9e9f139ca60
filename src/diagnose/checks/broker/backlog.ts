import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/config.js';
import { tenantConfig } from '../../../config/tenants.js';
import { scopeFolder } from '../../../foundation/scope.js';
import { type OutboxState, OutboxTable } from '../../../store/outbox-table.js';
import { readDatabase } from '../../../store/read-database.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { findingOfTenant } from '../../stores.js';

/** Of the time that the program ran: a summary goes every quarter of an hour, and nothing waits for longer than its way. */
const LATE_MS = 15 * 60_000;

/** What waits for the broker in the outboxes of the device and of its tenants, how old it is, and what was given up. */
export const outboxBacklog = (): Check => ({
  ground: 'broker',
  name: 'outbox',
  deadlineMs: 4000,
  async run({ config }) {
    const ofTenants = config.tenants.flatMap((tenant) => {
      const folder = scopeFolder({ tenant: tenant.id }, config.store.dir);
      return waitingIn(folder, tenantConfig(config, tenant)).map((finding) => findingOfTenant(finding, tenant.id));
    });
    return [...waitingIn(config.store.dir, config), ...ofTenants];
  },
});

/** @param folder with the outbox */
function waitingIn(folder: string, { outbox, mqtt }: Pick<Config, 'outbox' | 'mqtt'>): Finding[] {
  const file = join(folder, 'outbox.db');
  if (mqtt.broker === 'off' || !outbox.disk || !existsSync(file)) return [];
  const { state, oldestAt, givenUp } = readOutbox(file);
  if (state === null) return [];
  const { messages, bytes, runningMs } = state;
  const minutes = oldestAt === null ? 0 : Math.round((runningMs - oldestAt) / 60_000);
  const percent = Math.round((bytes / (outbox.maxMiB * 2 ** 20)) * 100);
  const isLate = oldestAt !== null && runningMs - oldestAt >= LATE_MS;
  return [
    isLate
      ? found('degraded', 'outbox-late', { messages, minutes, percent })
      : found('fine', 'outbox-fine', { messages }),
    ...(givenUp > 0 ? [found('degraded', 'outbox-gave-up', { count: givenUp })] : []),
  ];
}

function readOutbox(file: string): {
  readonly state: OutboxState | null;
  readonly oldestAt: number | null;
  readonly givenUp: number;
} {
  const database = readDatabase(file);
  try {
    const table = new OutboxTable(database);
    const givenUp = table.givenUp().reduce((sum, { count }) => sum + count, 0);
    return { state: table.state(), oldestAt: table.oldest()?.at ?? null, givenUp };
  } finally {
    database.close();
  }
}
