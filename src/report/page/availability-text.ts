import type { ReportWording } from '../languages/report-wording.js';

/** How much of a day the program or a camera was there, since when, and how often it was not. @param to Unix ms at which the day ends */
export function availabilityText(
  { share, count, since, to }: { share: number | null; count: number; since: number | null; to: number },
  wording: ReportWording,
): string {
  if (since !== null && since >= to) return wording.say('notYet');
  if (share === null) return wording.say('never');
  const percent = wording.percent(share);
  const told = since === null ? percent : wording.say('sharedSince', { share: percent, time: wording.time(since) });
  return `${told}, ${interruptions(count, wording)}`;
}

function interruptions(count: number, wording: ReportWording): string {
  if (count === 0) return wording.say('noOutage');
  return count === 1 ? wording.say('oneOutage') : wording.say('outages', { count: wording.number(count) });
}
