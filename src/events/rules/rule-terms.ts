import type { CameraConfig, InfractionRuleConfig, LineConfig, ZoneConfig } from '../../config/config.js';
import { isWithin, validityHours } from '../../config/validity-hours.js';
import type { SignalGrace } from './red-light.js';

/** Lines, zones and rules of a camera. */
export type RuledCamera = Pick<CameraConfig, 'lines' | 'zones' | 'rules'>;

/** What all rules have. */
interface Terms {
  readonly id: string;
  /** Whom it is about. */
  concerns(vehicleClass: string): boolean;
  readonly concernsAll: boolean;
  /** Whether it is in force. @param at Unix ms */
  holds(at: number): boolean;
}

/** A rule with what it names, and its limits in the units of the program. */
export type RuleTerms = Terms &
  (
    | { readonly offence: 'wrong-way'; readonly line: LineConfig; readonly side: 1 | -1 }
    | ({
        readonly offence: 'red-light';
        readonly line: LineConfig;
        readonly side: 1 | -1;
        readonly signal: string;
        readonly maxAgeMs: number;
      } & SignalGrace)
    | { readonly offence: 'no-stopping'; readonly zone: ZoneConfig; readonly longerThanMs: number }
    | { readonly offence: 'class-lane'; readonly zone: ZoneConfig; readonly longerThanMs: number }
    | { readonly offence: 'u-turn'; readonly zone: ZoneConfig | null; readonly turnDeg: number }
  );

const LONGER_THAN_S = { 'no-stopping': 30, 'class-lane': 1.5 };
const TURN_DEG = 140;
const GRACE_MS = 500;
const SIGNAL_MAX_AGE_S = 5;

/** The rules of a camera; one whose line or zone is not there, which the configuration does not let through, is left out. */
export function ruleTerms(camera: RuledCamera): RuleTerms[] {
  return camera.rules.map((rule) => oneRule(rule, camera)).filter((terms) => terms !== null);
}

function oneRule(rule: InfractionRuleConfig, { lines, zones }: RuledCamera): RuleTerms | null {
  const terms = termsOf(rule);
  const line = lines.find(({ id }) => id === rule.line);
  const zone = zones.find(({ id }) => id === rule.zone);
  switch (rule.offence) {
    case 'wrong-way':
      return line ? { ...terms, offence: rule.offence, line, side: sideOf(line, rule) } : null;
    case 'red-light': {
      if (!line || rule.signal === undefined) return null;
      const { signal, graceMs = GRACE_MS, yellowAfterMs = null, signalMaxAgeS = SIGNAL_MAX_AGE_S } = rule;
      const limits = { signal, graceMs, yellowAfterMs, maxAgeMs: signalMaxAgeS * 1000 };
      return { ...terms, offence: rule.offence, line, side: sideOf(line, rule), ...limits };
    }
    case 'no-stopping':
    case 'class-lane': {
      const longerThanMs = (rule.longerThanS ?? LONGER_THAN_S[rule.offence]) * 1000;
      return zone ? { ...terms, offence: rule.offence, zone, longerThanMs } : null;
    }
    case 'u-turn':
      return { ...terms, offence: rule.offence, zone: zone ?? null, turnDeg: rule.turnDeg ?? TURN_DEG };
  }
}

/** Signals that rules of these cameras ask for. */
export function signalsOf(cameras: Iterable<Pick<CameraConfig, 'rules'>>): string[] {
  const ids = [...cameras].flatMap(({ rules }) =>
    rules.flatMap(({ signal }) => (signal === undefined ? [] : [signal])),
  );
  return [...new Set(ids)];
}

function sideOf(line: LineConfig, { direction }: InfractionRuleConfig): 1 | -1 {
  return direction === line.left ? 1 : -1;
}

function termsOf({ id, classes, except, during }: InfractionRuleConfig): Terms {
  const hours = during === undefined ? null : validityHours(during);
  return {
    id,
    concerns: (vehicleClass) =>
      classes ? classes.includes(vehicleClass) : except ? !except.includes(vehicleClass) : true,
    concernsAll: classes === undefined && except === undefined,
    holds: (at) => hours === null || isWithin(hours, new Date(at)),
  };
}
