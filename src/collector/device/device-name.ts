/** A device by its name. */
export interface DeviceName {
  readonly site: string;
  readonly device: string;
}
