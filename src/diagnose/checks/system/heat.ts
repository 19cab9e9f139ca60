import type { AskProgram } from '../../../board/machine/ask-program.js';
import { throttlePoint, warmestOf } from '../../../board/machine/heat.js';
import { findTemperatures } from '../../../board/machine/sensors/temperatures.js';
import { findThrottlePoints } from '../../../board/machine/sensors/throttle-points.js';
import { findThrottles } from '../../../board/machine/sensors/throttles.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { firmwareOf, readRaspberryThrottled } from './raspberry-throttled.js';
import { readSensorsNow } from './sensors-now.js';

/** °C below the point at which the machine is slowed down that a warm afternoon takes. */
const LEAST_HEADROOM = 8;
/** Where nothing tells that point: most boards are slowed down not far above. */
const USUAL_LIMIT = 85;

/** What was read of the heat; °C. */
export interface HeatState {
  readonly warmest: number | null;
  /** At which the machine is slowed down; null where nothing tells. */
  readonly limit: number | null;
  readonly isSlowed: boolean;
  /** Whether it was slowed down since the machine started. */
  readonly wasSlowed: boolean;
}

/** Whether the machine is slowed down by heat, or near to it. @param ask for tests: instead of the firmware */
export const heatCheck = (ask?: AskProgram): Check => ({
  ground: 'system',
  name: 'heat',
  deadlineMs: 4000,
  async run({ root }) {
    const [sensors, firmware] = await Promise.all([
      readSensorsNow(root, [findTemperatures, findThrottlePoints, findThrottles]),
      readRaspberryThrottled(root, ask ?? firmwareOf(root)),
    ]);
    const flags = [...sensors.of('heat')].map(({ value }) => value ?? 0);
    return judgeHeat({
      warmest: warmestOf(sensors),
      limit: throttlePoint(sensors),
      isSlowed: (firmware?.heatNow ?? false) || flags.some((value) => value > 0),
      wasSlowed: firmware?.heatSince ?? false,
    });
  },
});

/** What there is to be said of the heat; nothing where there is no sensor. Pure. */
export function judgeHeat({ warmest, limit, isSlowed, wasSlowed }: HeatState): Finding[] {
  const celsius = warmest === null ? '?' : Math.round(warmest);
  const point = limit ?? USUAL_LIMIT;
  const values = { celsius, limit: Math.round(point) };
  if (isSlowed) return [found('degraded', 'heat-slowed', values)];
  if (warmest !== null && warmest > point - LEAST_HEADROOM) return [found('degraded', 'heat-near-limit', values)];
  if (wasSlowed) return [found('degraded', 'heat-slowed-before', values)];
  if (warmest === null) return [];
  return [limit === null ? found('fine', 'heat-fine-without-limit', { celsius }) : found('fine', 'heat-fine', values)];
}
