import { strategyContract } from '../strategy-contract.js';
import { Dial } from './dial.js';

strategyContract('a dial', () => {
  const strategy = new Dial();
  return {
    strategy,
    provoke: () => {
      strategy.wants = 4;
    },
    state: () => strategy.at,
    jam: () => {
      strategy.isJammed = true;
    },
  };
});
