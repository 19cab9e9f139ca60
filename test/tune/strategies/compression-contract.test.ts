import { strategyContract } from '../strategy-contract.js';
import { TunedPictures } from './tuned-pictures.js';

strategyContract('the compression strategy', () => {
  const pictures = new TunedPictures();
  return {
    strategy: pictures.strategy,
    provoke: () => pictures.pass(60, { pictures: 1 }),
    state: () => pictures.compression.effort,
    jam: () => pictures.jam(),
  };
});
