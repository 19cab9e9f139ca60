import { join } from 'node:path';
import { namesIn, numberIn } from '../../../board/kernel-files.js';
import { askWithin } from '../../../board/machine/ask-program.js';
import { type ClockSync, ClockSyncReader } from '../../../board/machine/clock-sync-reader.js';
import { BUILT_AT } from '../../../foundation/build-time.js';
import { type Clock, systemClock } from '../../../foundation/clock.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';

const DAY_MS = 86_400_000;
const ASK_MS = 2000;
/** ms by which a clock may differ from the one it follows before times of vehicles mislead. */
const MOST_OFFSET_MS = 1000;
/** ms by which the battery's clock may differ: it is set seldom, and loses some seconds a week. */
const MOST_RTC_MS = 120_000;

/** A board without a battery is set once, some time after its start: that is no trouble. */
const MOST_JUMPS = 2;

/** What was read of the clock. */
export interface ClockState {
  /** Unix ms. */
  readonly now: number;
  readonly sync: ClockSync;
  /** Unix ms of the clock with the battery; null where there is none. */
  readonly rtc: number | null;
  /** Times that the clock was set while the program ran; null where it does not run, or does not tell. */
  readonly jumps: number | null;
}

/** Whether the clock can be right: whom it follows, the battery's clock, and what the running program saw of it. */
export const clockCheck = (clock: Clock = systemClock): Check => ({
  ground: 'system',
  name: 'clock',
  deadlineMs: 4000,
  async run({ root, running }, signal) {
    // programs tell of this machine alone
    const reader = new ClockSyncReader(root, root === '/' ? askWithin(ASK_MS) : async () => null);
    reader.look();
    const [jumps] = await Promise.all([
      jumpsOf(running, signal),
      reader.read({ now: clock.now(), unixNow: clock.unixNow() }),
    ]);
    const { sync } = reader;
    reader.close();
    return judgeClock({ now: clock.unixNow(), sync, rtc: batteryClock(root), jumps });
  },
});

/** What there is to be said of the clock; pure. */
export function judgeClock({ now, sync, rtc, jumps }: ClockState): Finding[] {
  const findings: Finding[] = [];
  if (now < BUILT_AT - DAY_MS) {
    return [found('broken', 'clock-before-build', { date: dateOf(now), built: dateOf(BUILT_AT) })];
  }
  if (sync.isSynchronised === false) findings.push(found('degraded', 'clock-not-synchronised'));
  if (sync.offsetMs !== null && Math.abs(sync.offsetMs) > MOST_OFFSET_MS) {
    findings.push(found('degraded', 'clock-off', { seconds: Math.round(Math.abs(sync.offsetMs) / 100) / 10 }));
  }
  if (rtc !== null && Math.abs(rtc - now) > MOST_RTC_MS) {
    findings.push(found('degraded', 'clock-battery', { seconds: Math.round(Math.abs(rtc - now) / 1000) }));
  }
  if (jumps !== null && jumps > MOST_JUMPS) findings.push(found('degraded', 'clock-jumped', { jumps }));
  if (findings.length > 0) return findings;
  if (sync.isSynchronised === null) return [found('unknown', 'clock-unknown', { date: dateOf(now) })];
  return [found('fine', 'clock-fine', { date: dateOf(now) })];
}

function batteryClock(root: string): number | null {
  const folder = join(root, 'sys/class/rtc');
  for (const name of namesIn(folder).sort()) {
    const seconds = numberIn(join(folder, name, 'since_epoch'));
    if (seconds !== null) return seconds * 1000;
  }
  return null;
}

async function jumpsOf(running: Patient['running'], signal: AbortSignal): Promise<number | null> {
  const text = await running?.askText('/metrics', signal);
  const count = /^\w*machine_clock_jumps\w*(?:\{[^}]*\})? (\d+)/m.exec(text ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

const dateOf = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
