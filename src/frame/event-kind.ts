/** What vehicles can do. */
export const EVENT_KINDS = ['appeared', 'left', 'stopped', 'moved', 'crossed', 'entered', 'exited'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
