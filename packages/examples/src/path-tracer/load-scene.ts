import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { SceneError, type SceneErrorCode } from "./errors.ts";
import { MAX_SCENE_BYTES, type Scene, sceneSchema } from "./scene.ts";

const HELP = "see the scene format in packages/examples/src/path-tracer/README.md";
/** A longer value is cut in messages. */
const MAX_QUOTE = 60;

/**
 * Reads and checks a scene file.
 * @throws SceneError with the path of the fault inside the file
 */
export async function loadScene(path: string | URL, signal?: AbortSignal): Promise<Scene> {
  const text = await readFile(path, { encoding: "utf8", ...(signal ? { signal } : {}) }).catch(
    (cause: unknown) => {
      signal?.throwIfAborted();
      throw new SceneError("file-unreadable", "", `cannot read ${path}`, "check the file's name", {
        cause,
      });
    },
  );
  return parseScene(text);
}

/**
 * Checks the text of a scene file and fills in defaults.
 * @throws SceneError with the path of the fault inside the text
 */
export function parseScene(text: string): Scene {
  if (Buffer.byteLength(text) > MAX_SCENE_BYTES) {
    throw new SceneError(
      "file-too-large",
      "",
      "the scene is longer than 1 MiB",
      "use fewer objects: at most 512 are allowed",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SceneError("json-malformed", "", `the scene is not JSON: ${detail}`, HELP, { cause });
  }
  const parsed = sceneSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw toSceneError(parsed.error, value);
}

/** The first fault, which is the first in the order of the file's fields. */
function toSceneError(error: z.ZodError, scene: unknown): SceneError {
  const issue = error.issues[0] as z.core.$ZodIssue;
  if (issue.code === "unrecognized_keys") {
    const path = formatPath([...issue.path, issue.keys[0] as string]);
    return new SceneError("field-unknown", path, "unknown field", `use ${issue.message}`, {
      cause: error,
    });
  }
  const code = issueCode(issue);
  const what = code === "field-missing" ? "is missing" : describe(valueAt(scene, issue.path));
  const path = formatPath(issue.path);
  return new SceneError(code, path, what, `give ${issue.message}; ${HELP}`, { cause: error });
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value;
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return `${text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text} cannot be used`;
}

function issueCode(issue: z.core.$ZodIssue): SceneErrorCode {
  switch (issue.code) {
    case "custom":
      return issue.params?.code as SceneErrorCode;
    case "too_small":
    case "too_big":
      return "field-out-of-range";
    case "invalid_union":
      return valueAt(issue.input, ["type"]) === undefined ? "field-missing" : "type-unknown";
    default:
      return issue.input === undefined ? "field-missing" : "field-invalid";
  }
}

/** `["objects", 3, "radius"]` as `objects[3].radius`. */
function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}
