/** What a traffic signal can show; `flashing` and `dark` forbid nothing. */
export const SIGNAL_STATES = ['red', 'red-yellow', 'green', 'yellow', 'flashing', 'dark'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];
