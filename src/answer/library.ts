/** What a program imports as `edge-inference-optimizer/answer`: frames of its own answered with the least use of a detector of its own. */

export type { Origin } from '../frame/frame-result.js';
export type { PictureBox } from '../frame/picture-box.js';
export {
  AnsweredCamera,
  type AnsweredPicture,
  type VehicleBox,
} from './answered-camera.js';
export type { AnsweredCameraOptions } from './answered-camera-options.js';
export type { AuditedAccuracy } from './audit/camera-audit.js';
export type { CameraPicture, OwnDetector } from './own-detector.js';
