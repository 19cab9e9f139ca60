import { textIn } from '../../../board/kernel-files.js';
import { type AskProgram, askWithin } from '../../../board/machine/ask-program.js';
import { raspberryPiModel } from '../../../board/machine/sensors/firmware-heat.js';
import { firmwareFiles, firmwareHolds } from '../../../board/machine/sensors/throttles.js';

/** Bits of `get_throttled` that stay set until the next start. */
const [UNDER_VOLTAGE_SINCE, SOFT_LIMIT_SINCE] = [1 << 16, 1 << 19];
const ASK_MS = 1500;

/** What a Raspberry Pi's firmware says of power and heat, now and since the start. */
export interface RaspberryThrottled {
  readonly powerNow: boolean;
  readonly powerSince: boolean;
  readonly heatNow: boolean;
  readonly heatSince: boolean;
}

/** How the firmware of this machine is asked; null for a recorded tree, where no program is started. */
export const firmwareOf = (root: string): AskProgram | null => (root === '/' ? askWithin(ASK_MS) : null);

/** Reads `get_throttled`, from sysfs or by `vcgencmd`; null where there is no such firmware, or it does not answer. */
export async function readRaspberryThrottled(
  root: string,
  ask: AskProgram | null = firmwareOf(root),
): Promise<RaspberryThrottled | null> {
  if (raspberryPiModel(root) === null) return null;
  const [file] = firmwareFiles(root);
  const text = file === undefined ? await ask?.('vcgencmd', ['get_throttled']) : textIn(file);
  return raspberryThrottled(text ?? '');
}

/** `throttled=0x50005`, or the number alone. */
function raspberryThrottled(text: string): RaspberryThrottled | null {
  const number = text.trim().replace(/^throttled=/, '');
  const [power, heat] = [firmwareHolds('power', number), firmwareHolds('heat', number)];
  if (power === null || heat === null) return null;
  const bits = Number.parseInt(number, 16);
  return {
    powerNow: power > 0,
    powerSince: (bits & UNDER_VOLTAGE_SINCE) !== 0,
    heatNow: heat > 0,
    heatSince: (bits & SOFT_LIMIT_SINCE) !== 0,
  };
}
