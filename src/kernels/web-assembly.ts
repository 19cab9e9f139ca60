/** Of the platform's WebAssembly what is used here: Node's types leave it to those of browsers, which this program has none of. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WasmPlatform {
  /** Sizes in pages of 64 KiB. @throws RangeError where there is no memory for it */
  readonly Memory: new (size: {
    initial: number;
    maximum: number;
  }) => WasmMemory;
  /** @throws Error where the processor lacks what the file needs */
  readonly Module: new (
    file: Uint8Array,
  ) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const wasm: WasmPlatform = (globalThis as unknown as { WebAssembly: WasmPlatform }).WebAssembly;
