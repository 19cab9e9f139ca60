import { Eye } from '../../scripts/answering-pictures/answered.js';
import type { Offence } from '../../src/frame/offence.js';
import { answerOrders } from '../harness/child-pool.js';
import { filmRoad } from './filmed-road.js';
import type { Score } from './verdicts.js';
import { type Contender, judgeRoad } from './watched-road.js';

/** A road to be watched. */
export interface RoadOrder {
  readonly url: string;
  readonly seconds: number;
}

/** What came of it. */
export interface RoadOutcome {
  readonly frames: number;
  readonly inferred: number;
  readonly scores: Record<Contender, Record<Offence, Score>>;
}

let eye: Eye | null = null;

answerOrders(async ({ url, seconds }: RoadOrder): Promise<RoadOutcome> => {
  eye ??= await Eye.open();
  const road = await filmRoad(url, seconds, eye);
  return { frames: road.frames.length, inferred: road.inferred, scores: judgeRoad(road) };
});
