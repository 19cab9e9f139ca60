import type { CameraConfig } from '../../config/config.js';
import type { MetricRow } from '../../foundation/metric-row.js';
import type { RuleCounts } from './infraction-rules.js';
import { SIGNAL_OUTCOMES, type SignalInbox } from './signal-inbox.js';
import type { SignalStates } from './signal-states.js';

/** What the metrics tell of the rules of one camera. */
export interface RuledTraffic {
  readonly camera: Pick<CameraConfig, 'id' | 'rules'>;
  /** null before its frames are answered. */
  readonly events: { ruleCounts(): readonly RuleCounts[] } | null;
}

/** The metrics about infractions. They are in the history and over HTTP: MQTT has the events. */
export function infractionMetrics(cameras: () => Iterable<RuledTraffic>): readonly MetricRow[] {
  function* each(figure: (counts: RuleCounts) => number | null): Iterable<readonly [readonly string[], number | null]> {
    for (const { camera, events } of cameras()) {
      const counts = new Map(events?.ruleCounts().map((one) => [one.rule, one]));
      for (const { id } of camera.rules) {
        const own = counts.get(id);
        yield [[camera.id, id], own === undefined ? null : figure(own)];
      }
    }
  }
  return [
    {
      type: 'counter',
      name: 'infractions',
      unit: 'events',
      labels: ['camera', 'rule'],
      step: 1,
      mqtt: false,
      help: 'Vehicles that broke a rule, by its id.',
      read: () => each(({ infractions }) => infractions),
    },
    {
      type: 'counter',
      name: 'infractions_undecided',
      unit: 'events',
      labels: ['camera', 'rule'],
      step: 1,
      mqtt: false,
      help: 'Crossings of a stop line of which nobody can say anything: the signal was not heard of for too long, or is out of order.',
      read: () => each(({ offence, undecided }) => (offence === 'red-light' ? undecided : 0)),
    },
  ];
}

/** Who is listened to for signals. */
export interface HeardSignals {
  readonly inbox: Pick<SignalInbox, 'counts'>;
  readonly states: Pick<SignalStates, 'ids' | 'ageMs'>;
}

/** The metrics about signals. @param now Unix ms */
export function signalMetrics(heard: () => Iterable<HeardSignals>, now: () => number): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'signal_messages',
      unit: 'messages',
      labels: ['signal', 'outcome'],
      step: 1,
      mqtt: false,
      help: `What was said of a traffic signal, by what became of it: ${SIGNAL_OUTCOMES.join(', ')}.`,
      *read() {
        for (const { inbox } of heard()) {
          for (const [id, counts] of inbox.counts) for (const one of SIGNAL_OUTCOMES) yield [[id, one], counts[one]];
        }
      },
    },
    {
      type: 'gauge',
      name: 'signal_age',
      unit: 'ms',
      labels: ['signal'],
      step: 100,
      mqtt: false,
      help: 'Time since a traffic signal was heard of; no value where it never was.',
      *read() {
        for (const { states } of heard()) for (const id of states.ids) yield [[id], states.ageMs(id, now())];
      },
    },
  ];
}
