/** Said where the history cannot be read. */
export const HISTORY_UNREADABLE = 'the history cannot be read now: the log says why';
