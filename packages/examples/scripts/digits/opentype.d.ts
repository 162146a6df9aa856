/** The part of opentype.js that is used here; it publishes no types. */
declare module "opentype.js" {
  type Command =
    | { readonly type: "M" | "L"; readonly x: number; readonly y: number }
    | {
        readonly type: "Q";
        readonly x: number;
        readonly y: number;
        readonly x1: number;
        readonly y1: number;
      }
    | {
        readonly type: "C";
        readonly x: number;
        readonly y: number;
        readonly x1: number;
        readonly y1: number;
        readonly x2: number;
        readonly y2: number;
      }
    | { readonly type: "Z" };
  interface Font {
    charToGlyph(text: string): {
      readonly index: number;
      getPath(x: number, y: number, size: number): { readonly commands: readonly Command[] };
    };
  }
  const opentype: { parse(bytes: ArrayBuffer): Font };
  // biome-ignore lint/style/noDefaultExport: it is a CommonJS module, which is all a default.
  export default opentype;
}
