import { configSchema } from '../config/config.js';
import type { AlertDeclaration } from '../foundation/alert-declaration.js';
import type { CommandDeclaration } from '../foundation/command.js';
import type { HttpRoute } from '../foundation/http-route.js';
import { silentLog } from '../foundation/log.js';
import type { MetricRow } from '../foundation/metric-row.js';
import type { Part, Setting } from '../foundation/part.js';
import { deviceScope } from './device-scope.js';
import { makeParts } from './parts.js';

/** What all parts of the program bring, for the documents and for tests; nothing is started. */
export interface Declarations {
  readonly metrics: readonly MetricRow[];
  readonly alerts: readonly AlertDeclaration[];
  readonly commands: readonly CommandDeclaration[];
  readonly routes: readonly HttpRoute[];
  readonly settings: readonly Setting[];
}

export function declarations(): Declarations {
  const config = configSchema.parse({});
  const { list } = makeParts({
    config,
    scope: deviceScope(config),
    log: silentLog,
    ownSources: new Map(),
    takesPushes: false,
    ownTaps: [],
    diagnoseBy: [],
    configSources: null,
    status: () => ({}),
    listener: {
      onServing: () => undefined,
      onResult: () => undefined,
      onEvent: () => undefined,
      onFinished: () => undefined,
    },
  });
  const all = <T>(of: (part: Part) => readonly T[] | undefined): T[] => list.flatMap((part) => of(part) ?? []);
  return {
    metrics: all(({ metrics }) => metrics),
    alerts: all(({ alerts }) => alerts),
    commands: all(({ commands }) => commands),
    routes: all(({ routes }) => routes),
    settings: all(({ settings }) => settings),
  };
}
