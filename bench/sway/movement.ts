/** How a camera moves, from what it shows when it stands still on. */
export const MOVEMENTS = ['still', 'sway', 'vibrate', 'drift', 'pan', 'roll'] as const;
export type Movement = (typeof MOVEMENTS)[number];

/** What each is like, for people. */
export const ABOUT: Readonly<Record<Movement, string>> = {
  still: 'not at all',
  sway: 'a mast in the wind: 1 % of the width, three seconds to and fro, with a tremble',
  vibrate: 'a bridge under lorries: 0.3 % of the width, six to eleven times a second',
  drift: 'a pole that the sun bends: 3 % of the width and back in a minute',
  pan: 'slowly aside: 0.7 % of the width a second, to 8 % and to the other side',
  roll: 'sway of half that size which also turns by half a degree and changes the size by 0.4 %',
};

/**
 * A movement as expressions of `T`, the seconds: by which shares of the width the scene moves, how many radians the camera turns, and by
 * which share it takes in more.
 */
export interface Path {
  readonly right: string;
  readonly down: string;
  readonly turn: string;
  readonly growth: string;
}

/** Of the picture, at each side: what a movement may put outside. */
export const MARGIN = 0.1;

/** The farthest that a pan goes to either side. */
const PAN_REACH = 0.08;
const PAN_PER_S = 0.007;

const NOT_AT_ALL = '0';

/** @param random 0 to 1: where in their swing the waves are, and how long they take */
export function pathOf(movement: Movement, random: () => number): Path {
  const wave = (size: number, hertz: number): string => {
    const frequency = hertz * (0.8 + 0.4 * random());
    return `${size}*sin(6.2832*${frequency.toFixed(4)}*T+${(random() * 6.2832).toFixed(4)})`;
  };
  const still: Path = { right: NOT_AT_ALL, down: NOT_AT_ALL, turn: NOT_AT_ALL, growth: NOT_AT_ALL };
  switch (movement) {
    case 'still':
      return still;
    case 'sway':
      return {
        ...still,
        right: `${wave(0.01, 0.35)}+${wave(0.003, 1.1)}`,
        down: `${wave(0.0035, 0.5)}+${wave(0.001, 1.4)}`,
      };
    case 'vibrate':
      return {
        ...still,
        right: `${wave(0.0015, 6)}+${wave(0.0008, 11)}`,
        down: `${wave(0.003, 7)}+${wave(0.0012, 10)}`,
      };
    case 'drift':
      return { ...still, right: wave(0.03, 1 / 60), down: wave(0.015, 1 / 70) };
    case 'pan': {
      const begins = (random() * 4 * PAN_REACH).toFixed(4);
      const way = `mod(${PAN_PER_S}*T+${begins},${4 * PAN_REACH})`;
      return { ...still, right: `abs(${way}-${2 * PAN_REACH})-${PAN_REACH}` };
    }
    case 'roll':
      return { right: wave(0.005, 0.35), down: wave(0.002, 0.5), turn: wave(0.0087, 0.3), growth: wave(0.004, 0.25) };
  }
}

/**
 * The picture of such a camera, cut out of one with so much around it that nothing is missing.
 *
 * @param fps of the film, which has the number of each picture only
 * @returns a chain of ffmpeg's filters
 */
export function filterOf({ right, down, turn, growth }: Path, fps: number): string {
  const at = (expression: string): string => `(${expression.replaceAll('T', `(on/${fps})`)})`;
  const corner = (x: -1 | 1, y: -1 | 1): readonly [string, string] => {
    // small turns: the cosine is 1
    const [half, high] = [`${x}*W/2`, `${y}*H/2`];
    const size = `(1+${at(growth)})`;
    return [
      `W/2+${size}*(${half}-${at(turn)}*(${high}))-W*${at(right)}`,
      `H/2+${size}*(${high}+${at(turn)}*(${half}))-W*${at(down)}`,
    ];
  };
  const corners = [corner(-1, -1), corner(1, -1), corner(-1, 1), corner(1, 1)];
  const places = corners.flatMap(([x, y], i) => [`x${i}='${x}'`, `y${i}='${y}'`]).join(':');
  const kept = 1 - 2 * MARGIN;
  // sizes that halve: colours have half of both
  const cut = `crop=trunc(iw*${kept}/4)*4:trunc(ih*${kept}/4)*4`;
  return `perspective=${places}:interpolation=cubic:sense=source:eval=frame,${cut}`;
}
