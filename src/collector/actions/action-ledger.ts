import type { SigningKey } from '../../telemetry/commands/keys.js';
import { type ActionChanges, type ActionStore, type LabelChange, NO_ACTION_CHANGES } from './action-store.js';
import { archiveAudit } from './audit-archive.js';
import { type AuditHead, type AuditNews, chained, NO_AUDIT } from './audit-chain.js';
import type { DeviceTask, FleetAction } from './fleet-action.js';
import { RunningAction } from './running-action.js';

/** What somebody did to an action, or what became of it. */
export type ActionNews = Pick<AuditNews, 'by' | 'what' | 'detail'>;

/** Where old entries of the audit go. */
export interface AuditArchive {
  readonly folder: string;
  /** ms after which they are old. */
  readonly keptMs: number;
}

const PAGE = 1000;
/** Entries of a file. */
const MOST_ARCHIVED = 5000;
/** What becomes old in a week goes together. */
const ARCHIVED_TOGETHER_MS = 604_800_000;

/** Writes what becomes of actions, each change with its entries of the audit, and reads what was not ended. */
export class ActionLedger {
  readonly #store: ActionStore;
  readonly #now: () => number;
  readonly #open = new Map<string, RunningAction>();
  /** As it was written last, by id: what stands fast is long where many devices were named, and is not written again and again. */
  readonly #written = new Map<string, FleetAction>();
  #head: AuditHead = NO_AUDIT;

  /** @param now Unix ms */
  constructor(store: ActionStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Those that are not ended, by id, oldest first. */
  get open(): ReadonlyMap<string, RunningAction> {
    return this.#open;
  }

  /** Devices of all that are not ended. */
  get devices(): number {
    return [...this.#open.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Reads anew what was not ended; all of it, or what is at hand stays. @throws as the store does */
  async load(): Promise<void> {
    const [head = NO_AUDIT] = await this.#store.audit(1, Number.MAX_SAFE_INTEGER);
    const actions = await this.#store.openActions();
    const tasks: DeviceTask[][] = [];
    for (const { plan } of actions) tasks.push(await this.tasksOf(plan.id));
    this.#open.clear();
    this.#written.clear();
    this.#head = head;
    for (const [index, action] of actions.entries()) this.#keep(action, tasks[index]!);
  }

  /** All devices of an action, in the order of site and name. @throws as the store does */
  async tasksOf(action: string): Promise<DeviceTask[]> {
    const tasks: DeviceTask[] = [];
    for (let after: DeviceTask | null = null; ; ) {
      const page: DeviceTask[] = await this.#store.tasks({ action, after, limit: PAGE });
      tasks.push(...page);
      if (page.length < PAGE) return tasks;
      after = page.at(-1)!;
    }
  }

  /** An action begins. @throws as the store does */
  async begin(action: FleetAction, tasks: readonly DeviceTask[], news: ActionNews): Promise<void> {
    const { id } = action.plan;
    await this.#change({ actions: [action], tasks: tasks.map((task) => ({ action: id, task })) }, [
      { ...news, at: this.#now(), action: id },
    ]);
    this.#keep(action, tasks);
  }

  /** Writes what has changed of an action, if anything did; one that has ended is open no more then. @throws as the store does */
  async write(running: RunningAction, happened: readonly ActionNews[]): Promise<void> {
    const { action } = running;
    const { id } = action.plan;
    const tasks = running.changes().map((task) => ({ action: id, task }));
    const actions = this.#written.get(id) === action ? [] : [action];
    if (tasks.length > 0 || actions.length > 0 || happened.length > 0)
      await this.#change(
        { actions, tasks },
        happened.map((one) => ({ ...one, at: this.#now(), action: id })),
      );
    this.#written.set(id, action);
    if (running.isOpen) return;
    this.#open.delete(id);
    this.#written.delete(id);
  }

  /** Something that is of no action. @throws as the store does */
  async tell(news: ActionNews): Promise<void> {
    await this.#change({}, [{ ...news, at: this.#now(), action: null }]);
  }

  /** @throws as the store does */
  async label(labels: readonly LabelChange[], by: string): Promise<void> {
    await this.#change({ labels }, [{ at: this.#now(), by, what: 'labelled', action: null, detail: labels }]);
  }

  /**
   * Puts entries of the audit that are too old into a file, some thousand at most; the newest one stays.
   *
   * @returns whether there may be more of them
   * @throws EdgeError E_OUTPUT where the folder cannot be written; as the store does
   */
  async archive({ folder, keptMs }: AuditArchive, key: SigningKey | null): Promise<boolean> {
    const before = this.#now() - keptMs;
    const oldest = await this.#store.oldestAudit(MOST_ARCHIVED);
    const end = oldest.findIndex(({ at, n }) => at >= before || n === this.#head.n);
    const old = end < 0 ? oldest : oldest.slice(0, end);
    const isWhole = old.length === MOST_ARCHIVED;
    if (!isWhole && (old[0]?.at ?? before) >= before - ARCHIVED_TOGETHER_MS) return false;
    const detail = await archiveAudit(folder, old, key);
    const news = { at: this.#now(), by: 'collector', what: 'archived', action: null, detail } as const;
    await this.#change({ archivedThrough: detail.through }, [news]);
    return isWhole;
  }

  #keep(action: FleetAction, tasks: readonly DeviceTask[]): void {
    this.#open.set(action.plan.id, new RunningAction(action, tasks));
    this.#written.set(action.plan.id, action);
  }

  async #change(changes: Partial<ActionChanges>, news: readonly AuditNews[]): Promise<void> {
    const audit = chained(this.#head, news);
    await this.#store.change({ ...NO_ACTION_CHANGES, ...changes, audit });
    this.#head = audit.at(-1) ?? this.#head;
  }
}
