import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end. A signal that would end this process meanwhile is passed on to the program and all that it
 * has started, and ends this process after it, with exit code 128 + the signal's number.
 *
 * @returns how it ended: `{ status, error }` as of spawnSync
 */
export function runChild(command, args, options) {
  return new Promise((resolve) => {
    let received = null;
    const passOn = (signal) => {
      received = signal;
      if (child.pid !== undefined) killGroup(child.pid, signal);
    };
    // before the program can do anything; while it is being started none is delivered
    for (const signal of SIGNALS) process.on(signal, passOn);
    const child = spawn(command, args, { ...options, detached: true });
    const finish = (end) => {
      for (const signal of SIGNALS) process.off(signal, passOn);
      if (received !== null) process.exit(128 + constants.signals[received]);
      resolve(end);
    };
    child.once('error', (error) => finish({ status: null, error }));
    child.once('close', (status) => finish({ status }));
  });
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
