import { EVENT_KINDS } from '../config/sections/publish.js';

export { EVENT_KINDS };
export type EventKind = (typeof EVENT_KINDS)[number];
