/** Why a picture that could be inferred is not: it is too old already, or would be when answered. */
export type LateCause = 'stale' | 'overload';

/** What comes of asking for a place at a worker: `closed` where there will be none any more. */
export type PlaceAnswer = 'admitted' | LateCause | 'closed';
