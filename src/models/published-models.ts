import type { ModelDescription } from './new-model.js';

/** A model file that others publish and `models pull NAME` knows. */
export interface PublishedModel {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly model: ModelDescription;
}

const YOLOX = 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0';

function yolox(size: string, input: number, bytes: number, sha256: string): PublishedModel {
  return {
    name: `yolox-${size}`,
    url: `${YOLOX}/yolox_${size}.onnx`,
    bytes,
    sha256,
    model: {
      family: 'yolox',
      description: `YOLOX-${size}, trained on COCO by Megvii; vehicles of 80 classes are reported.`,
      licence: 'Apache-2.0',
      origin: `YOLOX release 0.1.1rc0, ${YOLOX}/yolox_${size}.onnx`,
      width: input,
      height: input,
    },
  };
}

/** Official files of YOLOX release 0.1.1rc0: BGR 0..255, letterboxed with 114. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  yolox('nano', 416, 3_659_407, 'c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d'),
  yolox('tiny', 416, 20_219_662, '427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7'),
  yolox('s', 640, 35_858_002, 'c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063'),
];
