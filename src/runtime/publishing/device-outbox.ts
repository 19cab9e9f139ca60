import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Checkpointer } from '../../store/checkpointer.js';
import type { ConnectionWatch } from '../../store/connection-watch.js';
import { openDatabase } from '../../store/database.js';
import { fileIdentity } from '../../store/file-identity.js';
import { FileMark } from '../../store/file-mark.js';
import { OUTBOX_MIGRATIONS } from '../../store/outbox-table.js';
import { sqliteProblem } from '../../store/sqlite.js';
import { WalSync } from '../../store/wal-sync.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import { MemoryOutbox } from '../../telemetry/mqtt/memory-outbox.js';
import type { Outbox } from '../../telemetry/mqtt/outbox.js';
import {
  OUTBOX_DEGRADED,
  OUTBOX_FULL,
  OUTBOX_SET_ASIDE,
  outboxDegraded,
  outboxIsFull,
  outboxSetAside,
} from '../../telemetry/mqtt/outbox-alerts.js';
import type { OutboxHealth } from '../../telemetry/mqtt/outbox-health.js';
import { outboxMetrics } from '../../telemetry/mqtt/outbox-metrics.js';
import { MAX_QUEUE_BYTES } from '../../telemetry/mqtt/sender.js';
import { SqliteOutbox } from '../../telemetry/mqtt/sqlite-outbox.js';

export interface DeviceOutboxParts {
  readonly alerts: Pick<Alerts, 'raise' | 'clear' | 'set'>;
  readonly checkpointer: Checkpointer;
  /** Sees what is asked of it. */
  readonly watch?: ConnectionWatch | undefined;
  readonly log: Log;
  /** For tests: why no database can be opened on this machine; null where one can. */
  readonly sqliteProblem?: () => string | null;
}

/** What must arrive waits here until the broker has it: in `outbox.db` of `store.dir`, or in memory where none is wanted or possible. */
export class DeviceOutbox implements Part {
  readonly name = 'outbox';
  readonly essential = false;
  readonly metrics = outboxMetrics(() => this.health());
  readonly alerts = [OUTBOX_FULL, OUTBOX_DEGRADED, OUTBOX_SET_ASIDE];
  readonly settings = [{ path: 'outbox', requiresRestart: true }];
  readonly outbox: Outbox;
  readonly #stored: SqliteOutbox | null;
  readonly #config: Config['outbox'];
  readonly #alerts: DeviceOutboxParts['alerts'];
  #look: NodeJS.Timeout | null = null;

  /** Touches no file before `start`; only whether better-sqlite3 can be loaded is found out. */
  constructor(config: Pick<Config, 'mqtt' | 'outbox' | 'store'>, parts: DeviceOutboxParts) {
    this.#config = config.outbox;
    this.#alerts = parts.alerts;
    const memory = { maxMessages: config.mqtt.queueMessages, maxBytes: MAX_QUEUE_BYTES };
    const wantsDisk = config.outbox.disk && config.mqtt.broker !== 'off';
    this.#stored = wantsDisk ? onDisk(config, memory, parts) : null;
    this.outbox = this.#stored ?? new MemoryOutbox(memory);
  }

  /** Opens the file; never throws for the disk. */
  start(): void {
    if (this.#stored === null) return;
    this.#stored.start();
    this.#look = setInterval(() => this.#tellWhetherFull(), 10_000).unref();
  }

  /** Writes what waits and closes the file. */
  stop(): void {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
    this.#stored?.stop();
  }

  /** null where it is in memory. */
  health(): OutboxHealth | null {
    return this.#stored?.health() ?? null;
  }

  #tellWhetherFull(): void {
    this.#alerts.set(OUTBOX_FULL.code, outboxIsFull(this.#stored!.health(), this.#config));
  }
}

/** null, and a word about it, where this machine has no SQLite. */
function onDisk(
  { store, outbox }: Pick<Config, 'store' | 'outbox'>,
  memory: { maxMessages: number; maxBytes: number },
  { alerts, checkpointer, watch, log, ...parts }: DeviceOutboxParts,
): SqliteOutbox | null {
  const problem = (parts.sqliteProblem ?? sqliteProblem)();
  if (problem !== null) {
    log.warn(
      `the outbox is in memory, and what waits there is lost with the program: ${problem}; \`outbox.disk: false\` says that none is wanted`,
    );
    return null;
  }
  const file = join(store.dir, 'outbox.db');
  const medium = new WalSync(file);
  return new SqliteOutbox({
    // each message is two small commits: larger pages would write four times as much
    open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, pageSize: 1024, checkpointer, watch, log }),
    identity: () => fileIdentity(file),
    mark: new FileMark(file),
    sync: () => medium.sync(),
    maxBytes: outbox.maxMiB * 2 ** 20,
    maxAgeMs: outbox.maxAgeHours * 3_600_000,
    memory,
    flushEveryMs: outbox.flushMs,
    clock: () => performance.now(),
    log,
    listener: {
      degraded: (reason) => alerts.raise(OUTBOX_DEGRADED.code, outboxDegraded(reason, file)),
      recovered: () => alerts.clear(OUTBOX_DEGRADED.code),
      setAside: (aside) => alerts.raise(OUTBOX_SET_ASIDE.code, outboxSetAside(aside)),
    },
  });
}
