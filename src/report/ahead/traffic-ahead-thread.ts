import { answerInThread } from '../../foundation/low-priority-thread.js';
import { type AheadTask, trafficAhead } from './traffic-ahead.js';

/* The thread of traffic-ahead.ts. */

await answerInThread<AheadTask>(trafficAhead);
