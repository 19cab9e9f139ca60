// One set-up of a clone at a time: whoever starts the program in three terminals at once installs and builds once.
// Plain Node without packages, as the set-up.
import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 300;
const BEAT_EVERY_MS = 2000;
/** A holder that gave no sign for so long is gone, though its number may be that of another process by now. */
const SILENT_MS = 120_000;
/** One whose number is nobody's here may be in another container: it gives signs between steps of its work. */
const AWAY_MS = 10_000;

/**
 * Does `work` while nobody else does it in the same folder, here or in a container that has it too. Where nothing can be written it
 * is done all the same: it says better what is in its way.
 *
 * @param {string} root
 * @param {() => Promise<unknown>} work
 * @param {(pid: number) => void} onWait told once, where another one is waited for
 */
export async function alone(root, work, onWait) {
  const file = join(root, '.cache/set-up.lock');
  if (!isWritable(dirname(file))) return work();
  for (let isTold = false; !take(file); isTold = true) {
    const holder = holderOf(file);
    if (holder === null || isGone(file, holder)) {
      if (holder !== null) drop(file, holder);
      continue;
    }
    if (!isTold) onWait(holder);
    await pause(LOOK_EVERY_MS);
  }
  const beat = setInterval(() => touch(file), BEAT_EVERY_MS).unref();
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function take(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns {number | null} null: nobody holds it, by now; 0: it does not say who */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return null;
  }
}

function isGone(file, holder) {
  const silentFor = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (silentFor > SILENT_MS) return true;
  // written a moment ago, and its number not yet
  if (holder === 0) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' && silentFor > AWAY_MS;
  }
}

/** Takes a lock away whose holder is gone; that of another who has taken it meanwhile is put back. */
function drop(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) !== holder) linkSync(aside, file);
  } catch {
    // somebody else was first
  }
  rmSync(aside, { force: true });
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // the folder was emptied
  }
}
