import { decodeDocument, digestToCid, inputDocumentSchema, type Request } from "@deco-network/sdk";

import { RequesterError } from "../errors.ts";
import type { ReadDocument } from "../publish/publish-program.ts";
import type { JobDraft } from "./draft.ts";

/**
 * What a task was made of, by its digests: publishing it has the content of whoever still holds it.
 * @param read How the input document is had.
 * @throws RequesterError `job-invalid` for a private task, whose input was sealed for it alone, and for what publishing would not
 * give again under the same digest; StorageError
 */
export async function storedDraft(
  { program, input, volume }: Pick<Request, "program" | "input" | "volume">,
  read: ReadDocument,
): Promise<JobDraft> {
  const document = decodeDocument(inputDocumentSchema, await read(digestToCid(input)));
  if (document.deco === "sealed-input/1") {
    throw new RequesterError(
      "job-invalid",
      "The input of a private task is sealed for that task.",
      {
        remedy: "Run its job file again.",
      },
    );
  }
  const { files, items, commitment, salt } = document;
  if (salt !== undefined || (items?.count ?? 1) !== volume) {
    throw new RequesterError("job-invalid", "The task's input is not one that a job file makes.", {
      remedy: "Post it by the program that posted it before.",
    });
  }
  return {
    program: { kind: "stored", cid: digestToCid(program) },
    ...(files !== undefined && { files: { kind: "stored", cid: files } }),
    ...(items && { items: { kind: "stored", ...items } }),
    ...(commitment !== undefined && { commitment }),
  };
}
