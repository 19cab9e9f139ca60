/** What a file is that is no ONNX model, and how to get one: two parts of a sentence. */
export interface FileKind {
  /** `is a web page` */
  readonly is: string;
  /** `download the file itself` */
  readonly todo: string;
}
