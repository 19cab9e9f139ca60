import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { HISTORY_DEGRADED, HISTORY_SET_ASIDE, historyDegraded, historySetAside } from '../store/alerts.js';
import { AuditHistory } from '../store/audits.js';
import { openDatabase } from '../store/database.js';
import { historyMetrics } from '../store/metrics.js';
import { HISTORY_MIGRATIONS, QUIET_HOURS_MIGRATIONS } from '../store/migrations.js';
import { QuietHours } from '../store/quiet-hours.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';

/** What is kept of the past, in `history.db` and `quiet-hours.db` of `store.dir`. Without a disk it goes on in memory, and says so. */
export class DeviceHistory implements Part {
  readonly name = 'history';
  readonly essential = false;
  readonly metrics = historyMetrics(() => this.history.health());
  readonly alerts = [HISTORY_DEGRADED, HISTORY_SET_ASIDE];
  readonly history: AuditHistory;
  readonly quietHours: QuietHours;

  /** Touches no file before `start`. */
  constructor({ store }: Pick<Config, 'store'>, { alerts, log }: { readonly alerts: Alerts; readonly log: Log }) {
    const file = join(store.dir, 'history.db');
    this.history = new AuditHistory({
      open: () => openDatabase({ file, migrations: HISTORY_MIGRATIONS, log }),
      log,
      listener: {
        degraded: (reason) => alerts.raise(HISTORY_DEGRADED.code, historyDegraded(reason, file)),
        recovered: () => alerts.clear(HISTORY_DEGRADED.code),
        setAside: (aside) => alerts.raise(HISTORY_SET_ASIDE.code, historySetAside(aside)),
      },
    });
    const quiet = join(store.dir, 'quiet-hours.db');
    this.quietHours = new QuietHours({
      open: () => openDatabase({ file: quiet, migrations: QUIET_HOURS_MIGRATIONS, log }),
      log,
    });
  }

  start(): void {
    this.history.start();
    this.quietHours.start();
  }

  stop(): void {
    this.quietHours.stop();
    this.history.stop();
  }
}
