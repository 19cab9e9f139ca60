import { Mesh, type Station, Surface } from './mesh.js';

/** Class indices of the truth boxes. */
export const CAR = 0;
export const TRUCK = 1;
export const BUS = 2;
export const MOTORCYCLE = 3;

/** A rectangle on a vehicle's skin: ranges of z and y, metres. */
export interface Pane {
  readonly z0: number;
  readonly z1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Lamps, on both sides: x from the middle, y from the road; metres. */
export interface Lamps {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Where glass, lamps, plates and wheels sit on a body. */
export interface Details {
  readonly windscreen: Pane;
  readonly rearWindow: Pane | null;
  readonly side: (Pane & { readonly pillars: readonly number[] }) | null;
  /** Lean of the first pillar: how far the side glass begins further back at its top, metres. */
  readonly rake: number;
  readonly head: Lamps;
  readonly tail: Lamps;
  /** Half width and height range of the radiator grille. */
  readonly grille: { readonly x: number; readonly y0: number; readonly y1: number };
  readonly plateY: readonly [front: number, rear: number];
  /** Below this the bumpers are dark plastic. */
  readonly sillY: number;
  readonly wheels: readonly number[];
  readonly wheelRadius: number;
  /** Height range of the destination board in front, and of the coloured band along the sides, of a bus. */
  readonly board: readonly [number, number] | null;
  readonly band: readonly [number, number] | null;
}

/** One kind of vehicle: its form, and how it is used in traffic. */
export interface Shape {
  readonly name: string;
  readonly classIndex: number;
  readonly length: number;
  /** Widest half width and height, metres. */
  readonly halfWidth: number;
  readonly height: number;
  readonly mesh: Mesh;
  readonly details: Details;
  /** Share among the vehicles of its class. */
  readonly share: number;
}

interface CarForm {
  readonly name: string;
  readonly length: number;
  readonly w: number;
  readonly hood: number;
  readonly cowl: number;
  readonly roofFrom: number;
  readonly roofTo: number;
  readonly tail: number;
  readonly roof: number;
  readonly boot: number;
  readonly share: number;
  /** Closed sides behind the front doors. */
  readonly panel?: boolean;
}

/** Lengthways positions (cowl, roof, tail) from the front end and heights, metres. */
const CARS: readonly CarForm[] = [
  {
    name: 'saloon',
    length: 4.7,
    w: 0.91,
    hood: 0.92,
    cowl: 1.2,
    roofFrom: 2.0,
    roofTo: 3.15,
    tail: 3.9,
    roof: 1.45,
    boot: 1.04,
    share: 3,
  },
  {
    name: 'hatchback',
    length: 4.1,
    w: 0.88,
    hood: 0.94,
    cowl: 1.0,
    roofFrom: 1.75,
    roofTo: 3.35,
    tail: 3.95,
    roof: 1.48,
    boot: 1.0,
    share: 3,
  },
  {
    name: 'estate',
    length: 4.75,
    w: 0.92,
    hood: 0.94,
    cowl: 1.2,
    roofFrom: 2.0,
    roofTo: 4.1,
    tail: 4.6,
    roof: 1.5,
    boot: 1.0,
    share: 2,
  },
  {
    name: 'suv',
    length: 4.55,
    w: 0.95,
    hood: 1.08,
    cowl: 1.15,
    roofFrom: 1.8,
    roofTo: 3.8,
    tail: 4.4,
    roof: 1.72,
    boot: 1.12,
    share: 3,
  },
  {
    name: 'van',
    length: 5.2,
    w: 0.99,
    hood: 1.2,
    cowl: 0.8,
    roofFrom: 1.5,
    roofTo: 5.0,
    tail: 5.15,
    roof: 1.98,
    boot: 1.2,
    share: 1.2,
    panel: true,
  },
];

const FLEET_COLOURS: readonly (readonly [number, number, number])[] = [
  [236, 237, 236],
  [225, 226, 228],
  [178, 181, 184],
  [150, 153, 157],
  [92, 95, 99],
  [44, 46, 49],
  [28, 29, 32],
  [30, 52, 104],
  [58, 92, 150],
  [150, 24, 26],
  [186, 36, 30],
  [120, 108, 92],
];
const LOAD_COLOURS: readonly (readonly [number, number, number])[] = [
  [238, 238, 236],
  [232, 232, 230],
  [226, 228, 230],
  [206, 208, 210],
  [176, 178, 178],
  [132, 140, 150],
];
const BUS_COLOURS: readonly (readonly [number, number, number])[] = [
  [236, 236, 232],
  [226, 226, 222],
  [214, 206, 180],
  [196, 60, 48],
  [224, 178, 60],
];

/** Paints that vehicles of a class may have, RGB. */
export function coloursOf(classIndex: number): readonly (readonly [number, number, number])[] {
  if (classIndex === TRUCK) return LOAD_COLOURS;
  return classIndex === BUS ? BUS_COLOURS : FLEET_COLOURS;
}

/** Every kind of vehicle on the road. */
export function createShapes(): Shape[] {
  return [
    ...CARS.map(car),
    truck('box truck', 7.4, 3.3, 5),
    truck('long truck', 11.5, 3.8, 2),
    bus('city bus', 11.5, 3.05, 3),
    bus('minibus', 7.2, 2.8, 2),
    motorcycle(),
  ];
}

function car(form: CarForm): Shape {
  const { length, w, roof, hood } = form;
  const belt = hood + 0.02;
  const low = 0.24 + (roof - 1.45) * 0.2;
  const station = (z: number, wide: number, beltY: number, top: number, wTop: number, lowY = low): Station => ({
    z,
    w: w * wide,
    low: lowY,
    belt: beltY,
    top,
    wTop: w * wTop,
  });
  const roofW = form.panel ? 0.82 : 0.66;
  const end = length;
  const mesh = new Mesh();
  mesh.loft(
    [
      station(0, 0.8, hood * 0.58, hood * 0.68, 0.7, low + 0.08),
      station(0.1, 0.92, hood * 0.64, hood * 0.77, 0.78, low + 0.02),
      station(0.4, 0.98, hood * 0.76, hood * 0.87, 0.8),
      station(form.cowl * 0.8, 1, hood * 0.9, hood * 0.97, 0.82),
      station(form.cowl, 1, hood * 0.95, hood, 0.82),
      station((form.cowl + form.roofFrom) / 2, 1, belt, (hood + roof) / 2 + 0.03, (0.82 + roofW) / 2 + 0.02),
      station(form.roofFrom, 1, belt + 0.02, roof - 0.02, roofW),
      station((form.roofFrom + form.roofTo) / 2, 1, belt + 0.04, roof, roofW),
      station(form.roofTo, 1, belt + 0.05, roof - 0.03, roofW),
      station(form.tail, 0.99, form.boot - 0.06, form.boot + 0.02, 0.78),
      station(Math.max(form.tail + 0.05, end - 0.22), 0.97, form.boot - 0.12, form.boot - 0.01, 0.78),
      station(end - 0.06, 0.93, form.boot * 0.75, form.boot * 0.9, 0.76, low + 0.03),
      station(end, 0.84, form.boot * 0.65, form.boot * 0.82, 0.7, low + 0.1),
    ],
    Surface.Body,
  );
  const wheels = [length * 0.19, length * 0.8];
  const radius = 0.3 + (roof - 1.45) * 0.08;
  for (const z of wheels) for (const side of [-1, 1]) mesh.wheel(side * (w - 0.13), 0.11, z, radius);
  for (const side of [-1, 1])
    mesh.ellipsoid(side * (w + 0.08), belt + 0.1, form.cowl + 0.45, 0.12, 0.08, 0.07, Surface.Body);
  return {
    name: form.name,
    classIndex: CAR,
    length,
    halfWidth: w + 0.15,
    height: roof + 0.02,
    mesh,
    share: form.share,
    details: {
      windscreen: { z0: form.cowl + 0.06, z1: form.roofFrom - 0.02, y0: hood + 0.02, y1: roof - 0.05 },
      rearWindow: {
        z0: form.roofTo + 0.06,
        z1: form.tail + (form.panel ? 0.2 : 0),
        y0: form.boot + 0.08,
        y1: roof - 0.08,
      },
      side: {
        z0: form.cowl + 0.25,
        z1: form.panel ? form.roofFrom + 0.7 : form.tail - 0.25,
        y0: belt + 0.08,
        y1: roof - 0.1,
        pillars: form.panel ? [] : [length * 0.47, length * 0.7],
      },
      rake: form.roofFrom - form.cowl - 0.25,
      head: { x0: w * 0.5, x1: w * 0.9, y0: hood * 0.6, y1: hood * 0.77 },
      tail: { x0: w * 0.6, x1: w * 0.95, y0: form.boot * 0.68, y1: form.boot * 0.92 },
      grille: { x: w * 0.46, y0: hood * 0.5, y1: hood * 0.7 },
      plateY: [low + 0.2, form.boot * 0.62],
      sillY: low + 0.12,
      wheels,
      wheelRadius: radius,
      board: null,
      band: null,
    },
  };
}

function truck(name: string, length: number, height: number, share: number): Shape {
  const mesh = new Mesh();
  const cabTop = Math.min(height - 0.25, 2.9);
  const cab = (z: number, w: number, top: number, wTop: number): Station => ({ z, w, low: 0.5, belt: 1.5, top, wTop });
  mesh.loft(
    [
      cab(0, 1.1, cabTop - 0.35, 0.98),
      cab(0.12, 1.18, cabTop - 0.2, 1.05),
      cab(0.5, 1.2, cabTop, 1.06),
      cab(1.9, 1.2, cabTop, 1.06),
    ],
    Surface.Body,
  );
  mesh.box(1.24, 0.95, height, 2.1, length, Surface.Cargo);
  mesh.box(0.9, 0.5, 0.95, 1.8, length - 0.1, Surface.Dark);
  const wheels = length > 9 ? [1.0, length - 3.6, length - 2.3, length - 1.0] : [1.0, length - 1.7];
  for (const z of wheels) for (const side of [-1, 1]) mesh.wheel(side * 1.02, 0.18, z, 0.48);
  for (const side of [-1, 1]) mesh.box3(side * 1.38, 0.09, 1.6, 2.2, 0.25, 0.35, Surface.Dark);
  return {
    name,
    classIndex: TRUCK,
    length,
    halfWidth: 1.47,
    height,
    mesh,
    share,
    details: {
      windscreen: { z0: -0.1, z1: 0.5, y0: 1.5, y1: cabTop - 0.35 },
      rearWindow: null,
      side: { z0: 0.4, z1: 1.4, y0: 1.55, y1: cabTop - 0.4, pillars: [] },
      rake: 0,
      head: { x0: 0.7, x1: 1.1, y0: 0.65, y1: 0.88 },
      tail: { x0: 0.85, x1: 1.2, y0: 0.98, y1: 1.16 },
      grille: { x: 0.8, y0: 0.95, y1: 1.35 },
      plateY: [0.62, 0.85],
      sillY: 0.62,
      wheels,
      wheelRadius: 0.48,
      board: null,
      band: null,
    },
  };
}

function bus(name: string, length: number, height: number, share: number): Shape {
  const mesh = new Mesh();
  const w = height > 3 ? 1.26 : 1.1;
  const at = (z: number, shrink: number): Station => ({
    z,
    w: w - shrink,
    low: 0.32,
    belt: 1.35,
    top: height - shrink,
    wTop: w - 0.1 - shrink,
  });
  mesh.loft(
    [at(0, 0.1), at(0.15, 0.02), at(0.5, 0), at(length - 0.4, 0), at(length - 0.1, 0.02), at(length, 0.1)],
    Surface.Body,
  );
  mesh.box(w * 0.6, height, height + 0.18, length * 0.3, length * 0.55, Surface.Body);
  const wheels = [length * 0.22, length * 0.76];
  for (const z of wheels) for (const side of [-1, 1]) mesh.wheel(side * (w - 0.15), 0.16, z, 0.46);
  for (const side of [-1, 1]) mesh.box3(side * (w + 0.14), 0.09, 1.9, 2.4, -0.1, 0.02, Surface.Dark);
  const panes: number[] = [];
  for (let z = 1.6; z < length - 1; z += 1.5) panes.push(z);
  return {
    name,
    classIndex: BUS,
    length,
    halfWidth: w + 0.23,
    height: height + 0.18,
    mesh,
    share,
    details: {
      windscreen: { z0: -0.1, z1: 0.4, y0: 1.1, y1: height - 0.5 },
      rearWindow: { z0: length - 0.4, z1: length + 0.1, y0: 1.5, y1: height - 0.35 },
      side: { z0: 0.3, z1: length - 0.2, y0: 1.25, y1: height - 0.38, pillars: panes },
      rake: 0,
      head: { x0: w * 0.55, x1: w * 0.9, y0: 0.6, y1: 0.84 },
      tail: { x0: w * 0.72, x1: w * 0.95, y0: 0.8, y1: 1.25 },
      grille: { x: w * 0.4, y0: 0.62, y1: 0.8 },
      plateY: [0.46, 0.62],
      sillY: 0.5,
      wheels,
      wheelRadius: 0.46,
      board: [height - 0.42, height - 0.14],
      band: [0.6, 0.95],
    },
  };
}

function motorcycle(): Shape {
  const mesh = new Mesh();
  mesh.wheel(0, 0.07, 0.33, 0.32);
  mesh.wheel(0, 0.09, 1.75, 0.32);
  mesh.ellipsoid(0, 0.62, 1.0, 0.2, 0.26, 0.62, Surface.Body);
  mesh.ellipsoid(0, 0.95, 0.45, 0.16, 0.2, 0.16, Surface.Body);
  mesh.ellipsoid(0, 0.78, 1.5, 0.16, 0.1, 0.5, Surface.Dark);
  mesh.ellipsoid(0, 0.98, 0.6, 0.42, 0.04, 0.05, Surface.Dark);
  mesh.ellipsoid(0, 1.2, 1.2, 0.25, 0.36, 0.2, Surface.Rider);
  for (const side of [-1, 1]) {
    mesh.ellipsoid(side * 0.24, 0.74, 1.05, 0.09, 0.13, 0.34, Surface.Rider);
    mesh.ellipsoid(side * 0.25, 0.5, 1.25, 0.08, 0.24, 0.1, Surface.Rider);
    mesh.ellipsoid(side * 0.32, 1.16, 0.9, 0.08, 0.1, 0.32, Surface.Rider);
  }
  mesh.ellipsoid(0, 1.62, 1.1, 0.15, 0.17, 0.17, Surface.Helmet);
  const none: Pane = { z0: 0, z1: 0, y0: 0, y1: 0 };
  return {
    name: 'motorcycle',
    classIndex: MOTORCYCLE,
    length: 2.07,
    halfWidth: 0.45,
    height: 1.8,
    mesh,
    share: 1,
    details: {
      windscreen: none,
      rearWindow: null,
      side: null,
      rake: 0,
      head: { x0: 0, x1: 0.1, y0: 0.88, y1: 1.02 },
      tail: { x0: 0, x1: 0.08, y0: 0.74, y1: 0.86 },
      grille: { x: 0, y0: 0, y1: 0 },
      plateY: [0, 0.6],
      sillY: 0.3,
      wheels: [],
      wheelRadius: 0.32,
      board: null,
      band: null,
    },
  };
}
