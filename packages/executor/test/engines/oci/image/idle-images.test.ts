import { expect, it } from "vitest";

import { IdleImages } from "../../../../src/engines/oci/image/idle-images.ts";

it("keeps the images that were used last, up to the bound", () => {
  const idle = new IdleImages(25);
  for (const id of ["a", "b", "c"]) idle.add(id, 10);
  idle.add("a", 10);
  expect(idle.takeSurplus()).toEqual([{ id: "b", bytes: 10 }]);
  expect(idle.takeSurplus()).toEqual([]);
  expect([idle.has("a"), idle.has("b")]).toEqual([true, false]);
});

it("gives up all of them when room is wanted, but not what somebody holds", () => {
  const idle = new IdleImages(100);
  for (const id of ["a", "b"]) idle.add(id, 10);
  idle.delete("a");
  expect(idle.takeSurplus(0)).toEqual([{ id: "b", bytes: 10 }]);
});

it("keeps none that is larger than the bound", () => {
  const idle = new IdleImages(5);
  idle.add("a", 6);
  expect(idle.takeSurplus()).toEqual([{ id: "a", bytes: 6 }]);
});
