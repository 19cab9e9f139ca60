import type { Config } from '../../config/config.js';
import { nodeAt } from '../../config/schema.js';
import { KNOBS } from '../../config/sections/tune.js';
import type { KnobPin, KnobView } from '../../dashboard/api/tuning.js';
import type { Listing } from '../../models/registry.js';
import type { KnobName, KnobSettings } from '../../tune/knobs.js';
import { KNOB_OPTIMIZATIONS, KNOBS_OF, type KnobOptimization } from '../../tune/strategies/knob-change.js';
import type { SettingOverride } from '../commands/setting-overrides.js';
import { pinnedBy, pinnedByCommands, settingOf } from '../tuning/tune-budgets.js';

/** What the knobs are shown from. */
export interface KnobFacts {
  readonly config: Pick<Config, 'tune' | 'model' | 'detector'>;
  /** null before a model answers. */
  readonly settings: KnobSettings | null;
  /** Of the model that answers, `416x256`; null before. */
  readonly inputSize: string | null;
  readonly overrides: readonly SettingOverride[];
  readonly isEnabled: (type: KnobOptimization) => boolean;
  readonly listings: readonly Listing[];
}

/** Every knob: where it stands, what it can be, and what holds it. */
export function knobViews(facts: KnobFacts): KnobView[] {
  return KNOBS.map((name) => {
    const setting = settingOf(name);
    const node = setting === null ? null : nodeAt(setting.split('.'));
    const { minimum = null, maximum = null, unit = null } = node ?? {};
    return {
      name,
      setting,
      value: standsAt(name, facts),
      unit,
      least: minimum,
      most: maximum,
      choices: choicesOf(name, facts),
      pin: pinOf(name, facts),
    };
  });
}

function standsAt(knob: KnobName, { settings, inputSize }: KnobFacts): number | string | null {
  if (settings === null) return null;
  const { point, ...turned } = settings;
  if (knob === 'inputSize') return inputSize;
  return knob in turned ? turned[knob as keyof typeof turned] : point[knob as keyof typeof point];
}

function choicesOf(knob: KnobName, { settings, listings }: KnobFacts): string[] | null {
  if (knob === 'model') return listings.flatMap(({ name, manifest }) => (manifest === null ? [] : [name]));
  if (knob !== 'variant') return null;
  const manifest = listings.find(({ name }) => name === settings?.point.model)?.manifest;
  return manifest?.variants.map(({ id }) => id) ?? [];
}

/** What somebody set for a time comes first: it is what can be given back here. */
function pinOf(knob: KnobName, { config, overrides, isEnabled }: KnobFacts): KnobPin | null {
  const order = overrides.find((override) => pinnedByCommands([override]).includes(knob));
  if (order !== undefined) return { by: 'command', until: order.term.until, who: order.term.by };
  if (pinnedBy(config).includes(knob)) return { by: 'configuration', until: null, who: null };
  const owner = KNOB_OPTIMIZATIONS.find((type) => (KNOBS_OF[type] as readonly KnobName[]).includes(knob));
  return owner === undefined || isEnabled(owner) ? null : { by: 'strategy-off', until: null, who: null };
}
