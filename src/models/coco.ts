/** The 80 class names of COCO, in the order of the usual exports. */
// biome-ignore format: words read better in rows than one to a line
export const COCO_CLASSES: readonly string[] = [
  'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light',
  'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow',
  'elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag', 'tie', 'suitcase', 'frisbee',
  'skis', 'snowboard', 'sports ball', 'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard',
  'tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple',
  'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch',
  'potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone',
  'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book', 'clock', 'vase', 'scissors', 'teddy bear',
  'hair drier', 'toothbrush',
];

/** Numbers of COCO's categories that its 80 classes leave out, and what they were to be. */
const LEFT_OUT: ReadonlyMap<number, string> = new Map([
  [12, 'street sign'],
  [26, 'hat'],
  [29, 'shoe'],
  [30, 'eye glasses'],
  [45, 'plate'],
  [66, 'mirror'],
  [68, 'window'],
  [69, 'desk'],
  [71, 'door'],
  [83, 'blender'],
]);

/** COCO's categories by their numbers, 1 to 90, as detectors of torchvision and TensorFlow give them: the first has number 1. */
export const COCO_CATEGORIES: readonly string[] = numbered();

function numbered(): string[] {
  const left = [...COCO_CLASSES];
  return Array.from({ length: COCO_CLASSES.length + LEFT_OUT.size }, (_, index) => {
    return LEFT_OUT.get(index + 1) ?? left.shift()!;
  });
}

/** Those of them that a road is watched for. */
export const COCO_VEHICLES: readonly string[] = ['bicycle', 'car', 'motorcycle', 'bus', 'truck'];

/** The classes of the models that come with the project. */
export const ROADSIDE_CLASSES: readonly string[] = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
