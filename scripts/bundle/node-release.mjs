// The Node of a bundle: the one that runs this where the platform is this one's, else the official build as the npm registry has it.
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../child.mjs';
import { npm } from '../npm.mjs';

/** What the registry must answer with, else it is not taken. Node's own builds, put there package by package. */
const PINNED = {
  'linux-arm64': {
    version: '20.20.2',
    integrity: 'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
  },
  'linux-x64': {
    version: '20.20.2',
    integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  },
};

/**
 * Puts bin/node and its licence into `staging`.
 * @param archive a .tar.gz or .tar.xz of nodejs.org for the platform, or null
 * @returns {Promise<{ version: string, headers: string | null }>} its version, without the v; the folder whose include/node has the
 *   headers of that Node, null where they are not at hand
 */
export async function putNode(staging, platform, archive, workshop) {
  mkdirSync(join(staging, 'bin'), { recursive: true });
  if (archive !== null) return putArchived(staging, archive, workshop);
  if (platform === `${process.platform}-${process.arch}`) return putRunning(staging);
  return putArchived(staging, await fetchPinned(platform, workshop), workshop);
}

function putRunning(staging) {
  const shared = Object.entries(process.config.variables).filter(([name, value]) => /^node_shared/.test(name) && value);
  if (shared.length > 0) {
    throw new Error(
      `this Node (${process.execPath}) stands on libraries of its distribution: give one of nodejs.org with --node-archive FILE`,
    );
  }
  place(process.execPath, staging);
  return { version: process.versions.node, headers: null };
}

async function fetchPinned(platform, workshop) {
  const { version, integrity } = PINNED[platform];
  const [command, before] = npm();
  const args = [...before, 'pack', `node-${platform}@${version}`, '--pack-destination', workshop, '--loglevel=error'];
  const { status } = await runChild(command, args, { cwd: workshop, stdio: ['ignore', 2, 2] });
  const file = join(workshop, `node-${platform}-${version}.tgz`);
  if (status !== 0 || !existsSync(file)) {
    throw new Error(`Node ${version} for ${platform} could not be fetched: give its archive with --node-archive FILE`);
  }
  const got = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (got !== integrity)
    throw new Error(`node-${platform}@${version} is not what is expected: ${got}, not ${integrity}`);
  return file;
}

async function putArchived(staging, archive, workshop) {
  const into = join(workshop, 'node');
  mkdirSync(into);
  const args = ['-xf', archive, '-C', into, '--strip-components=1', '--no-same-owner'];
  const { status } = await runChild('tar', args, { stdio: ['ignore', 2, 2] });
  if (status !== 0 || !existsSync(join(into, 'bin/node'))) {
    throw new Error(`--node-archive: expected an archive of nodejs.org with bin/node in it, got ${archive}`);
  }
  place(join(into, 'bin/node'), staging);
  const licence = readdirSync(into).find((name) => name === 'LICENSE');
  if (licence) copyFileSync(join(into, licence), join(staging, 'bin/node.LICENSE'));
  return { version: versionIn(join(into, 'include/node/node_version.h'), archive), headers: into };
}

function place(binary, staging) {
  copyFileSync(binary, join(staging, 'bin/node'));
  chmodSync(join(staging, 'bin/node'), 0o755);
}

/** Of another platform's Node, which cannot be asked. */
function versionIn(header, archive) {
  const text = existsSync(header) ? readFileSync(header, 'utf8') : '';
  const [major, minor, patch] = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(text)?.[1],
  );
  if (patch === undefined)
    throw new Error(`${archive} does not say its version: include/node/node_version.h is missing`);
  if (Number(major) < 20 || (Number(major) === 20 && Number(minor) < 19)) {
    throw new Error(`${archive} is Node ${major}.${minor}.${patch}: 20.19 or newer is needed`);
  }
  return `${major}.${minor}.${patch}`;
}
