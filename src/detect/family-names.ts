import { didYouMean } from '../foundation/validate.js';
import { FAMILIES, type Family } from './detector.js';

/** What else people call models whose outputs a family reads. */
const ALSO_CALLED: Readonly<Record<string, Family>> = {
  yolov3: 'yolov5',
  yolov6: 'yolov5',
  yolov7: 'yolov5',
  yolo5: 'yolov5',
  yolo7: 'yolov5',
  yolo8: 'yolov8',
  yolov9: 'yolov8',
  yolo9: 'yolov8',
  yolov11: 'yolov8',
  yolo11: 'yolov8',
  yolov12: 'yolov8',
  yolo12: 'yolov8',
  yolo10: 'yolov10',
  yolov26: 'yolov10',
  yolo26: 'yolov10',
  yolonas: 'yolo-nas',
  'rt-detr': 'detr',
  'rt-detrv2': 'detr',
  rtdetr: 'detr',
  rtdetrv2: 'detr',
  'd-fine': 'detr',
  dfine: 'detr',
  deim: 'detr',
  deimv2: 'detr',
  rfdetr: 'rf-detr',
  'ssd-mobilenet': 'ssd',
  efficientdet: 'ssd',
  torchvision: 'ssd',
  'pp-yoloe': 'yolov10',
  ppyoloe: 'yolov10',
  picodet: 'yolov10',
  'efficient-nms': 'efficientnms',
  'efficientnms-trt': 'efficientnms',
  mmdeploy: 'efficientnms',
  rtmdet: 'efficientnms',
};

/** The family that people mean by a name: its own, or that of a model it reads. Null where nobody does. */
export function familyNamed(name: string): Family | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  return (
    FAMILIES.find((family) => family === plain) ?? (Object.hasOwn(ALSO_CALLED, plain) ? ALSO_CALLED[plain]! : null)
  );
}

/** The family or other name that is spelled most like this one; null where none is near. */
export function nearestFamilyName(name: string): string | null {
  return didYouMean(name.toLowerCase(), [...FAMILIES, ...Object.keys(ALSO_CALLED)]);
}
