import { basename } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { z } from '../foundation/validate.js';
import type { Label } from './frame-set.js';

const finite = z.number().min(-1e6).max(1e6);

/** Of a COCO file what boxes need; its other keys (licences, masks) may be anything. */
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.number(),
      file_name: z.string().min(1),
      width: z.number().positive(),
      height: z.number().positive(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      /** x, y, width, height in pixels. */
      bbox: z.tuple([finite, finite, finite, finite]),
      iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string().min(1) })).min(1),
});

/** A box as the file says it: corners in shares of its picture, with the file's own class number. */
interface CocoBox {
  readonly category: number;
  readonly ignore: boolean;
  readonly corners: readonly [number, number, number, number];
}

/** Labels of a set of pictures out of a COCO file. */
export interface CocoLabels {
  /** By the file's class numbers. */
  readonly names: ReadonlyMap<number, string>;
  /** Whether it says anything of this picture, found as in `labelsOf`. */
  lists(file: string): boolean;
  /**
   * Of one picture, in pixels of the size it has now; null where the file does not list it.
   * @param file the picture's name or path: the file's `file_name`, or the last part of it where that is unique
   * @param indexOf the model's class of one of the file's numbers, -1 for none
   */
  labelsOf(
    file: string,
    size: { readonly width: number; readonly height: number },
    indexOf: (category: number) => number | undefined,
  ): Label[] | null;
}

/** Boxes reach beyond their picture by so many pixels in published sets; more is an error. */
const SLACK_PX = 2;
const SHOWN_PROBLEMS = 5;

/**
 * Reads labels in COCO's JSON form.
 * @param where file name for messages
 * @throws SourceError naming the entry that is wrong
 */
export function parseCocoLabels(text: string, where: string): CocoLabels {
  const { images, annotations, categories } = parse(text, where);
  const fail = (problem: string): SourceError => new SourceError(`${where}: ${problem}`, { file: where });
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const pictures = new Map(images.map((image) => [image.id, { ...image, boxes: [] as CocoBox[] }]));
  if (pictures.size < images.length) throw fail('images: expected each id once');
  for (const [at, { image_id, category_id, bbox, iscrowd }] of annotations.entries()) {
    const picture = pictures.get(image_id);
    if (!picture) throw fail(`annotations.${at}.image_id: there is no image ${image_id}`);
    if (!names.has(category_id)) throw fail(`annotations.${at}.category_id: there is no category ${category_id}`);
    const corners = cornersOf(bbox, picture);
    if (corners === null) {
      throw fail(
        `annotations.${at}.bbox: expected a box inside ${picture.width}x${picture.height}, got x ${bbox[0]}, y ${bbox[1]}, width ${bbox[2]}, height ${bbox[3]}`,
      );
    }
    picture.boxes.push({ category: category_id, ignore: Boolean(iscrowd), corners });
  }
  const boxesOf = byFile([...pictures.values()]);
  return {
    names,
    lists: (file) => boxesOf(file) !== null,
    labelsOf(file, { width, height }, indexOf) {
      const boxes = boxesOf(file);
      if (boxes === null) return null;
      return boxes.flatMap(({ category, ignore, corners: [x1, y1, x2, y2] }) => {
        const classIndex = indexOf(category) ?? -1;
        const box = { classIndex, x1: x1 * width, y1: y1 * height, x2: x2 * width, y2: y2 * height };
        return classIndex < 0 ? [] : [ignore ? { ...box, ignore } : box];
      });
    },
  };
}

function parse(text: string, where: string): z.infer<typeof cocoSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new SourceError(`${where} is not JSON`, { file: where }, error);
  }
  const result = cocoSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new SourceError(`${where} holds no COCO labels: ${problems.join('; ')}`, { file: where });
}

/** In shares, clipped; null for a box without a size or outside its picture. */
function cornersOf(
  [x, y, w, h]: readonly [number, number, number, number],
  { width, height }: { readonly width: number; readonly height: number },
): CocoBox['corners'] | null {
  if (w <= 0 || h <= 0) return null;
  if (x < -SLACK_PX || y < -SLACK_PX || x + w > width + SLACK_PX || y + h > height + SLACK_PX) return null;
  const share = (value: number, size: number): number => Math.min(1, Math.max(0, value / size));
  return [share(x, width), share(y, height), share(x + w, width), share(y + h, height)];
}

/** Exports write `file_name` with folders of their own: the last part serves where only one picture has it. */
function byFile(pictures: readonly { readonly file_name: string; readonly boxes: readonly CocoBox[] }[]) {
  const whole = new Map(pictures.map(({ file_name, boxes }) => [file_name, boxes]));
  const last = new Map<string, readonly CocoBox[] | null>();
  for (const { file_name, boxes } of pictures) {
    const name = basename(file_name);
    last.set(name, last.has(name) ? null : boxes);
  }
  return (file: string): readonly CocoBox[] | null => whole.get(file) ?? last.get(basename(file)) ?? null;
}
