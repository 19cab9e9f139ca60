/** `2026-11-27 08:00`, in UTC; with seconds where there are any. */
export function longTime(t: number): string {
  const iso = isoTime(t);
  return `${iso.slice(0, 10)} ${iso.slice(11, t % 60_000 === 0 ? 16 : 19)}`;
}

/** `11-27 08:00`, in UTC. */
export function shortTime(t: number): string {
  const iso = isoTime(t);
  return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
}

/** `2026-11-27T08:00:00.000Z`, for programs. */
export function isoTime(t: number): string {
  return new Date(t).toISOString();
}

/** `2 d 3 h`, `10 min`, `30 s`. */
export function lengthOfTime(ms: number): string {
  const parts = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [Math.floor(ms / 1000) % 60, 's'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return said.length === 0 ? '0 s' : said.map(([count, name]) => `${count} ${name}`).join(' ');
}
