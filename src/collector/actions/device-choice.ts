import { createHash } from 'node:crypto';
import { z } from '../../foundation/validate.js';
import { PRESENCES, type Presence } from '../device/presence.js';

/** A device, as far as it is chosen by it. */
export interface ChoosableDevice {
  readonly site: string;
  readonly device: string;
  readonly state: Presence;
  readonly version: string | null;
  readonly model: string | null;
  readonly board: string | null;
  /** Hash of how it is configured. */
  readonly configuration: string | null;
  readonly labels: readonly string[];
}

const text = z.string().min(1).max(200);
const anyOf = (description: string) => z.array(text).min(1).max(100).optional().meta({ description });

/** How devices are chosen: all that is said must hold. */
export const deviceChoice = z
  .strictObject({
    all: z.literal(true).optional().meta({ description: 'Every device, where nothing else is said.' }),
    devices: z
      .array(z.string().min(3).max(130))
      .min(1)
      .max(5000)
      .optional()
      .meta({ description: 'SITE/DEVICE: one of these; each must be known.' }),
    site: anyOf('One of these sites.'),
    state: z.array(z.enum(PRESENCES)).min(1).optional().meta({ description: 'In one of these states.' }),
    version: anyOf('With one of these versions of the program.'),
    model: anyOf('With one of these models.'),
    board: anyOf('Its board has one of these texts in its name, whatever the case.'),
    label: anyOf('With one of these labels.'),
    percent: z.number().min(0.1).max(100).optional().meta({
      description:
        'Of those that all else leaves, so many percent, rounded up; which of them, the id of the action decides.',
    }),
  })
  .refine((choice) => Object.values(choice).some((value) => value !== undefined), {
    message: 'expected at least one of all, devices, site, state, version, model, board, label, percent, got none',
  });
export type DeviceChoice = z.infer<typeof deviceChoice>;

/**
 * The devices that are chosen, in an order that only the id of the action decides: so the first of them are anybody's.
 *
 * @throws RangeError where one that is named is not known
 */
export function chosenDevices<Device extends ChoosableDevice>(
  known: readonly Device[],
  choice: DeviceChoice,
  action: string,
): Device[] {
  const named = choice.devices === undefined ? null : new Set(choice.devices);
  const matching = known.filter((device) => (named?.has(nameOf(device)) ?? true) && isChosen(device, choice));
  if (named !== null) {
    for (const device of known) named.delete(nameOf(device));
    const [stranger] = named;
    if (stranger !== undefined) throw new RangeError(`devices: nothing was ever heard of ${stranger}`);
  }
  const ranked = matching
    .map((device) => ({
      device,
      rank: createHash('sha256')
        .update(`${action}\n${nameOf(device)}`)
        .digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ device }) => device);
  return choice.percent === undefined ? ranked : ranked.slice(0, Math.ceil((ranked.length * choice.percent) / 100));
}

function isChosen(device: ChoosableDevice, { site, state, version, model, board, label }: DeviceChoice): boolean {
  const isIn = (wanted: readonly string[] | undefined, value: string | null): boolean =>
    wanted === undefined || (value !== null && wanted.includes(value));
  const isBoard = board === undefined || board.some((part) => device.board?.toLowerCase().includes(part.toLowerCase()));
  const isLabelled = label === undefined || label.some((one) => device.labels.includes(one));
  return (
    isIn(site, device.site) &&
    isIn(state, device.state) &&
    isIn(version, device.version) &&
    isIn(model, device.model) &&
    isBoard &&
    isLabelled
  );
}

const nameOf = ({ site, device }: Pick<ChoosableDevice, 'site' | 'device'>): string => `${site}/${device}`;
