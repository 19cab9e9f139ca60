import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { recogniseBoard } from '../board/board.js';
import { type Recording, recordTree } from '../board/recording/record-tree.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import { writeWhole } from '../foundation/private-files.js';
import { type TarEntry, tarOf } from '../store/tar.js';
import { print, printJson } from './print.js';

/** What a recording says of itself; beside `proc` and `sys` in it. */
const CONTENTS = 'RECORD.json';
const FORMAT = 1;

/**
 * `edge-optimizer sensors --record FILE.tar.gz`.
 *
 * @throws ConfigError where the name is taken, or is none of an archive; EdgeError E_OUTPUT where it cannot be written
 */
export async function recordMachine(
  root: string,
  name: string,
  { force, json }: { readonly force?: boolean; readonly json?: boolean },
): Promise<number> {
  const file = resolve(name);
  if (!/\.(tar\.gz|tgz)$/.test(file)) {
    throw new ConfigError('cannot record', [`--record: expected a name that ends in .tar.gz, got ${name}`]);
  }
  if (!force && existsSync(file)) {
    throw new ConfigError('cannot record', [`--record: ${name} is there already: give another name, or --force`]);
  }
  const recording = await recordTree(root);
  const contents = contentsOf(recording, root);
  const archive = gzipSync(tarOf([...entriesOf(recording), contentsEntry(contents)], Date.parse(contents.recordedAt)));
  try {
    await writeWhole(file, archive);
  } catch (error) {
    throw new EdgeError('E_OUTPUT', `${name} cannot be written`, { cause: error });
  }
  if (json) printJson({ file, archiveBytes: archive.length, ...contents });
  else describe(name, archive.length, contents);
  return 0;
}

interface Contents {
  readonly format: number;
  readonly program: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly board: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly masked: number;
  readonly leftOut: Recording['leftOut'];
}

function contentsOf({ files, bytes, masked, leftOut }: Recording, root: string): Contents {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  const recordedAt = new Date().toISOString();
  return { format: FORMAT, program: version, recordedAt, board: recogniseBoard(root), files, bytes, masked, leftOut };
}

function entriesOf({ entries }: Recording): TarEntry[] {
  return entries.map((entry) =>
    entry.kind === 'link' ? entry : { kind: 'file', path: entry.path, data: Buffer.from(entry.text, 'latin1') },
  );
}

const contentsEntry = (contents: Contents): TarEntry => ({
  kind: 'file',
  path: CONTENTS,
  data: Buffer.from(`${JSON.stringify(contents, null, 2)}\n`),
});

const SHOWN = 5;

function describe(name: string, bytes: number, { files, masked, leftOut }: Contents): void {
  print(`recorded ${files} files of this machine's sensors into ${name} (${Math.ceil(bytes / 1024)} KiB)`);
  print(
    'in it: what board it is, temperatures, trip points, cooling, fans, rails, clocks, load, memory, control groups',
  );
  print('not in it: serial numbers, MAC addresses, network, disks, command lines and environment of any process');
  if (masked > 0) print(`masked in it: ids, addresses and serial numbers in ${masked} places`);
  if (leftOut.length === 0) return;
  print(`left out: ${leftOut.length} files, listed in ${CONTENTS}`);
  for (const { path, why } of leftOut.slice(0, SHOWN)) print(`  /${path}: ${why}`);
  if (leftOut.length > SHOWN) print(`  and ${leftOut.length - SHOWN} more`);
}
