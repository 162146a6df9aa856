/** What can be wrong with a scene file; the codes are stable. */
export type SceneErrorCode =
  | "file-unreadable"
  | "file-too-large"
  | "json-malformed"
  | "field-missing"
  | "field-unknown"
  | "field-invalid"
  | "field-out-of-range"
  | "type-unknown"
  | "material-unknown"
  | "direction-zero"
  | "shape-degenerate"
  | "camera-degenerate"
  | "picture-too-costly";

/** What can be wrong with the rendered tiles; the codes are stable. */
export type TileErrorCode = "tile-missing" | "tile-size" | "tile-unexpected";

/** Base of this example's errors: a stable code, and what the reader can do about it. */
export class PathTracerError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** A scene that cannot be rendered; `path` points into the file, as in `objects[3].radius`. */
export class SceneError extends PathTracerError {
  override readonly name = "SceneError";
  declare readonly code: SceneErrorCode;
  readonly path: string;

  constructor(
    code: SceneErrorCode,
    path: string,
    message: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(code, path === "" ? message : `${path}: ${message}`, remedy, options);
    this.path = path;
  }
}

/** Tiles that do not make up the picture. */
export class TileError extends PathTracerError {
  override readonly name = "TileError";
  declare readonly code: TileErrorCode;
  readonly index: number;

  constructor(code: TileErrorCode, index: number, message: string, remedy: string) {
    super(code, message, remedy);
    this.index = index;
  }
}
