import { z } from '../../../foundation/validate.js';
import { SIGNAL_STATES } from '../../../frame/signal-state.js';

/** `signal/<name>`: what a traffic signal shows, told by whoever drives it. */
export const signal = z.object({
  state: z.enum(SIGNAL_STATES).meta({
    description: 'flashing and dark: the signal is out of order, and no rule of it holds.',
  }),
  at: z.int().min(0).meta({
    description: 'Unix ms at which it shows that: now. One that is more than five seconds off this clock is refused.',
  }),
  since: z.int().min(0).optional().meta({
    description: 'Unix ms at which it began to show that; absent: when it is told first.',
  }),
});
