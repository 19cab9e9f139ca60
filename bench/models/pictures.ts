import { existsSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { configSchema } from '../../src/config/config.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { ROADSIDE_CLASSES } from '../../src/models/coco.js';
import type { Picture } from '../../src/pictures/frame-set.js';
import { gatherFrames } from '../../src/pictures/gather-frames.js';
import type { SpilledFrames } from '../../src/pictures/spilled-frames.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { OptionError } from '../harness/options.js';

/** The classes that labels are indexes of, whatever the model's own are. */
export const LABEL_CLASSES = ROADSIDE_CLASSES;

/** How many of the classes the sources of the labelled set looked for, by the beginning of a picture's name. */
const LOOKED_FOR: Readonly<Record<string, number>> = { duc: 5, dhaka: 5, nepal: 4 };

export interface PictureOptions {
  /** The option that names the folder, for messages. */
  readonly option: string;
  readonly most: number;
  readonly scratch: string;
  readonly notes: string[];
}

/** The pictures of a folder, as wide at most as a camera's are before a detector sees them. @throws OptionError, SourceError */
export async function picturesOf(folder: string, options: PictureOptions): Promise<SpilledFrames> {
  const { option, most, scratch } = options;
  const path = resolve(folder);
  if (!existsSync(path)) throw new OptionError(`there is no ${path}: name a folder of pictures with --${option} DIR`);
  const { frames, notes } = await gatherFrames({
    from: [path],
    classes: LABEL_CLASSES,
    most,
    capture: configSchema.parse({}).capture,
    scratch,
    labelledClasses,
    log: silentLog,
  });
  // results are published: they say where the pictures were beside the project, not where on this machine
  options.notes.push(...notes.map((note) => `${option}: ${note.replaceAll(path, relative(PROJECT_ROOT, path))}`));
  return frames;
}

/** The classes that whoever labelled a picture looked for; null: all that the labels can name. */
export function labelledClasses(file: string): readonly string[] | null {
  const [source = ''] = basename(file).split('_');
  const count = LOOKED_FOR[source];
  return count === undefined ? null : LABEL_CLASSES.slice(0, count);
}

/** Frames as a camera delivers them, 640 x 360, with traffic: to measure speed on. */
export function roadFrames(count: number): Picture[] {
  const road = new Road(parseSimulatorUrl('sim://road?seed=11&traffic=rush'));
  const { width, height } = road;
  return Array.from({ length: count }, (_, i) => {
    const data = new Uint8Array(width * height * 3);
    road.render(i * 40, data);
    return { id: `road ${i}`, width, height, data };
  });
}
