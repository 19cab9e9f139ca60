/** Pose of the camera on its pole. World: x to the right across the road, y up from the road, z along the road away from the pole; metres. */
export interface Pose {
  /** Across the road, from its centre line. */
  readonly x: number;
  /** Above the road. */
  readonly height: number;
  /** Radians, to the right. */
  readonly yaw: number;
  /** Radians, downwards. */
  readonly pitch: number;
  /** Pixels. */
  readonly focal: number;
}

/** A pinhole camera: world metres to picture pixels and, on the ground, back. */
export class View {
  readonly width: number;
  readonly height: number;
  readonly pose: Pose;
  /** What `project` and `groundAt` found last: pixels and depth in metres, or metres on the ground. */
  px = 0;
  py = 0;
  depth = 0;
  groundX = 0;
  groundZ = 0;
  readonly #sinYaw: number;
  readonly #cosYaw: number;
  readonly #sinPitch: number;
  readonly #cosPitch: number;

  constructor(width: number, height: number, pose: Pose) {
    this.width = width;
    this.height = height;
    this.pose = pose;
    this.#sinYaw = Math.sin(pose.yaw);
    this.#cosYaw = Math.cos(pose.yaw);
    this.#sinPitch = Math.sin(pose.pitch);
    this.#cosPitch = Math.cos(pose.pitch);
  }

  /** Sets `px`, `py`, `depth` to where a point of the world is seen. */
  project(x: number, y: number, z: number): void {
    const dx = x - this.pose.x;
    const dy = y - this.pose.height;
    const across = dx * this.#cosYaw - z * this.#sinYaw;
    const along = dx * this.#sinYaw + z * this.#cosYaw;
    const depth = along * this.#cosPitch - dy * this.#sinPitch;
    const up = dy * this.#cosPitch + along * this.#sinPitch;
    this.depth = depth;
    this.px = this.width / 2 + (this.pose.focal * across) / depth;
    this.py = this.height / 2 - (this.pose.focal * up) / depth;
  }

  /** Sets `groundX`, `groundZ` to the point of the road plane behind a pixel; false above the horizon. */
  groundAt(px: number, py: number): boolean {
    const a = (px - this.width / 2) / this.pose.focal;
    const b = (this.height / 2 - py) / this.pose.focal;
    const down = this.#sinPitch - this.#cosPitch * b;
    if (down < 1e-3) return false;
    const along = this.#cosPitch + this.#sinPitch * b;
    const t = this.pose.height / down;
    this.groundX = this.pose.x + t * (a * this.#cosYaw + along * this.#sinYaw);
    this.groundZ = t * (along * this.#cosYaw - a * this.#sinYaw);
    return true;
  }

  /** Row of the horizon in the middle of the picture. */
  get horizon(): number {
    return this.height / 2 - (this.pose.focal * this.#sinPitch) / this.#cosPitch;
  }
}
