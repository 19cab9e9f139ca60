import { accessSync, constants, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CameraConfig, Config } from '../../config/config.js';
import { type ConfigSources, readConfig } from '../../config/load.js';
import {
  type CameraShapes,
  editedSite,
  readSite,
  SHAPE_LISTS,
  type SiteText,
  shapesInSite,
} from '../../config/site-edit.js';
import { listsText } from '../../config/yaml-edit.js';
import type { SetupPort, SetupReply, SetupSaveReply } from '../../dashboard/api/setup.js';
import { explain } from '../../foundation/errors.js';
import { type Log, maskCredentials } from '../../foundation/log.js';
import { writeWhole } from '../../foundation/private-files.js';
import { ApiRefusal } from '../../http/api-route.js';

export interface SetupParts {
  readonly config: Pick<Config, 'cameras'>;
  /** What the program was started with; null where that was no file. */
  readonly sources: ConfigSources | null;
  readonly classes: () => readonly string[];
  /** Whether systemd runs it; default by its environment. */
  readonly isService?: boolean;
  readonly log: Log;
}

const NO_FILE =
  'the program runs without a site file: make one with `edge-optimizer config init --out site.yaml`, and start it with `edge-optimizer run --config site.yaml`';
const OTHER_SOURCE = 'the cameras come from --source or the environment, not from the site file: start without it';

/** Not a terminal that systemd started. */
const isSystemdService = (): boolean => process.env['INVOCATION_ID'] !== undefined && process.ppid === 1;

/** What the page asks on which shapes are drawn. One change of the file at a time. */
export function setupPort(parts: SetupParts): SetupPort {
  const { config, log } = parts;
  let writing: Promise<unknown> = Promise.resolve();
  const sourcesOf = (): ConfigSources & { readonly file: string } => {
    const { sources } = parts;
    if (sources?.file === undefined) throw new ApiRefusal(409, NO_FILE);
    if (sources.flags?.['cameras'] !== undefined) throw new ApiRefusal(409, OTHER_SOURCE);
    return { ...sources, file: sources.file };
  };
  return {
    setup: () => setupNow(parts),
    masked: maskCredentials,
    check: (camera, shapes) => ({ edit: editedSite(sourcesOf(), camera, shapes), fragment: listsText(shapes) }),
    save: (camera, shapes, sha256) => {
      const saved = writing.then(() => save(sourcesOf(), { camera, shapes, sha256, running: config.cameras, log }));
      writing = saved.catch(() => undefined);
      return saved;
    },
  };
}

interface Wanted {
  readonly camera: string;
  readonly shapes: CameraShapes;
  readonly sha256: string;
  readonly running: readonly CameraConfig[];
  readonly log: Log;
}

async function save(sources: ConfigSources & { readonly file: string }, wanted: Wanted): Promise<SetupSaveReply> {
  const { file } = sources;
  const edit = editedSite(sources, wanted.camera, wanted.shapes);
  if (edit.before.sha256 !== wanted.sha256) {
    throw changedMeanwhile(file);
  }
  if (edit.problems.length > 0) throw new RangeError(edit.problems.map(({ text }) => maskCredentials(text)).join('; '));
  if (edit.text === edit.before.text) {
    return { sha256: edit.sha256, changed: false, backup: null, requiresRestart: false };
  }
  const backup = `${file}.bak`;
  try {
    await writeWhole(backup, edit.before.text);
    // an editor may have saved it while the copy was written
    if (readSite(file).sha256 !== wanted.sha256) throw changedMeanwhile(file);
    // a link stays one: what it leads to is what others read
    await writeWhole(realpathSync(file), edit.text);
  } catch (error) {
    if (error instanceof ApiRefusal) throw error;
    throw new ApiRefusal(409, `${file} cannot be written: ${explain(error)}; put the lines into it by hand`);
  }
  wanted.log.info(
    { file, backup, camera: wanted.camera },
    'the site file was changed from the page; it holds from the next start',
  );
  return { sha256: edit.sha256, changed: true, backup, requiresRestart: true };
}

function changedMeanwhile(file: string): ApiRefusal {
  return new ApiRefusal(409, `${file} was changed by somebody else meanwhile: load it again, and draw what is missing`);
}

function setupNow({ config, sources, classes, isService = isSystemdService() }: SetupParts): SetupReply {
  const common: Pick<SetupReply, 'restart' | 'classes'> = {
    restart: isService ? 'systemd' : 'by-hand',
    classes: [...classes()],
  };
  const running = (inFile: boolean) =>
    config.cameras.map((camera) => ({ id: camera.id, shapes: plainShapes(camera), inFile, waitsForRestart: false }));
  const refused = (code: 'no-file' | 'unreadable' | 'other-source', detail: string): SetupReply => ({
    ...common,
    obstacle: { code, detail },
    file: null,
    cameras: running(false),
  });
  const file = sources?.file;
  if (sources === null || file === undefined) return refused('no-file', NO_FILE);
  if (sources.flags?.['cameras'] !== undefined) return refused('other-source', OTHER_SOURCE);
  let site: SiteText;
  try {
    site = readSite(file);
  } catch (error) {
    return refused('unreadable', explain(error));
  }
  return {
    ...common,
    obstacle: null,
    file: { path: file, sha256: site.sha256, writeProblem: writeProblem(file) },
    cameras: camerasNow(config.cameras, site, { ...sources, file, fileText: site.text }),
  };
}

function camerasNow(running: readonly CameraConfig[], site: SiteText, sources: ConfigSources): SetupReply['cameras'] {
  const inFile = shapesInSite(site);
  const written = readConfig(sources).loaded?.config.cameras ?? [];
  const ids = new Set([...running.map(({ id }) => id), ...inFile.keys()]);
  return [...ids].map((id) => {
    const runs = running.find((one) => one.id === id);
    const waits = written.find((one) => one.id === id);
    const shapes = inFile.get(id);
    return {
      id,
      shapes: shapes === undefined ? plainShapes(runs!) : listsOf(shapes),
      inFile: shapes !== undefined,
      waitsForRestart:
        waits !== undefined && (runs === undefined || !isDeepStrictEqual(plainShapes(waits), plainShapes(runs))),
    };
  });
}

const plainShapes = (camera: CameraConfig) => listsOf(camera as unknown as CameraShapes);

const listsOf = (shapes: CameraShapes): SetupReply['cameras'][number]['shapes'] =>
  Object.fromEntries(SHAPE_LISTS.map((list) => [list, [...shapes[list]]])) as SetupReply['cameras'][number]['shapes'];

/** It is put in place of what is there, for which its folder must be writable. */
function writeProblem(file: string): string | null {
  try {
    accessSync(dirname(realpathSync(file)), constants.W_OK);
    accessSync(file, constants.W_OK);
    return null;
  } catch (error) {
    return explain(error);
  }
}
