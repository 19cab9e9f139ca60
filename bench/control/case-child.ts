import { answerOrders } from '../harness/child-pool.js';
import { runCase } from './case-process.js';

answerOrders(runCase);
