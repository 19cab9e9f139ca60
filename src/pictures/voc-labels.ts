import { SourceError } from '../foundation/errors.js';
import type { Label } from './frame-set.js';

/**
 * Reads the labels of one picture in the XML of Pascal VOC (labelImg, CVAT): per `object` a name and corners in pixels of the
 * `size` that stands there.
 *
 * @param where file name for messages
 * @param picture its size now: labels are in its pixels
 * @param indexOf the model's class of a name, -1 for none
 * @throws SourceError naming the file and what is missing in it
 */
export function parseVocLabels(
  xml: string,
  where: string,
  picture: { readonly width: number; readonly height: number },
  indexOf: (name: string) => number,
): Label[] {
  const fail = (problem: string): SourceError => new SourceError(`${where}: ${problem}`, { file: where });
  const size = inside(xml, 'size');
  if (!/<annotation\b/.test(xml) || size === null) throw fail('expected an annotation of Pascal VOC with its size');
  const [width, height] = [numberIn(size, 'width'), numberIn(size, 'height')];
  if (!(width > 0 && height > 0)) throw fail('size: expected width and height above 0');
  return [...xml.matchAll(/<object\b[^>]*>(.*?)<\/object>/gs)].flatMap(([, object], index) => {
    const name = inside(object!, 'name')?.trim();
    const box = inside(object!, 'bndbox');
    if (!name || box === null) throw fail(`object ${index + 1}: expected a name and a bndbox`);
    const corner = (tag: string, of: number): number => Math.min(1, Math.max(0, numberIn(box, tag) / of));
    const [x1, x2] = [corner('xmin', width) * picture.width, corner('xmax', width) * picture.width];
    const [y1, y2] = [corner('ymin', height) * picture.height, corner('ymax', height) * picture.height];
    if (!(x1 < x2 && y1 < y2)) throw fail(`object ${index + 1}: expected a box inside ${width}x${height}`);
    const classIndex = indexOf(name);
    const ignore = numberIn(object!, 'difficult') === 1;
    return classIndex < 0 ? [] : [{ classIndex, x1, y1, x2, y2, ...(ignore && { ignore }) }];
  });
}

function inside(xml: string, tag: string): string | null {
  return new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, 's').exec(xml)?.[1] ?? null;
}

function numberIn(xml: string, tag: string): number {
  return Number(inside(xml, tag)?.trim() || Number.NaN);
}
