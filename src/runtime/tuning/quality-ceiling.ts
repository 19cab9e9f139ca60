/** JPEG quality that no picture goes above that is kept or sent, 10..100. What is configured under it stays as it is. */
export class QualityCeiling {
  value = 100;

  /**
   * @param configured quality of that kind of picture
   * @param least that it is of use with
   */
  under(configured: number, least = 10): number {
    return Math.max(Math.min(configured, this.value), Math.min(configured, least));
  }
}
