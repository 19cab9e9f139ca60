import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { OutboxHealth } from './outbox-health.js';

export const OUTBOX_FULL: AlertDeclaration = {
  code: 'outbox-full',
  severities: ['warning'],
  help: 'Messages were given up within the last ten minutes because the outbox is full or they had waited for too long; report/delivery tells which.',
  action: 'Bring the broker back, or raise outbox.maxMiB and outbox.maxAgeHours.',
};

export const OUTBOX_DEGRADED: AlertDeclaration = {
  code: 'outbox-degraded',
  severities: ['warning'],
  help: 'What must arrive cannot be stored; it waits in memory, and is lost if the program ends.',
  action: 'Check that store.dir can be written and its disk has room.',
};

export const OUTBOX_SET_ASIDE: AlertDeclaration = {
  code: 'outbox-set-aside',
  severities: ['warning'],
  help: 'The corrupt file of the outbox was renamed and a new one begun, with a new stream of numbers; until the program starts again.',
  action: 'Check the disk, and delete the file that was set aside when nobody needs it.',
};

const RECENTLY_MS = 600_000;

/** Something was given up a moment ago; null where nothing was. */
export function outboxIsFull(
  { trimmedAgoMs, trimmed }: Pick<OutboxHealth, 'trimmedAgoMs' | 'trimmed'>,
  { maxMiB, maxAgeHours }: { readonly maxMiB: number; readonly maxAgeHours: number },
): Alert | null {
  if (trimmedAgoMs === null || trimmedAgoMs > RECENTLY_MS) return null;
  return {
    severity: 'warning',
    message: `the outbox gives up the oldest messages that wait for the broker: it may take ${maxMiB} MiB and keep them for ${maxAgeHours} h`,
    details: { trimmed },
  };
}

/** What must arrive cannot be stored. @param file where its database is or should be */
export function outboxDegraded(reason: string, file: string): Alert {
  return {
    severity: 'warning',
    message: `what must arrive at the broker cannot be stored (${reason}): it waits in memory, and is lost if the program ends; check that ${file} and its folder can be written and the disk has room`,
  };
}

/** A corrupt file of the outbox was renamed to `file` and a new one begun. */
export function outboxSetAside(file: string): Alert {
  return {
    severity: 'warning',
    message: `the file of the outbox was corrupt; it was set aside as ${file} and a new one begun: what waited there is lost`,
  };
}
