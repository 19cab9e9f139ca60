/** Corners, centre and size, corners with y first, as TensorFlow gives them, or the first corner and size, as COCO's labels. */
export const BOX_ORDERS = ['xyxy', 'cxcywh', 'yxyx', 'xywh'] as const;
/** Pixels of the input, fractions of it, or (yolox) offsets in a grid cell and logarithms of sizes in cells. */
export const COORDINATES = ['pixels', 'normalised', 'grid'] as const;
/** Numbers of 0..1, or such that a sigmoid or, over all classes, a softmax makes of them. */
export const SCORE_KINDS = ['probability', 'logit', 'softmax'] as const;
/** Which score or class index stands for "nothing": with `first`, index 1 is the first of the classes. */
export const BACKGROUNDS = ['none', 'first', 'last'] as const;
/** What follows the box in a row of one finished box; or (PaddlePaddle, OpenVINO) class and score before it. */
export const ROW_ORDERS = ['score-class', 'class-score', 'class-score-box'] as const;

/** What the numbers in a model's outputs mean, where exports of one family differ. */
export interface Decoding {
  readonly boxes: (typeof BOX_ORDERS)[number];
  readonly coordinates: (typeof COORDINATES)[number];
  readonly scores: (typeof SCORE_KINDS)[number];
  /** Whether each row has, before its classes, how sure it is that there is anything: scores are products then. */
  readonly objectness: boolean;
  readonly background: (typeof BACKGROUNDS)[number];
  readonly order: (typeof ROW_ORDERS)[number];
  /** Columns behind the classes that are no classes (mask coefficients, keypoints): not used. */
  readonly extra: number;
  /** Whether one vehicle comes as many overlapping boxes: NMS is still to be done. */
  readonly overlapping: boolean;
}

/** What of a decoding somebody told; the rest is as usual. */
export type ToldDecoding = { readonly [Key in keyof Decoding]?: Decoding[Key] | undefined };
