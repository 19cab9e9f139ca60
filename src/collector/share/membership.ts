import type { PostgresConnection } from '../../database/postgres/server/postgres-connection.js';
import { ConfigError, EdgeError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import { PostgresLink } from '../store/postgres/postgres-link.js';
import { isLocked } from './advisory-lock.js';

/** A collector, as the others see it. */
export interface SharingCollector {
  readonly name: string;
  /** Unix ms by the server's clock. */
  readonly seenAt: number;
  /** All that arrived there before lies in the inbox; Unix ms by the server's clock. */
  readonly safeAt: number;
  /** Whether the lock on its name is held, by it or by whoever takes its session over; true too where it gave a sign of life just now. */
  readonly isHeld: boolean;
}

/** What a beat told. */
export interface Beat {
  /** Unix ms by the server's clock. */
  readonly now: number;
  readonly collectors: readonly SharingCollector[];
}

/** As many as rows can be told apart by. */
const MOST_COLLECTORS = 16;
/** ms without a sign of life after which somebody looks whether the lock on a name is still held. */
const QUIET_MS = 1500;
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
/** ms for which a name is waited for that nobody uses who is alive: its session is taken over, or its machine vanished and the server keeps its lock. */
const MOST_WAIT_MS = 90_000;
const TRY_AGAIN_MS = 1000;
/** Of all locks on sessions: the first half of each. */
const SESSION_LOCKS = "hashtext('edge-optimizer session')";
/** Whoever has a session at the broker, or takes one over, holds this lock. */
const SESSION_LOCK = `${SESSION_LOCKS}, hashtext($1)`;
/** Of a row of fleet.collectors; the locks are looked through only for one that is quiet. */
const IS_HELD = `CASE WHEN seen_at > ${NOW} - ${QUIET_MS} THEN true ELSE ${isLocked(SESSION_LOCKS, 'hashtext(name)')} END`;

/**
 * Being one of several: a row with a sign of life, and a lock on the own name, which is free again when the process or its connection
 * is gone.
 */
export class Membership {
  readonly link: PostgresLink;
  readonly name: string;
  #slot = 0;

  private constructor(link: PostgresLink, name: string) {
    this.link = link;
    this.name = name;
  }

  /**
   * Joins; where the name is taken it waits, unless the one who has it gives signs of life.
   *
   * @param signal ends the waiting
   * @throws ConfigError where another has the name, or there are too many
   * @throws EdgeError E_OUTPUT where the server is away, or the name was not free in time
   */
  static async join(
    target: string,
    name: string,
    log: Log,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Membership> {
    const taken: { seenAt: number | null } = { seenAt: null };
    const link = new PostgresLink({
      target,
      name: 'edge-optimizer collect, share',
      log,
      endsWhenSilent: true,
      begin: async (connection) => {
        if (await hasLock(connection, name)) return;
        const [row] = await connection.rows<{ seen: number }>(SEEN, [name]);
        taken.seenAt = row?.seen ?? 0;
        throw new EdgeError('E_OUTPUT', `another collector is called ${name}, or takes over its session`);
      },
    });
    const membership = new Membership(link, name);
    try {
      await membership.#enterOnceFree(taken, log, signal);
      return membership;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** From 0 on, another for each. */
  get slot(): number {
    return this.#slot;
  }

  /** A sign of life. @param safeAt of this one, Unix ms by the server's clock @throws EdgeError E_OUTPUT where the server is away */
  async beat(safeAt: number): Promise<Beat> {
    const rows = await this.link.rows<{ name: string; seen: number; safe: number; held: boolean; now: number }>(
      `WITH me AS (UPDATE fleet.collectors SET seen_at = ${NOW}, safe_at = $2 WHERE name = $1 RETURNING 1)
         SELECT name, seen_at AS seen, safe_at AS safe, ${IS_HELD} AS held, ${NOW} AS now FROM fleet.collectors, (SELECT count(*) FROM me) AS done`,
      [this.name, safeAt],
    );
    // its row was removed by whoever took it for gone
    if (!rows.some(({ name }) => name === this.name)) await this.#enter();
    const now = rows[0]?.now ?? Date.now();
    const others = rows.map(({ name, seen, safe, held }) => ({ name, seenAt: seen, safeAt: safe, isHeld: held }));
    // a statement sees what was before it
    return {
      now,
      collectors: [
        ...others.filter(({ name }) => name !== this.name),
        { name: this.name, seenAt: now, safeAt, isHeld: true },
      ],
    };
  }

  /** Whether the session of one that is gone is to be taken over by this one, and nobody else has begun to. */
  async claims(name: string): Promise<boolean> {
    return this.link.use(async (connection) => {
      if (!(await hasLock(connection, name))) return false;
      try {
        // its lock is held again, and the others must not take it for alive
        await connection.rows('UPDATE fleet.collectors SET seen_at = 0 WHERE name = $1', [name]);
      } catch (error) {
        await connection.rows(UNLOCK, [name]).catch(() => undefined);
        throw error;
      }
      return true;
    });
  }

  /** Its session was taken over, or could not be. @param isDone whether nothing is left of it */
  async release(name: string, isDone: boolean): Promise<void> {
    if (isDone) await this.link.rows('DELETE FROM fleet.collectors WHERE name = $1', [name]);
    await this.link.rows(UNLOCK, [name]);
  }

  async leave(): Promise<void> {
    await this.link.close();
  }

  /** @param taken when whoever has the name was seen last, Unix ms by the server's clock; null: nobody has it */
  async #enterOnceFree(taken: { seenAt: number | null }, log: Log, signal: AbortSignal): Promise<void> {
    const { name } = this;
    const begunAt = performance.now();
    for (let before: number | null = null; ; before = taken.seenAt) {
      taken.seenAt = null;
      try {
        await this.#enter();
        return;
      } catch (error) {
        const { seenAt } = taken as { readonly seenAt: number | null };
        if (seenAt === null) throw error;
        if (before !== null && seenAt > before)
          throw new ConfigError('the load cannot be shared', [
            `--client-id: another collector is called ${name}: give each its own`,
          ]);
        if (before === null) log.info({ collector: name }, 'this name is not free yet: it is waited for');
        if (performance.now() - begunAt > MOST_WAIT_MS || signal.aborted) throw error;
        await pause(TRY_AGAIN_MS, signal);
      }
    }
  }

  async #enter(): Promise<void> {
    const [row] = await this.link.transaction(async (connection) => {
      // two that come at once would find the same one free
      await connection.run('LOCK TABLE fleet.collectors IN SHARE ROW EXCLUSIVE MODE');
      return connection.rows<{ slot: number }>(ENTER, [this.name]);
    });
    if (row === undefined)
      throw new ConfigError('the load cannot be shared', [
        `--share: ${MOST_COLLECTORS} collectors share it, and there may be no more`,
      ]);
    this.#slot = row.slot;
  }
}

/** No row where there is no slot. */
const ENTER = `INSERT INTO fleet.collectors AS known (name, slot, seen_at, safe_at)
         SELECT $1, slot, ${NOW}, 0 FROM (SELECT coalesce((SELECT slot FROM fleet.collectors WHERE name = $1),
           (SELECT min(free) FROM generate_series(0, ${MOST_COLLECTORS - 1}) AS free
             WHERE free NOT IN (SELECT slot FROM fleet.collectors))) AS slot) AS own WHERE slot IS NOT NULL
         ON CONFLICT (name) DO UPDATE SET seen_at = ${NOW} RETURNING slot`;
const SEEN = 'SELECT seen_at AS seen FROM fleet.collectors WHERE name = $1';
const UNLOCK = `SELECT pg_advisory_unlock(${SESSION_LOCK})`;

async function hasLock(connection: PostgresConnection, name: string): Promise<boolean> {
  const [row] = await connection.rows(`SELECT pg_try_advisory_lock(${SESSION_LOCK}) AS got`, [name]);
  return row!['got'] === true;
}
