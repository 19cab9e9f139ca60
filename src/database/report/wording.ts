import type { IndexToDrop } from '../advisor/advice.js';

/** Milliseconds as people read them: `0.123 ms`, `12.3 ms`, `1234 ms`. */
export const milliseconds = (ms: number): string =>
  `${ms < 10 ? ms.toFixed(3) : ms < 1000 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** Why an index can go. */
export const whyNeedless = ({ why, instead }: IndexToDrop): string =>
  why === 'redundant' ? `${instead} does its work` : 'no statement is planned with it';
