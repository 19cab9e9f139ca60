import type { Region } from '../../../src/media/compression/wish.js';
import type { Rgb } from '../../../src/media/picture-light.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';

/** A picture of a road, and where its vehicles are. */
export interface RoadPicture {
  readonly picture: Rgb;
  readonly regions: readonly Region[];
}

/** Pictures of a simulated road, `every` frames apart. */
export async function roadPictures(url: string, count: number, every = 40): Promise<RoadPicture[]> {
  const road = (await Road.open(parseSimulatorUrl(url), new AbortController().signal))!;
  const { width, height } = road;
  return Array.from({ length: count }, (_, index) => {
    const data = new Uint8Array(width * height * 3);
    road.render(100 + index * every, data);
    const { count: vehicles, data: boxes } = road.truth(100 + index * every);
    const regions = Array.from({ length: vehicles }, (_, row): Region => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(row * 6, row * 6 + 4);
      return [x1, y1, x2, y2];
    });
    return { picture: { width, height, data }, regions };
  });
}
