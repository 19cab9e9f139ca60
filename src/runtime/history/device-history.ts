import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { HISTORY_DEGRADED, HISTORY_SET_ASIDE, historyDegraded, historySetAside } from '../../store/alerts.js';
import { AuditHistory } from '../../store/audits.js';
import type { Checkpointer } from '../../store/checkpointer.js';
import type { ConnectionWatch } from '../../store/connection-watch.js';
import { takeFormerQuietHours } from '../../store/former-quiet-hours.js';
import { historyMetrics } from '../../store/metrics.js';
import { HISTORY_MIGRATIONS } from '../../store/migrations.js';
import { QuietHours } from '../../store/quiet-hours.js';
import { StoreFile } from '../../store/store-file.js';
import { ViewReferences } from '../../store/view-references.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';

export interface DeviceHistoryParts {
  readonly alerts: Alerts;
  readonly checkpointer: Checkpointer;
  /** Sees what is asked of it. */
  readonly watch?: ConnectionWatch | undefined;
  readonly log: Log;
}

/**
 * What is kept of the past, in `history.db` of `store.dir`, which parts with tables of their own `join`. Without a disk it goes
 * on in memory, and says so.
 */
export class DeviceHistory implements Part {
  readonly name = 'history';
  readonly essential = false;
  readonly metrics = historyMetrics(() => this.file.health());
  readonly alerts = [HISTORY_DEGRADED, HISTORY_SET_ASIDE];
  readonly file: StoreFile;
  readonly history: AuditHistory;
  readonly quietHours: QuietHours;
  readonly viewReferences: ViewReferences;
  readonly #former: string;
  readonly #log: Log;

  /** Touches no file before `start`. */
  constructor({ store }: Pick<Config, 'store'>, { alerts, checkpointer, watch, log }: DeviceHistoryParts) {
    const file = join(store.dir, 'history.db');
    this.#former = join(store.dir, 'quiet-hours.db');
    this.#log = log;
    this.file = new StoreFile({
      what: 'the history',
      file,
      migrations: HISTORY_MIGRATIONS,
      log,
      checkpointer,
      watch,
      listener: {
        degraded: (reason) => alerts.raise(HISTORY_DEGRADED.code, historyDegraded(reason, file)),
        recovered: () => alerts.clear(HISTORY_DEGRADED.code),
        setAside: (aside) => alerts.raise(HISTORY_SET_ASIDE.code, historySetAside(aside)),
      },
    });
    this.history = new AuditHistory(this.file);
    this.quietHours = new QuietHours(this.file);
    this.viewReferences = new ViewReferences(this.file);
  }

  start(): void {
    this.file.start();
    takeFormerQuietHours(this.#former, this.quietHours, this.#log);
  }

  /** Writes what waits, of every part that stands on it: they stop before. */
  stop(): void {
    this.file.stop();
  }
}
