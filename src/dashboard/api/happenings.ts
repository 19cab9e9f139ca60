import { SEVERITIES } from '../../foundation/alert-declaration.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';
import type { AlertLogEntry, AlertLogQuery } from '../../store/alert-history.js';
import type { LoggedCommand } from '../../store/command-log.js';
import type { StoredTrial, TrialQuery } from '../../store/trials.js';
import { gridOf, joined, seriesOnGrid } from '../measures/grid.js';
import { type HeldSpan, heldSpans } from '../measures/held-spans.js';
import { restartsIn } from '../measures/restarts.js';
import type { HistoryPort } from './history.js';
import type { Once } from './lately.js';
import { askedWindow, WINDOW_WORDS } from './window.js';

/** Where what happened is read; null where that cannot be read now. */
export interface HappeningsPort extends HistoryPort {
  readonly alerts: (query: AlertLogQuery) => readonly AlertLogEntry[] | null;
  readonly trials: (query: TrialQuery) => readonly StoredTrial[] | null;
  /** The newest so many that came in a time, oldest first. */
  readonly commands: (since: number, until: number, limit: number) => readonly LoggedCommand[] | null;
}

/** Of each kind, the newest. */
const MOST_OF_A_KIND = 200;
const MOST_LETTERS = 600;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const BY_MINUTE_MS = 8 * 24 * HOUR_MS;
const THROTTLES = ['heat', 'power', 'current', 'quota'] as const;

const unixMs = z.number();
const happening = z.object({
  kind: z.enum(['restart', 'throttled', 'alert', 'trial', 'command']),
  at: unixMs,
  until: unixMs.nullable().meta({ description: 'Unix ms; null while it goes on. As `at` where it took no time.' }),
  what: z.string().meta({
    description:
      'The code of the alert, the cause of the throttling, the strategy of the trial, the name of the command.',
  }),
  text: z.string().meta({ description: 'The words that it was told with; empty where there are none.' }),
  severity: z.enum(SEVERITIES).nullable().meta({ description: 'Of an alert.' }),
  verdict: z.string().nullable().meta({
    description: 'Of a trial: kept, rolled-back, expired; null while it is under way. Of a command: done, failed.',
  }),
  share: z
    .number()
    .nullable()
    .meta({ description: 'Of a throttling: of that time, the share in which the machine was held back, 0..1.' }),
});
export type Happening = z.infer<typeof happening>;

const reply = z.object({
  from: unixMs,
  to: unixMs,
  happenings: z.array(happening).meta({ description: 'In order of time.' }),
  unread: z.array(z.string()).meta({ description: 'Kinds that could not be read now.' }),
});
export type HappeningsReply = z.infer<typeof reply>;

/** `GET /api/v1/happenings`: what happened at the device in a time, whoever brought it about. */
export function happeningsRoute(port: HappeningsPort, once: Once): HttpRoute {
  return apiRoute({
    path: '/api/v1/happenings',
    openTo: 'tenants',
    summary: 'What happened in a time: restarts, throttling, alerts, trials, commands',
    query: z.strictObject(WINDOW_WORDS),
    reply,
    handle: ({ query, viewer }) => {
      const { from, to } = askedWindow(query, port.now(), 300, 2000);
      return once(`happenings ${JSON.stringify(query)}`, viewer, () => happeningsIn(port, { from, to }, viewer));
    },
  });
}

interface Asked {
  readonly from: number;
  readonly to: number;
}

/** What a viewer may know of what happened in a time. */
async function happeningsIn(port: HappeningsPort, asked: Asked, viewer: Viewer): Promise<HappeningsReply> {
  const isOperator = viewer.kind === 'operator';
  const all = {
    restart: await restarts(port, asked, viewer),
    throttled: isOperator ? await throttlings(port, asked) : [],
    alert: alerts(port, asked, viewer),
    trial: isOperator ? trials(port, asked) : [],
    command: isOperator ? commands(port, asked) : [],
  };
  const happenings = Object.values(all)
    .flatMap((kind) => (kind ?? []).slice(-MOST_OF_A_KIND))
    .sort((a, b) => a.at - b.at);
  const unread = Object.entries(all).flatMap(([kind, found]) => (found === null ? [kind] : []));
  return { from: asked.from, to: asked.to, happenings, unread };
}

async function restarts(port: HappeningsPort, { from, to }: Asked, viewer: Viewer): Promise<Happening[]> {
  const reader = port.reader();
  const sees = viewer.kind === 'anybody' ? () => false : () => true;
  const [entry] = reader.find({ metric: 'uptime', sees });
  if (entry === undefined) return [];
  const stepMs = to - from > BY_MINUTE_MS ? HOUR_MS : MINUTE_MS;
  const answers = reader.query({ metric: 'uptime', sees, from: from - 2 * stepMs, to, stepMs, withP95: false });
  return answers.flatMap(({ points, stepMs: kept }) =>
    restartsIn(points, kept)
      .filter(({ startedAt }) => startedAt >= from - kept)
      .map(({ stoppedAt, startedAt }) =>
        told({ kind: 'restart', at: stoppedAt, until: Math.min(startedAt, port.now()), what: 'restart' }),
      ),
  );
}

async function throttlings(port: HappeningsPort, { from, to }: Asked): Promise<Happening[]> {
  const grid = gridOf(from, to, to - from > BY_MINUTE_MS ? HOUR_MS : MINUTE_MS);
  const found: Happening[] = [];
  for (const cause of THROTTLES) {
    const series = await seriesOnGrid(
      port.reader(),
      'machine_throttled_by',
      grid,
      ({ labels }) => labels['cause'] === cause,
      ['mean'],
    );
    const shares = joined(
      series.map(({ values }) => values.mean),
      'max',
      grid.steps,
    );
    for (const span of heldSpans(shares, grid, 3 * grid.stepMs))
      found.push(throttled(cause, span, port.now(), grid.stepMs));
  }
  return found.sort((a, b) => a.at - b.at);
}

function throttled(what: string, { from, to, share }: HeldSpan, now: number, stepMs: number): Happening {
  return told({ kind: 'throttled', at: from, until: to > now - 2 * stepMs ? null : to, what, share });
}

function alerts(port: HappeningsPort, { from, to }: Asked, viewer: Viewer): Happening[] | null {
  const tenant = viewer.kind === 'operator' ? undefined : viewer.tenant;
  const log = port.alerts({ since: from, until: to, tenant, limit: 4 * MOST_OF_A_KIND });
  if (log === null) return null;
  const open = new Map<string, Happening>();
  const found: Happening[] = [];
  for (const { at, code, kind, alert: said, tenant: of } of log) {
    const key = `${of ?? ''}/${code}`;
    const alert = said as { message?: string; severity?: Happening['severity']; since?: number } | null;
    if (kind !== 'raised' && kind !== 'cleared') continue;
    const before = open.get(key);
    if (kind === 'raised' || before === undefined) {
      const since = kind === 'raised' ? at : (alert?.since ?? from);
      const one = told({
        kind: 'alert',
        at: since,
        until: kind === 'raised' ? null : at,
        what: code,
        text: alert?.message ?? '',
        severity: alert?.severity ?? null,
      });
      found.push(one);
      if (kind === 'raised') open.set(key, one);
    } else {
      before.until = at;
      open.delete(key);
    }
  }
  return found;
}

function trials(port: HappeningsPort, { from, to }: Asked): Happening[] | null {
  const found = port.trials({ since: from, until: to, limit: MOST_OF_A_KIND });
  return (
    found?.map(({ at, strategy, verdict, record }) => {
      const {
        from: before,
        to: after,
        reason,
        why,
        endedAt,
      } = record as Partial<Record<'from' | 'to' | 'reason' | 'why', string>> & {
        endedAt?: number | null;
      };
      const text = [`${before ?? ''} → ${after ?? ''}`, reason, why].filter((part) => part).join('. ');
      return told({ kind: 'trial', at, until: endedAt ?? null, what: strategy, text, verdict });
    }) ?? null
  );
}

function commands(port: HappeningsPort, { from, to }: Asked): Happening[] | null {
  return (
    port
      .commands(from, to, MOST_OF_A_KIND)
      ?.map(({ at, name, key, doneAt, result }) =>
        told({ kind: 'command', at, until: doneAt ?? at, what: name, text: key, verdict: verdictOf(result) }),
      ) ?? null
  );
}

/** What was asked and answered may hold what is nobody else's business: only whether it went well is told. */
function verdictOf(result: string | null): string | null {
  if (result === null) return null;
  try {
    return (JSON.parse(result) as { ok?: unknown } | null)?.ok === true ? 'done' : 'failed';
  } catch {
    // somebody wrote into the file by hand
    return null;
  }
}

function told(one: Pick<Happening, 'kind' | 'at' | 'until' | 'what'> & Partial<Happening>): Happening {
  const text = (one.text ?? '').slice(0, MOST_LETTERS);
  return { severity: null, verdict: null, share: null, ...one, text };
}
