import type { Values } from './rule-values.js';

type Point = readonly [number, number];

/** Shares of the picture: less than a pixel of the largest camera. */
const NOTHING = 1e-4;

/** A line or zone of a camera by its path, with the path of its id. */
interface Shape {
  readonly at: string;
  readonly id: string | null;
}

/** Lines and zones are told apart by their ids, lines by their ends, directions by their names, zones by their area. */
export function shapesOfCameras(values: Values): string[] {
  return Array.from({ length: values.count('cameras') }, (_, index) => `cameras.${index}`).flatMap((camera) => {
    const lines = shapes(values, `${camera}.lines`);
    const zones = shapes(values, `${camera}.zones`);
    const rings = [
      ...zones.map(({ at }) => `${at}.polygon`),
      ...Array.from({ length: values.count(`${camera}.masks`) }, (_, i) => `${camera}.masks.${i}`),
    ];
    return [
      ...sameIds(values, lines),
      ...sameIds(values, zones),
      ...lines.flatMap((line) => [...noLength(values, line), ...sameDirections(values, line)]),
      ...rings.flatMap((ring) => noArea(values, ring)),
    ];
  });
}

function shapes(values: Values, list: string): Shape[] {
  return Array.from({ length: values.count(list) }, (_, i) => ({
    at: `${list}.${i}`,
    id: values.text(`${list}.${i}.id`),
  }));
}

function sameIds(values: Values, all: readonly Shape[]): string[] {
  return all.flatMap(({ at, id }, index) => {
    const first = all.findIndex((other) => other.id === id);
    if (id === null || first === index) return [];
    const [one, two] = [`${all[first]!.at}.id`, `${at}.id`];
    return [`${one} and ${two}: expected different ids, got "${id}" twice${values.said(one, two)}`];
  });
}

function noLength(values: Values, { at }: Shape): string[] {
  const [from, to] = [point(values, `${at}.from`), point(values, `${at}.to`)];
  if (from === null || to === null || Math.hypot(to[0] - from[0], to[1] - from[1]) > NOTHING) return [];
  const got = `[${from.join(', ')}] twice${values.said(`${at}.from`, `${at}.to`)}`;
  return [`${at}.from and ${at}.to: expected two different ends, got ${got}`];
}

function sameDirections(values: Values, { at }: Shape): string[] {
  const [left, right] = [values.text(`${at}.left`), values.text(`${at}.right`)];
  if (left === null || left !== right) return [];
  const got = `"${left}" twice${values.said(`${at}.left`, `${at}.right`)}`;
  return [`${at}.left and ${at}.right: expected different names, got ${got}`];
}

function noArea(values: Values, ring: string): string[] {
  const corners = Array.from({ length: values.count(ring) }, (_, i) => point(values, `${ring}.${i}`));
  if (corners.length < 3 || !corners.every((corner) => corner !== null) || !onOneLine(corners)) return [];
  return [`${ring}: expected corners that enclose an area, got corners on one line${values.said(ring)}`];
}

function point(values: Values, at: string): Point | null {
  const [x, y] = [values.number(`${at}.0`), values.number(`${at}.1`)];
  return x === null || y === null ? null : [x, y];
}

function onOneLine(corners: readonly Point[]): boolean {
  const [x, y] = corners[0]!;
  const distances = corners.map((corner) => Math.hypot(corner[0] - x, corner[1] - y));
  const length = Math.max(...distances);
  const [farX, farY] = corners[distances.indexOf(length)]!;
  if (length <= NOTHING) return true;
  return corners.every((c) => Math.abs((farX - x) * (c[1] - y) - (farY - y) * (c[0] - x)) / length <= NOTHING);
}
