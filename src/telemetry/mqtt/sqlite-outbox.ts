import { randomBytes } from 'node:crypto';
import type { Log } from '../../foundation/log.js';
import type { DatabasePort } from '../../store/database-port.js';
import type { FileIdentity } from '../../store/file-identity.js';
import type { FileMark } from '../../store/file-mark.js';
import { type LinkListener, StoreLink } from '../../store/link.js';
import { type FormerStream, type OutboxState, OutboxTable, type StoredMessage } from '../../store/outbox-table.js';
import { FirstInFirstOut } from './first-in-first-out.js';
import { GivenUpLedger, toldIn } from './given-up.js';
import { type HeldBounds, type HeldMessage, HeldMessages } from './held-messages.js';
import { memoryStream } from './memory-outbox.js';
import {
  type DeliveryState,
  DURABLE_KINDS,
  type DurableKind,
  type Lane,
  type Outbox,
  type OutboxListener,
  type OutboxMessage,
  type TakenMessage,
} from './outbox.js';
import { type OutboxCommit, streamsIn, whyEnded } from './outbox-commit.js';
import { noMessages, type OutboxHealth } from './outbox-health.js';
import { OutboxTrim, type TrimLimits } from './outbox-trim.js';
import type { PublishDropCause } from './publish-drops.js';

export interface SqliteOutboxOptions extends TrimLimits {
  /** Opens the database, with `OUTBOX_MIGRATIONS` applied. May throw: it is tried again later. */
  readonly open: () => DatabasePort;
  readonly identity: () => FileIdentity;
  /** Tells whether an old copy was put in the place of the file; default: only where it is another file now. */
  readonly mark?: Pick<FileMark, 'read' | 'renew'>;
  /** Of what waits in memory while the disk takes nothing. */
  readonly memory: HeldBounds;
  /** ms between two commits; so long a message may wait before it is accepted. */
  readonly flushEveryMs: number;
  /** Brings what was committed onto the medium, without keeping this thread; default: the kernel does, within half a minute. */
  readonly sync?: () => Promise<void>;
  readonly log: Log;
  readonly listener?: LinkListener;
  /** ms that only go forward. */
  readonly clock: () => number;
  /** Unix ms, for the pauses after failures. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, for these pauses. */
  readonly random?: () => number;
}

interface Incoming {
  readonly message: OutboxMessage;
  /** Of the connections lost so far when it came. */
  readonly epoch: number;
}

/** Live messages that wait in memory too, so that they need not be read; what is beyond joins the backlog. */
const LIVE_MESSAGES = 1000;
const PAGE = 64;
/**
 * What the broker has is deleted with the next commit, or after so long: each commit wears the medium, and a crash meanwhile costs
 * doubles, which receivers drop.
 */
const FORGET_EVERY_MS = 15_000;
/** How often age and quota are looked at, and the state is written, while nothing happens. */
const LOOK_EVERY_MS = 60_000;
const SYNC_EVERY_MS = 5000;
/** Ids of what is accepted before the file could be read: behind all that it may hold. */
const IDS_BEFORE_OPENING = 2 ** 40;

/**
 * An outbox in a SQLite file. What is accepted is committed within `flushEveryMs`, alerts at once, and numbered then: what a
 * kill takes was neither numbered nor sent, so the numbers have no hole. Where the disk takes nothing, memory goes on, in a
 * stream of its own (`mem-…`), since numbers of the file that a restart would not find again must not be used; what waits there
 * is written, with its numbers, once the disk takes it.
 *
 * A stream belongs to one file and one start of the machine. Another one begins where the file was lost or is a copy, also of
 * the whole card, and after a power cut, which may have taken numbers that were already used.
 */
export class SqliteOutbox implements Outbox {
  readonly isPersistent = true;
  readonly #options: SqliteOutboxOptions;
  readonly #link: StoreLink<OutboxTable>;
  readonly #trim: OutboxTrim;
  readonly #held: HeldMessages;
  readonly #taken = new Map<number, HeldMessage>();
  /** Rows that the broker has, or that were given up: they are deleted with the next commit. */
  readonly #settled = new Map<number, Pick<HeldMessage, 'kind' | 'bytes'>>();
  readonly #attempts = new Map<number, number>();
  readonly #newest = new Map<string, number>();
  #listener: OutboxListener | null = null;
  #incoming: Incoming[] = [];
  #make: ((state: DeliveryState) => OutboxMessage) | null = null;
  #live = new FirstInFirstOut<HeldMessage>();
  #page: HeldMessage[] = [];
  /** Ids up to which the backlog was read, from the file and from memory. */
  #cursor = { file: 0, memory: 0 };
  /** What is behind it is live. */
  #boundary = 0;
  #isBacklogRead = false;
  #epoch = 0;

  #isKnown = false;
  #stream = '';
  #next = 1;
  #nextId = 1;
  #former: FormerStream[] = [];
  #givenUp = new GivenUpLedger();
  #counts = noMessages();
  #storedBytes = 0;
  #memory: { readonly stream: string; next: number } | null = null;
  #running = { sinceMs: 0, before: 0 };
  #bdSeq = 0;
  /** What was in a file that is not there any more. */
  #saved: HeldMessage[] = [];
  #identity: FileIdentity = { inode: 0, machineBoot: '' };
  /** That of now; null where it is to be renewed. */
  #mark: string | null = null;
  #fileBytes: number | null = null;
  #oldestAt: number | null = null;
  #dropped = noMessages();
  #isOnMedium = true;
  #trimmed: { count: number; at: number | null } = { count: 0, at: null };
  #isDirty = false;
  #isClosing = false;
  #committedAt = Number.NEGATIVE_INFINITY;
  #syncedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SqliteOutboxOptions) {
    const { open, flushEveryMs, log, listener, now, random, clock, memory } = options;
    this.#options = options;
    this.#held = new HeldMessages(memory);
    this.#trim = new OutboxTrim(options);
    this.#running.sinceMs = clock();
    this.#link = new StoreLink({
      what: 'the outbox',
      open,
      adopt: (database) => this.#adopt(database),
      flush: () => this.flush(),
      flushEveryMs,
      log,
      ...(listener && { listener }),
      ...(now && { now }),
      ...(random && { random }),
    });
  }

  /** Opens the file and begins to write. */
  start(): void {
    this.#link.start();
  }

  /** Writes what waits and closes the file; what the disk does not take is dropped as `stopped`. */
  stop(): void {
    this.#isClosing = true;
    this.#isDirty = true;
    this.#link.stop();
    for (const { message } of this.#incoming) this.#tellDropped(message, 'stopped');
    for (const message of this.#held.all) this.#tellDropped(message, 'stopped');
    this.#incoming = [];
    this.#held.clear();
  }

  get length(): number {
    return this.#stored + this.#held.size + this.#incoming.length - this.#settled.size - this.#taken.size;
  }

  get bytes(): number {
    const sum = (messages: Iterable<{ readonly bytes: number }>) => {
      let bytes = 0;
      for (const message of messages) bytes += message.bytes;
      return bytes;
    };
    const waiting = this.#storedBytes + sum(this.#held.all) + sum(this.#incoming.map(({ message }) => message));
    return waiting - sum(this.#settled.values()) - sum(this.#taken.values());
  }

  get hasUntold(): boolean {
    return !this.#givenUp.isEmpty;
  }

  get lastBdSeq(): number | null {
    return this.#bdSeq || null;
  }

  keepBdSeq(bdSeq: number): void {
    if (bdSeq <= this.#bdSeq) return;
    this.#bdSeq = bdSeq;
    this.#isDirty = true;
    this.flush();
  }

  health(): OutboxHealth {
    const messages = { ...this.#counts };
    for (const { kind } of this.#held.all) messages[kind]++;
    return {
      ...this.#link.health(),
      fileBytes: this.#fileBytes,
      messages,
      oldestMs: this.#oldestAt === null ? null : Math.max(0, this.#runningMs - this.#oldestAt),
      held: this.#held.size,
      dropped: { ...this.#dropped },
      trimmed: this.#trimmed.count,
      trimmedAgoMs: this.#trimmed.at === null ? null : this.#options.clock() - this.#trimmed.at,
    };
  }

  listen(listener: OutboxListener): void {
    this.#listener = listener;
  }

  accept(message: OutboxMessage): void {
    this.#incoming.push({ message, epoch: this.#epoch });
    if (message.kind === 'alert') this.flush();
  }

  tell(make: (state: DeliveryState) => OutboxMessage): void {
    this.#make = make;
    this.#isDirty = true;
  }

  next(lane: Lane): TakenMessage | null {
    const message = lane === 'live' ? this.#live.shift() : this.#nextOfBacklog();
    if (message === null) return null;
    message.attempts++;
    this.#taken.set(message.id, message);
    return message;
  }

  isNewest(message: TakenMessage): boolean {
    const { id, topic } = message as HeldMessage;
    const known = this.#newest.get(topic) ?? this.#link.read((table) => table.newestReport(topic)) ?? id;
    return id >= known;
  }

  acknowledge(message: TakenMessage): void {
    this.#settle(message as HeldMessage);
  }

  drop(message: TakenMessage, cause: PublishDropCause): void {
    if (this.#settle(message as HeldMessage)) this.#giveUp(message as HeldMessage, cause);
  }

  putBack(): void {
    for (const { id, attempts } of this.#taken.values()) this.#attempts.set(id, attempts);
    this.#taken.clear();
    this.#live = new FirstInFirstOut();
    this.#page = [];
    this.#cursor = { file: 0, memory: 0 };
    this.#boundary = this.#nextId - 1;
    this.#isBacklogRead = false;
    this.#trim.reset();
    this.#epoch++;
  }

  /** Nothing is sent any more; what waits stays. */
  close(): void {
    this.putBack();
  }

  get #stored(): number {
    return DURABLE_KINDS.reduce((sum, kind) => sum + this.#counts[kind], 0);
  }

  get #runningMs(): number {
    return Math.round(this.#running.before + this.#options.clock() - this.#running.sinceMs);
  }

  #settle(message: HeldMessage): boolean {
    const { id, kind, bytes } = message;
    if (!this.#taken.delete(id)) return false;
    this.#attempts.delete(id);
    if (this.#held.has(id)) this.#held.remove(id);
    // without its body: on a full disk, which deletes nothing, they become many
    else this.#settled.set(id, { kind, bytes });
    return true;
  }

  #giveUp(message: HeldMessage, cause: PublishDropCause): void {
    for (const row of toldIn(message)) this.#givenUp.merge(row);
    this.#givenUp.add(message, cause);
    this.#isDirty = true;
    this.#tellDropped(message, cause);
  }

  #tellDropped(message: Pick<TakenMessage, 'kind'>, cause: PublishDropCause): void {
    this.#dropped[message.kind]++;
    this.#listener?.dropped(message, cause);
  }

  // -- reading

  #nextOfBacklog(): HeldMessage | null {
    if (this.#page.length === 0 && !this.#isBacklogRead) this.#page = this.#readPage();
    return this.#page.shift() ?? null;
  }

  #readPage(): HeldMessage[] {
    const isFree = ({ id }: StoredMessage) => !this.#taken.has(id) && !this.#settled.has(id);
    for (;;) {
      const rows = this.#link.read((table) => table.page(this.#cursor.file, this.#boundary, PAGE)) ?? [];
      if (rows.length === 0) break;
      this.#cursor.file = rows.at(-1)!.id;
      const free = rows.filter(isFree);
      if (free.length > 0) return free.map((row) => this.#fromFile(row));
    }
    const held = this.#held.page(this.#cursor.memory, this.#boundary, PAGE);
    this.#isBacklogRead = held.length === 0;
    if (held.length > 0) this.#cursor.memory = held.at(-1)!.id;
    return held.filter(isFree);
  }

  #fromFile(row: StoredMessage): HeldMessage {
    return { ...row, kind: row.kind as DurableKind, connection: 0, attempts: this.#attempts.get(row.id) ?? 0 };
  }

  // -- writing

  /** Commits what waits now; the timer calls it. */
  flush(): void {
    const { clock } = this.#options;
    this.#syncWhereDue(false);
    const isIdle = this.#incoming.length === 0 && this.#held.size === 0 && !this.#isDirty;
    const sinceMs = clock() - this.#committedAt;
    const mayWait = sinceMs < (this.#settled.size > 0 ? FORGET_EVERY_MS : LOOK_EVERY_MS);
    if (isIdle && mayWait && !this.#link.degraded) return;
    if (this.#isMoved()) this.#leaveFile();
    const wasDegraded = this.#link.degraded;
    const commit = this.#link.canWrite ? this.#committed() : null;
    if (commit !== null) {
      this.#apply(commit);
      // what could not be read may be readable now
      if (wasDegraded) this.#isBacklogRead = false;
      this.#isOnMedium = false;
      this.#syncWhereDue(commit.accepted.some(({ message }) => message.kind === 'alert'));
    } else if (this.#link.degraded) this.#hold();
    if (!this.#isClosing) this.#listener?.ready();
  }

  /** null where the disk refused: nothing has changed then. */
  #committed(): OutboxCommit | null {
    const givenUp = new GivenUpLedger();
    for (const row of this.#givenUp.rows) givenUp.merge(row);
    const commit: OutboxCommit = {
      stream: this.#stream,
      next: this.#next,
      nextId: this.#nextId,
      former: [...this.#former],
      givenUp,
      counts: { ...this.#counts },
      bytes: this.#storedBytes,
      accepted: [],
      trimmed: [],
      mark: '',
      fileBytes: 0,
      oldestAt: null,
    };
    return this.#link.write((table) => this.#write(table, commit)) ? commit : null;
  }

  #write(table: OutboxTable, commit: OutboxCommit): void {
    const { counts } = commit;
    const insert = (message: HeldMessage): void => {
      table.insert(message);
      counts[message.kind]++;
      commit.bytes += message.bytes;
    };
    for (const [id, { kind, bytes }] of this.#settled) {
      table.remove(id);
      counts[kind]--;
      commit.bytes -= bytes;
    }
    for (const message of this.#held.all) {
      // the file may be a copy of the one that it was saved from
      const [same] = table.page(message.id - 1, message.id, 1);
      if (same !== undefined) {
        table.remove(same.id);
        counts[same.kind as DurableKind]--;
        commit.bytes -= same.bytes;
      }
      insert(message);
    }
    if (this.#memory) commit.former.push({ ...this.#memory, ended: 'disk-refused' });
    const accept = (message: OutboxMessage, epoch: number): void => {
      const numbered = this.#numbered(message, commit.nextId++, commit.stream, commit.next++);
      insert(numbered);
      commit.accepted.push({ message: numbered, epoch });
    };
    for (const { message, epoch } of this.#incoming) accept(message, epoch);
    commit.trimmed = this.#trim.run(table, this.#runningMs, this.#incoming.length, (id) => this.#taken.has(id));
    for (const { message, cause } of commit.trimmed) {
      counts[message.kind]--;
      commit.bytes -= message.bytes;
      for (const row of toldIn(message)) commit.givenUp.merge(row);
      commit.givenUp.add(message, cause);
    }
    if (this.#make) {
      const streams = streamsIn(table, commit);
      accept(this.#make({ streams, dropped: commit.givenUp.rows }), this.#epoch);
      commit.givenUp.clear();
      commit.former = commit.former.filter((_, index) => streams[index]!.low < streams[index]!.next);
    }
    this.#writeState(table, commit);
  }

  #writeState(table: OutboxTable, commit: OutboxCommit): void {
    const known = this.#isClosing ? null : this.#mark;
    commit.mark = known ?? this.#options.mark?.renew() ?? '';
    table.saveGivenUp(commit.givenUp.rows.map(({ from, to, ...row }) => ({ ...row, first: from, last: to })));
    table.saveFormerStreams(commit.former);
    table.saveState({
      stream: commit.stream,
      next: commit.next,
      nextId: commit.nextId,
      messages: DURABLE_KINDS.reduce((sum, kind) => sum + commit.counts[kind], 0),
      bytes: commit.bytes,
      kinds: JSON.stringify(commit.counts),
      runningMs: this.#runningMs,
      bdSeq: this.#bdSeq,
      inode: this.#identity.inode,
      machineBoot: this.#identity.machineBoot,
      clean: Number(this.#isClosing),
      mark: commit.mark,
    });
    commit.fileBytes = table.usage().file;
    commit.oldestAt = table.oldest()?.at ?? null;
  }

  #apply(commit: OutboxCommit): void {
    this.#committedAt = this.#options.clock();
    this.#isDirty = false;
    this.#mark = commit.mark;
    this.#make = null;
    this.#memory = null;
    this.#next = commit.next;
    this.#nextId = commit.nextId;
    this.#former = commit.former;
    this.#givenUp = commit.givenUp;
    this.#counts = commit.counts;
    this.#storedBytes = commit.bytes;
    this.#fileBytes = commit.fileBytes;
    this.#oldestAt = commit.oldestAt;
    this.#incoming = [];
    this.#settled.clear();
    this.#held.clear();
    this.#trim.committed();
    const gone = new Set(commit.trimmed.map(({ message }) => message.id));
    for (const { message, epoch } of commit.accepted) if (!gone.has(message.id)) this.#queue(message, epoch);
    this.#forget(gone);
    this.#countTrimmed(commit.trimmed.length);
    for (const { message, cause } of commit.trimmed) this.#tellDropped(message, cause);
  }

  /** The disk takes nothing: memory does, within bounds, and numbers in a stream of its own. */
  #hold(): void {
    if (!this.#isKnown) this.#nextId = Math.max(this.#nextId, IDS_BEFORE_OPENING);
    for (const { message, epoch } of this.#incoming) {
      this.#memory ??= { stream: memoryStream(), next: 1 };
      const numbered = this.#numbered(message, this.#nextId++, this.#memory.stream, this.#memory.next++);
      this.#held.add(numbered);
      this.#queue(numbered, epoch);
    }
    this.#incoming = [];
    const trimmed = this.#held.trim((id) => this.#taken.has(id));
    this.#forget(new Set(trimmed.map(({ id }) => id)));
    this.#countTrimmed(trimmed.length);
    for (const message of trimmed) this.#giveUp(message, 'queue-full');
  }

  #countTrimmed(count: number): void {
    if (count > 0) this.#trimmed = { count: this.#trimmed.count + count, at: this.#options.clock() };
  }

  #numbered(message: OutboxMessage, id: number, stream: string, n: number): HeldMessage {
    const { kind, topic, body, bytes, connection } = message;
    return { id, stream, n, kind, topic, body, bytes, at: this.#runningMs, connection, attempts: 0 };
  }

  /** A message has its number and can be sent: as live where its connection still is. */
  #queue(message: HeldMessage, epoch: number): void {
    if (message.kind === 'report') this.#newest.set(message.topic, message.id);
    if (epoch === this.#epoch && message.connection > 0) this.#live.push(message);
    else this.#joinBacklog(message);
    if (this.#live.length > LIVE_MESSAGES) this.#joinBacklog(this.#live.shift()!);
  }

  #joinBacklog({ id }: HeldMessage): void {
    this.#boundary = id;
    this.#isBacklogRead = false;
  }

  /** Of what waits in memory as well, those are gone. */
  #forget(gone: ReadonlySet<number>): void {
    if (gone.size === 0) return;
    for (const id of gone) this.#attempts.delete(id);
    this.#page = this.#page.filter(({ id }) => !gone.has(id));
    for (const message of this.#live.takeAll()) if (!gone.has(message.id)) this.#live.push(message);
  }

  #syncWhereDue(atOnce: boolean): void {
    const { sync, clock } = this.#options;
    if (!sync || this.#isOnMedium || (!atOnce && clock() - this.#syncedAt < SYNC_EVERY_MS)) return;
    this.#isOnMedium = true;
    this.#syncedAt = clock();
    sync().catch((error: unknown) => this.#link.failed('cannot be brought onto the medium', error));
  }

  // -- opening

  /** Whether the file was deleted, renamed or replaced while it is open: what is written there then, nobody finds again. */
  #isMoved(): boolean {
    const { inode } = this.#identity;
    return this.#link.isOpen && inode !== 0 && this.#options.identity().inode !== inode;
  }

  /** Saves from the file that is open as much as memory may hold. */
  #leaveFile(): void {
    const { maxMessages } = this.#options.memory;
    const rows = this.#link.read((table) => table.page(0, Number.MAX_SAFE_INTEGER, maxMessages)) ?? [];
    this.#saved = rows.filter(({ id }) => !this.#settled.has(id)).map((row) => this.#fromFile(row));
    const error = new Error('the file that was open is not there any more; what waits there is saved into a new one');
    this.#link.moved('was deleted or replaced', error);
  }

  #adopt(database: DatabasePort): OutboxTable {
    const table = new OutboxTable(database);
    table.limitLog(this.#trim.logBytes);
    const state = table.state();
    const identity = this.#options.identity();
    if (this.#isKnown && state?.stream === this.#stream && state.next === this.#next) {
      this.#identity = identity;
      return table;
    }
    // another file than the one that was open
    if (this.#isKnown) this.#loseFile();
    if (state !== null) this.#resume(table, state, identity);
    else this.#begin();
    this.#identity = identity;
    this.#isKnown = true;
    this.#isDirty = true;
    this.#isBacklogRead = false;
    return table;
  }

  #begin(): void {
    this.#stream = randomBytes(6).toString('hex');
    this.#next = 1;
  }

  #resume(table: OutboxTable, state: OutboxState, identity: FileIdentity): void {
    this.#stream = state.stream;
    this.#next = state.next;
    this.#nextId = Math.max(this.#nextId, state.nextId);
    this.#boundary = Math.max(this.#boundary, this.#nextId - 1);
    this.#counts = { ...noMessages(), ...(JSON.parse(state.kinds) as Record<DurableKind, number>) };
    this.#storedBytes = state.bytes;
    this.#running.before = state.runningMs;
    this.#bdSeq = Math.max(this.#bdSeq, state.bdSeq);
    const known = new Set(this.#former.map(({ stream }) => stream));
    this.#former.push(...table.formerStreams().filter(({ stream }) => !known.has(stream)));
    for (const { first, last, kind, ...row } of table.givenUp()) {
      this.#givenUp.merge({ ...row, kind: kind as DurableKind, from: first, to: last });
    }
    const isLost = this.#former.some(({ stream }) => stream === state.stream);
    const ended = whyEnded(state, identity, this.#options.mark?.read() ?? state.mark);
    if (ended === null && !isLost) return;
    if (!isLost) this.#former.push({ stream: this.#stream, next: this.#next, ended: ended! });
    this.#begin();
  }

  /** What was in the file is lost, but for what is in memory too. */
  #loseFile(): void {
    const inMemory = [...this.#taken.values(), ...this.#page, ...this.#live.takeAll()];
    const known = new Map([...this.#saved, ...inMemory].map((message) => [message.id, message]));
    const kept = [...known.values()].filter(({ id }) => !this.#held.has(id) && !this.#settled.has(id));
    this.#saved = [];
    for (const message of kept.sort((a, b) => a.id - b.id)) this.#held.add(message);
    const count = this.#stored - this.#settled.size - kept.length;
    const stream = this.#stream;
    if (count > 0)
      this.#givenUp.merge({ stream, kind: 'unknown', cause: 'file-lost', from: 1, to: this.#next - 1, count });
    this.#former.push({ stream, next: this.#next, ended: 'file-lost' });
    this.#settled.clear();
    this.#counts = noMessages();
    this.#storedBytes = 0;
    this.#page = [];
    this.#cursor = { file: 0, memory: 0 };
    this.#boundary = this.#nextId - 1;
  }
}
