import type { Config } from '../../config/config.js';
import { AUTO } from '../../models/wanted-model.js';
import type { Budgets } from '../../tune/budgets.js';
import type { KnobName } from '../../tune/knobs.js';

const MEBIBYTE = 2 ** 20;
const MEGABYTE = 1e6;

/** The budgets as the configuration has them, where 0 stands for none. */
export function budgetsOf({ tune }: Pick<Config, 'tune'>): Budgets {
  const bound = (value: number, unit: number): number | null => (value === 0 ? null : value * unit);
  return {
    mode: tune.mode,
    latencyMs: tune.latencyMs,
    maxTemperature: bound(tune.maxTemperatureC, 1),
    maxWatts: bound(tune.maxWatts, 1),
    maxMemoryBytes: bound(tune.maxMemoryMb, MEBIBYTE),
    maxAcceleratorBytes: bound(tune.maxAcceleratorMb, MEBIBYTE),
    maxUplinkBytesPerDay: bound(tune.maxUplinkMbPerDay, MEGABYTE),
    maxCpuBusy: tune.maxCpuPercent / 100,
    maxSwitchesPerHour: tune.maxSwitchesPerHour,
  };
}

/**
 * What stays where the configuration puts it: what it pins, a model or variant that it names, how workers are placed where
 * pools say that, and everything that needs other workers where there can be only one, at a socket.
 */
export function pinnedBy({ tune, model, detector }: Pick<Config, 'tune' | 'model' | 'detector'>): readonly KnobName[] {
  const pinned = new Set<KnobName>(tune.pinned);
  if (model.name !== AUTO) pinned.add('model');
  if (model.variant !== AUTO) for (const knob of ['variant', 'inputSize'] as const) pinned.add(knob);
  const placement: readonly KnobName[] = ['workers', 'intraOpThreads', 'batchSize'];
  if (detector.pools.length > 0) for (const knob of placement) pinned.add(knob);
  if (detector.socket !== undefined) {
    for (const knob of ['model', 'variant', 'inputSize', ...placement] as const) pinned.add(knob);
  }
  return [...pinned];
}

/** Knobs that settings of the configuration stand for, which a command may set. */
const KNOBS_OF_SETTINGS: Readonly<Record<string, readonly KnobName[]>> = {
  'model.name': ['model'],
  'model.variant': ['variant', 'inputSize'],
  'detector.workers': ['workers'],
  'detector.intraOpThreads': ['intraOpThreads'],
  'schedule.maxBatch': ['batchSize'],
  'schedule.batchWindowMs': ['batchWindowMs'],
  'answer.inferenceIntervalMs': ['inferenceIntervalMs'],
  'preview.quality': ['compressionQuality'],
};

/** The key that puts a knob where it is to stand, for a time; null where it moves with another one. */
export function settingOf(knob: KnobName): string | null {
  const found = Object.entries(KNOBS_OF_SETTINGS).find(([, [first]]) => first === knob);
  return found?.[0] ?? null;
}

/** What stays where a command has put it for a time; `auto` puts nothing anywhere. */
export function pinnedByCommands(
  settings: readonly { readonly key: string; readonly value: unknown }[],
): readonly KnobName[] {
  return settings.flatMap(({ key, value }) => (value === AUTO ? [] : (KNOBS_OF_SETTINGS[key] ?? [])));
}
