import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { AlertPayload } from '../mqtt/messages/alert.js';

/** Where alerts go, and are kept while they hold. */
export interface AlertSink {
  /** Raises or renews an alert; null clears it. */
  alert(code: string, payload: AlertPayload | null): void;
}

/** An alert that holds. `since`: Unix ms when it began. */
export interface ActiveAlert extends Alert {
  readonly code: string;
  readonly since: number;
}

const MAX_MESSAGE_LENGTH = 1000;

/**
 * What central operations must send somebody for, as the parts raise and clear it. What is said again without a change
 * is told once; what an earlier run of the program left at the broker is cleared.
 */
export class Alerts {
  readonly #now: () => number;
  readonly #declared = new Map<string, AlertDeclaration>();
  readonly #active = new Map<string, ActiveAlert>();
  readonly #sinks: AlertSink[] = [];

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

  /** Tells a sink of every alert from now on, and of each declared one whether it holds. */
  tell(sink: AlertSink): void {
    this.#sinks.push(sink);
    for (const code of this.#declared.keys()) sink.alert(code, payloadOf(this.#active.get(code)));
  }

  /**
   * The alert holds. Its beginning stays where it held before.
   *
   * @throws RangeError where the code or its severity was not declared
   */
  raise(code: string, alert: Alert): void {
    this.#check(code, alert);
    const message = alert.message.slice(0, MAX_MESSAGE_LENGTH);
    const before = this.#active.get(code);
    const { severity, details } = alert;
    if (before?.message === message && before.severity === severity) return;
    const since = before?.since ?? this.#now();
    const active: ActiveAlert = { code, since, severity, message, ...(details && { details }) };
    this.#active.set(code, active);
    for (const sink of this.#sinks) sink.alert(code, payloadOf(active));
  }

  /** The alert holds no more. @throws RangeError where the code was not declared */
  clear(code: string): void {
    this.#check(code);
    if (!this.#active.delete(code)) return;
    for (const sink of this.#sinks) sink.alert(code, null);
  }

  /** Raises the alert, or clears it where there is none. @throws RangeError as `raise` */
  set(code: string, alert: Alert | null): void {
    if (alert === null) this.clear(code);
    else this.raise(code, alert);
  }

  /** Those that hold, in the order in which they began. */
  active(): readonly ActiveAlert[] {
    return [...this.#active.values()];
  }

  #check(code: string, alert?: Alert): void {
    const declaration = this.#declared.get(code);
    if (!declaration) throw new RangeError(`alert ${code} was not declared`);
    if (alert && !declaration.severities.includes(alert.severity)) {
      throw new RangeError(`alert ${code}: expected ${declaration.severities.join(' or ')}, got ${alert.severity}`);
    }
  }
}

function payloadOf(active: ActiveAlert | undefined): AlertPayload | null {
  if (active === undefined) return null;
  const { severity, message, since, details } = active;
  return { severity, message, since, ...(details && { details: { ...details } }) };
}
