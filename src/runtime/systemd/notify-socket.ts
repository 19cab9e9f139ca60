import { execFile } from 'node:child_process';
import { explain } from '../../foundation/errors.js';

/** Sends what it is given to the socket on which an init system hears from its services. */
export interface NotifySocket {
  /**
   * Sends assignments (`READY=1`) as one message.
   *
   * @returns why it could not be sent, for people; null where it was
   */
  send(assignments: readonly string[]): Promise<string | null>;
}

/** What systemd asks of a service that it starts with `Type=notify`. */
export interface NotifyRequest {
  /** Where it listens: a path, or `@` and an abstract name. */
  readonly address: string;
  /** ms within which it wants a sign of life; null where it wants none, or wants it of another process. */
  readonly watchdogMs: number | null;
}

/** ms for which systemd's own program waits until systemd has read the message, and then some. */
const DEADLINE_MS = 6000;

/**
 * Takes the request out of the environment, so that no process that is started later answers it.
 *
 * @returns null where nobody asks
 */
export function takeNotifyRequest(env: NodeJS.ProcessEnv, pid: number): NotifyRequest | null {
  const { NOTIFY_SOCKET: address, WATCHDOG_USEC, WATCHDOG_PID } = env;
  delete env['NOTIFY_SOCKET'];
  delete env['WATCHDOG_USEC'];
  delete env['WATCHDOG_PID'];
  if (address === undefined || address === '') return null;
  const us = Number(WATCHDOG_USEC ?? 'none');
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid;
  return { address, watchdogMs: isOurs && us > 0 ? us / 1000 : null };
}

/**
 * Sends by `systemd-notify`, which comes with systemd: Node has no datagram sockets of a path. That makes the sender a child
 * of this process, hence `NotifyAccess=all` in the unit.
 *
 * @param program a name to look for in PATH, or a path
 */
export function notifySocket(address: string, env: NodeJS.ProcessEnv, program = 'systemd-notify'): NotifySocket {
  return {
    send: (assignments) =>
      new Promise((resolve) => {
        const options = { env: { PATH: env['PATH'], NOTIFY_SOCKET: address }, timeout: DEADLINE_MS };
        execFile(program, [...assignments], options, (error, _, stderr) =>
          resolve(error === null ? null : stderr.trim() || explain(error)),
        );
      }),
  };
}
