/** How far a camera's connection can be relied on, best first. */
export const CONNECTION_QUALITIES = ['excellent', 'fair', 'poor', 'unusable'] as const;
export type ConnectionQuality = (typeof CONNECTION_QUALITIES)[number];

/** The worse of two. */
export function worseQuality(a: ConnectionQuality, b: ConnectionQuality): ConnectionQuality {
  return CONNECTION_QUALITIES.indexOf(a) > CONNECTION_QUALITIES.indexOf(b) ? a : b;
}
