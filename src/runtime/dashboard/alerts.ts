import type {
  ActiveAlertView,
  AlertHistoryView,
  AlertStepView,
  AlertsPort,
  AlertsView,
  AskedSteps,
  AuditView,
  ChangeView,
} from '../../dashboard/api/alerts.js';
import { SEVERITIES, type Severity } from '../../foundation/alert-declaration.js';
import { maskCredentials } from '../../foundation/log.js';
import type { Viewer } from '../../foundation/viewer.js';
import type { AlertLogEntry } from '../../store/alert-history.js';
import type { LoggedCommand } from '../../store/command-log.js';
import type { ActiveAlert, Alerts } from '../../telemetry/alerts/alerts.js';
import type { CameraAlerts, OwnedAlert } from '../alerts/camera-alerts.js';
import type { DeviceAlerts } from '../alerts/device-alerts.js';
import type { DeviceCommands } from '../commands/device-commands.js';
import { wholeMoments } from './whole-moments.js';

export interface DashboardAlertsParts {
  readonly cameraAlerts: CameraAlerts;
  readonly alertHistory: Pick<DeviceAlerts, 'history'>;
  readonly commands: Pick<DeviceCommands, 'recent'>;
  /** Ids of all cameras. */
  readonly cameraIds: () => readonly string[];
  /** Unix ms. */
  readonly now: () => number;
}

/** Steps that are looked through for those of one camera. */
const MOST_LOOKED_AT = 5000;
/** Rows beyond those of a page that are read to see where its last millisecond ends. */
const MOST_AT_ONCE = 500;
const MOST_OF_BODY = 300;

/** Shows the alerts, lets the operator acknowledge and snooze them, and shows what was changed by whom. */
export class DashboardAlerts implements AlertsPort {
  readonly #parts: DashboardAlertsParts;

  constructor(parts: DashboardAlertsParts) {
    this.#parts = parts;
  }

  view(viewer: Viewer): AlertsView {
    const { cameraAlerts, now } = this.#parts;
    const cameras = this.#camerasOf(viewer);
    const owners = [...cameraAlerts.owners].filter(
      ([tenant]) => viewer.kind === 'operator' || tenant === viewer.tenant,
    );
    const declarations = new Map(owners.flatMap(([, { declarations: all }]) => all.map((one) => [one.code, one])));
    const helpOf = (code: string): string => declarations.get(code)?.help ?? '';
    const active = cameraAlerts.active(viewer).map((alert) => activeView(alert, helpOf(alert.code), cameras));
    return {
      at: now(),
      active: active.sort((a, b) => rank(b.severity) - rank(a.severity) || b.since - a.since),
      snoozed: owners.flatMap(([tenant, { snoozes }]) => snoozes.map((snooze) => ({ ...snooze, tenant }))),
      codes: [...declarations.values()].map(({ code, help, action }) => ({ code, help, action })),
      cameras: [...cameras],
    };
  }

  history(asked: AskedSteps, viewer: Viewer): Pick<AlertHistoryView, 'steps' | 'next'> | null {
    const { camera, limit, ...rest } = asked;
    const tenant = viewer.kind === 'operator' ? undefined : viewer.tenant;
    const cameras = this.#camerasOf(viewer);
    const most = camera === undefined ? limit + MOST_AT_ONCE : MOST_LOOKED_AT;
    const found = this.#parts.alertHistory.history.read({ ...rest, tenant, limit: most });
    if (found === null) return null;
    const { page: looked, isComplete: isAll } = wholeMoments(found.reverse(), most - 1);
    const steps = looked.map((entry) => stepView(entry, cameras));
    const own = camera === undefined ? steps : steps.filter((step) => step.cameras.includes(camera));
    const { page, isComplete } = wholeMoments(own, limit);
    const last = isComplete ? (isAll ? undefined : looked.at(-1)) : page.at(-1);
    return { steps: [...page], next: last === undefined ? null : last.at - 1 };
  }

  changes(before: number, limit: number): AuditView | null {
    const found = this.#parts.commands.recent(before, limit + MOST_AT_ONCE);
    if (found === null) return null;
    const { page, isComplete } = wholeMoments(found, limit);
    return { changes: page.map(changeView), next: isComplete ? null : page.at(-1)!.at };
  }

  acknowledge(code: string, tenant: string | undefined, by: string): void {
    this.#alertsOf(tenant).acknowledge(code, by);
  }

  snooze(code: string, tenant: string | undefined, forMs: number, by: string): void {
    this.#alertsOf(tenant).snooze(code, this.#parts.now() + forMs, by);
  }

  #camerasOf({ sees }: Viewer): readonly string[] {
    return this.#parts.cameraIds().filter((id) => sees(id));
  }

  #alertsOf(tenant: string | undefined): Alerts {
    const { owners, tenants } = this.#parts.cameraAlerts;
    const alerts = owners.get(tenant ?? null);
    if (alerts !== undefined) return alerts;
    const names = tenants.map(([id]) => id).join(', ') || 'none';
    throw new RangeError(`tenant: expected one of ${names}, got ${tenant}`);
  }
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

function activeView(alert: OwnedAlert, help: string, cameras: readonly string[]): ActiveAlertView {
  const { code, severity, message, action, since } = alert;
  return {
    code,
    tenant: alert.tenant ?? null,
    severity,
    message,
    action,
    cameras: namedIn(alert, cameras),
    value: alert.value ?? null,
    expected: alert.expected ?? null,
    unit: alert.unit ?? null,
    details: alert.details === undefined ? null : { ...alert.details },
    help,
    since,
    acknowledged: alert.acknowledged ?? null,
    snoozedUntil: alert.snoozedUntil ?? null,
  };
}

function stepView(entry: AlertLogEntry, cameras: readonly string[]): AlertStepView {
  const { at, code, tenant, kind, alert, by, until } = entry;
  const told = alert as Partial<ActiveAlert> | null;
  return {
    at,
    code,
    tenant: tenant ?? null,
    kind: kind as AlertStepView['kind'],
    severity: told?.severity ?? null,
    message: told?.message ?? null,
    cameras: told === null ? [] : namedIn(told, cameras),
    by,
    until,
  };
}

/** The cameras that an alert speaks of: it is one for all that have the same trouble. */
function namedIn({ message = '', details = {} }: Partial<ActiveAlert>, cameras: readonly string[]): string[] {
  const text = [message, ...Object.entries(details).flat()].join(' ');
  return cameras.filter((id) => {
    // a name may be the beginning of another's
    for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
      if (!WORD.test(text[at - 1] ?? ' ') && !WORD.test(text[at + id.length] ?? ' ')) return true;
    }
    return false;
  });
}

const WORD = /[\w-]/;

function changeView({ at, key, name, body, result, doneAt }: LoggedCommand): ChangeView {
  const masked = maskCredentials(body);
  const outcome = result === null ? null : outcomeOf(result);
  return {
    at,
    who: key,
    what: name,
    body: masked.length > MOST_OF_BODY ? `${masked.slice(0, MOST_OF_BODY)}…` : masked,
    state: doneAt === null || outcome === null ? 'under-way' : outcome.ok ? 'done' : 'refused',
    answer: outcome === null ? null : maskCredentials(outcome.text).slice(0, MOST_OF_BODY),
  };
}

/** An answer that was cut is no JSON: how it begins says enough. */
function outcomeOf(text: string): { readonly ok: boolean; readonly text: string } {
  try {
    const { ok, error, result } = JSON.parse(text) as { ok: boolean; error?: string; result?: object };
    return { ok, text: ok ? JSON.stringify(result ?? {}) : (error ?? '') };
  } catch {
    return { ok: text.startsWith('{"ok":true'), text };
  }
}
