import { join } from 'node:path';
import { textIn } from '../../kernel-files.js';

/** °C at which the firmware of every Raspberry Pi begins to slow the cores down; at 85 it slows down the rest too. */
const BEGINS_AT = 80;
/** Of the boards with a plus, whose heat spreader lets them run at full clock for longer and then be held at 1.2 GHz. */
const SOFT_LIMIT = 60;
const PLUS = /Raspberry Pi 3 Model [AB] Plus/;

/** Where the firmware's settings are, as a system mounts its boot partition. */
const SETTINGS = ['boot/firmware/config.txt', 'boot/config.txt'];

/** The zone of a Raspberry Pi's only temperature, by its new and its old name. */
const ZONE = /^(cpu[-_]thermal|bcm2835_thermal)$/;

/**
 * °C at which the firmware of a Raspberry Pi slows it down, of which the kernel's trip points know nothing: as documented, or as
 * set in `config.txt` (`temp_limit`, `temp_soft_limit`). Null for other zones and boards.
 */
export function firmwareThrottlePoint(root: string, zone: string): number | null {
  if (!ZONE.test(zone)) return null;
  const model = raspberryPiModel(root);
  if (model === null) return null;
  const settings = SETTINGS.map((file) => textIn(join(root, file))).find((text) => text !== '') ?? '';
  const limit = setting(settings, 'temp_limit') ?? BEGINS_AT;
  const soft = PLUS.test(model) ? (setting(settings, 'temp_soft_limit') ?? SOFT_LIMIT) : BEGINS_AT;
  return Math.min(BEGINS_AT, limit, soft);
}

/** What a Raspberry Pi calls itself; null for another board. */
export function raspberryPiModel(root: string): string | null {
  const model = textIn(join(root, 'proc/device-tree/model')).replace(/\0+$/, '').trim();
  return model.startsWith('Raspberry Pi') ? model : null;
}

/** The last one counts, as for the firmware; sections that are for other boards are not told apart. */
function setting(settings: string, name: string): number | null {
  const found = [...settings.matchAll(new RegExp(`^\\s*${name}\\s*=\\s*(\\d+)`, 'gm'))].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
