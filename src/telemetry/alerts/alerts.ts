import {
  type ALERT_TRANSITIONS,
  type Alert,
  type AlertDeclaration,
  SEVERITIES,
  type Severity,
} from '../../foundation/alert-declaration.js';
import { didYouMean } from '../../foundation/validate.js';
import type { AlertPayload } from '../mqtt/messages/alert.js';

/** Where alerts go, and are kept while they hold. */
export interface AlertSink {
  /** Raises or renews an alert; null clears it. */
  alert(code: string, payload: AlertPayload | null): void;
}

/** That somebody has seen an alert and cares for it. */
export interface Acknowledgement {
  /** Unix ms. */
  readonly at: number;
  /** Who it was, as they name themselves. */
  readonly by: string;
}

/** An alert that holds. */
export interface ActiveAlert extends Alert {
  readonly code: string;
  /** Unix ms when it began. */
  readonly since: number;
  readonly action: string;
  readonly acknowledged?: Acknowledgement;
  /** Unix ms until which nobody is told of it. */
  readonly snoozedUntil?: number;
}

/** One step in the life of an alert. */
export interface AlertTransition {
  /** Unix ms. */
  readonly at: number;
  readonly code: string;
  readonly kind: (typeof ALERT_TRANSITIONS)[number];
  /** As it is afterwards, or was when it was cleared; null where a code is snoozed that holds not. */
  readonly alert: ActiveAlert | null;
  /** Who acknowledged or snoozed it. */
  readonly by?: string;
  /** Unix ms until which it is snoozed. */
  readonly until?: number;
}

/** That somebody wants to hear nothing of a code for a time. */
export interface Snooze {
  /** Unix ms. */
  readonly until: number;
  readonly by: string;
}

/** What must be known of a code after a restart. */
export interface AlertState {
  readonly code: string;
  /** null where it does not hold. */
  readonly alert: ActiveAlert | null;
  readonly snooze: Snooze | null;
}

const MAX_MESSAGE_LENGTH = 1000;
const MAX_NAME_LENGTH = 64;
/** What only says something else, at the same severity, is a transition so seldom: some messages carry numbers. */
const CHANGED_EVERY_MS = 300_000;

/** Longer silence is no snooze: it would be forgotten. */
export const MAX_SNOOZE_MS = 30 * 86_400_000;

/**
 * What central operations must send somebody for, as the parts raise and clear it. What is said again without a change
 * is told once; what an earlier run of the program left at the broker is cleared. Who acknowledges an alert says that
 * they care for it, and it stays; who snoozes a code silences it for a time. What becomes more severe ends both.
 */
export class Alerts {
  readonly #now: () => number;
  readonly #declared = new Map<string, AlertDeclaration>();
  readonly #active = new Map<string, ActiveAlert>();
  /** What held when an earlier run of the program ended, and was not raised yet in this one. */
  readonly #earlier = new Map<string, ActiveAlert>();
  readonly #snoozes = new Map<string, Snooze>();
  /** Unix ms of the last transition that told what an alert says. */
  readonly #said = new Map<string, number>();
  readonly #sinks: AlertSink[] = [];
  readonly #listeners: ((transition: AlertTransition) => void)[] = [];

  /** @param now Unix ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws RangeError where a code is taken */
  declare(declarations: readonly AlertDeclaration[]): void {
    for (const declaration of declarations) {
      const { code } = declaration;
      if (this.#declared.has(code)) throw new RangeError(`alert ${code} is declared already`);
      this.#declared.set(code, declaration);
      for (const sink of this.#sinks) sink.alert(code, null);
    }
  }

  /** All that may be raised. */
  get declarations(): readonly AlertDeclaration[] {
    return [...this.#declared.values()];
  }

  /** Codes that nobody is told of now, whether they hold or not. */
  get snoozes(): readonly (Snooze & { readonly code: string })[] {
    return [...this.#snoozes].filter(([code]) => this.#isSnoozed(code)).map(([code, snooze]) => ({ code, ...snooze }));
  }

  /** Codes of all that may be raised. */
  get codes(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /**
   * Tells a sink of every alert from now on, and of each declared one whether it holds. Of one that held when an earlier run ended
   * it is not known yet: what was told of it then stays.
   */
  tell(sink: AlertSink): void {
    this.#sinks.push(sink);
    for (const code of this.#declared.keys()) if (!this.#earlier.has(code)) sink.alert(code, this.#payload(code));
  }

  /**
   * Goes on from what an earlier run of the program left: what is snoozed stays so, and an alert that is raised again keeps its
   * beginning and its acknowledgement, as if the program had not stopped. To be called before `tell`, and followed by
   * `forgetEarlier` once whatever is wrong should have been raised again.
   */
  restore(states: readonly AlertState[]): void {
    for (const { code, alert, snooze } of states) {
      if (snooze) this.#snoozes.set(code, snooze);
      if (alert && !this.#active.has(code)) this.#earlier.set(code, alert);
    }
  }

  /** What held in the earlier run and was not raised again is over. */
  forgetEarlier(): void {
    for (const [code, alert] of [...this.#earlier]) {
      this.#earlier.delete(code);
      if (this.#declared.has(code)) this.#tellSinks(code);
      this.#tellListeners('cleared', code, { alert });
    }
  }

  /** What `restore` needs of a code; null where there is nothing to know. */
  state(code: string): AlertState | null {
    const alert = this.#active.get(code) ?? this.#earlier.get(code) ?? null;
    const snooze = this.#snoozes.get(code) ?? null;
    return alert === null && snooze === null ? null : { code, alert, snooze };
  }

  /** Has a listener hear of each transition from now on, those of snoozed alerts too. */
  onTransition(listener: (transition: AlertTransition) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * The alert holds. Its beginning stays where it held before.
   *
   * @throws RangeError where the code or its severity was not declared
   */
  raise(code: string, alert: Alert): void {
    const { action } = this.#check(code, alert);
    const earlier = this.#earlier.get(code);
    const before = this.#active.get(code) ?? earlier;
    const isWorse = before !== undefined && rank(alert.severity) > rank(before.severity);
    const since = before?.since ?? this.#now();
    const message = alert.message.slice(0, MAX_MESSAGE_LENGTH);
    const acknowledged = isWorse ? undefined : before?.acknowledged;
    this.#active.set(code, { action, ...alert, code, since, message, ...(acknowledged && { acknowledged }) });
    this.#earlier.delete(code);
    const isSame = before?.message === message && before.severity === alert.severity;
    if (isSame && !earlier) return;
    if (isWorse) this.#snoozes.delete(code);
    this.#tellSinks(code);
    if (isSame) return;
    if (before === undefined) this.#tellListeners('raised', code);
    else if (before.severity !== alert.severity || this.#isDue(code)) this.#tellListeners('changed', code);
  }

  /** The alert holds no more. @throws RangeError where the code was not declared */
  clear(code: string): void {
    this.#check(code);
    const before = this.#active.get(code);
    if (before === undefined) return;
    const wasTold = !this.#isSnoozed(code);
    this.#active.delete(code);
    if (wasTold) this.#tellSinks(code);
    this.#tellListeners('cleared', code, { alert: before });
  }

  /** Raises the alert, or clears it where there is none. @throws RangeError as `raise` */
  set(code: string, alert: Alert | null): void {
    if (alert === null) this.clear(code);
    else this.raise(code, alert);
  }

  /**
   * Somebody cares for the alert; until it is over, or becomes more severe.
   *
   * @param by who, as they name themselves
   * @throws RangeError where there is no such code or the alert does not hold
   */
  acknowledge(code: string, by: string): ActiveAlert {
    this.#requireKnown(code);
    const before = this.#active.get(code);
    if (before === undefined) throw new RangeError(`alert ${code} does not hold: there is nothing to acknowledge`);
    const name = named(by);
    this.#active.set(code, { ...before, acknowledged: { at: this.#now(), by: name } });
    if (!this.#isSnoozed(code)) this.#tellSinks(code);
    this.#tellListeners('acknowledged', code, { by: name });
    return this.#shown(code)!;
  }

  /**
   * Nobody is told of the code until then, whether it holds now or begins later; its transitions are still heard by
   * listeners.
   *
   * @param until Unix ms, at most 30 days ahead; one that has passed ends a snooze
   * @throws RangeError where there is no such code, or that is too far ahead
   */
  snooze(code: string, until: number, by: string): void {
    this.#requireKnown(code);
    const ahead = until - this.#now();
    if (!(ahead <= MAX_SNOOZE_MS)) {
      throw new RangeError(
        `alert ${code}: expected a snooze of at most 30 days, got ${Math.round(ahead / 86_400_000)}`,
      );
    }
    const name = named(by);
    if (ahead <= 0) {
      this.#unsnooze(code, name);
      return;
    }
    this.#snoozes.set(code, { until, by: name });
    if (this.#active.has(code)) this.#tellSinks(code);
    this.#tellListeners('snoozed', code, { by: name, until });
  }

  /** Tells again of what is snoozed no longer; to be called now and then. */
  endSnoozes(): void {
    for (const code of [...this.#snoozes.keys()]) if (!this.#isSnoozed(code)) this.#unsnooze(code);
  }

  /** Those that hold, in the order in which they began. */
  active(): readonly ActiveAlert[] {
    return [...this.#active.keys()].map((code) => this.#shown(code)!);
  }

  #unsnooze(code: string, by?: string): void {
    if (!this.#snoozes.delete(code)) return;
    if (this.#active.has(code)) this.#tellSinks(code);
    this.#tellListeners('unsnoozed', code, by === undefined ? {} : { by });
  }

  /** A clock that is set back by years makes no snooze longer than it may be. */
  #isSnoozed(code: string): boolean {
    const snooze = this.#snoozes.get(code);
    if (snooze === undefined) return false;
    const ahead = snooze.until - this.#now();
    return ahead > 0 && ahead <= MAX_SNOOZE_MS;
  }

  #isDue(code: string): boolean {
    return Math.abs(this.#now() - (this.#said.get(code) ?? 0)) >= CHANGED_EVERY_MS;
  }

  #shown(code: string): ActiveAlert | null {
    const active = this.#active.get(code);
    if (active === undefined) return null;
    return this.#isSnoozed(code) ? { ...active, snoozedUntil: this.#snoozes.get(code)!.until } : active;
  }

  #payload(code: string): AlertPayload | null {
    const active = this.#active.get(code);
    return active === undefined || this.#isSnoozed(code) ? null : payloadOf(active);
  }

  #tellSinks(code: string): void {
    const payload = this.#payload(code);
    for (const sink of this.#sinks) sink.alert(code, payload);
  }

  #tellListeners(kind: AlertTransition['kind'], code: string, more: Partial<AlertTransition> = {}): void {
    const at = this.#now();
    this.#said.set(code, at);
    const transition: AlertTransition = { at, code, kind, alert: this.#shown(code), ...more };
    for (const listener of this.#listeners) listener(transition);
  }

  /** Of a code that a person typed. */
  #requireKnown(code: string): void {
    if (this.#declared.has(code)) return;
    const meant = didYouMean(code, [...this.#declared.keys()]);
    throw new RangeError(`there is no alert ${code}${meant === null ? '' : `: did you mean ${meant}?`}`);
  }

  #check(code: string, alert?: Alert): AlertDeclaration {
    const declaration = this.#declared.get(code);
    if (!declaration) throw new RangeError(`alert ${code} was not declared`);
    if (alert && !declaration.severities.includes(alert.severity)) {
      throw new RangeError(`alert ${code}: expected ${declaration.severities.join(' or ')}, got ${alert.severity}`);
    }
    return declaration;
  }
}

/** The alert as a message tells it. */
export function payloadOf({ code: _, snoozedUntil: __, details, ...told }: ActiveAlert): AlertPayload {
  return { ...told, ...(details && { details: { ...details } }) };
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

const named = (by: string): string => by.slice(0, MAX_NAME_LENGTH) || 'somebody';
