/**
 * An AssemblyScript program that uses all that a guest can ask of the machine, so that any leak
 * of the machine into the result shows.
 */
export const WITNESS = `
print("in: " + readFile(IN, "a/scene.txt"));
print("item: " + readFile(ROOT, "item"));
print("environment: " + environment());
print("clock: " + now().toString());
print("random: " + randomWord().toString());
let sum: f64 = 0;
for (let i = 1; i < 200000; i++) sum += Math.sin(<f64>i) / <f64>i;
print("math: " + sum.toString() + " " + reinterpret<u64>(sum).toString());
print("nan: " + reinterpret<u64>(-(sum - sum) / (sum - sum)).toString());
print("memory: " + memory.size().toString() + " " + memory.grow(1000).toString());
print("escape: " + readFile(IN, "../../../../../../etc/hostname"));
print("absolute: " + readFile(ROOT, "/etc/hostname"));
writeFile("result.txt", "done");
makeFolder("deep"); makeFolder("deep/er"); makeFolder("empty");
writeFile("deep/er/file", "below");
writeBytes(2, String.UTF8.encode("a note"));
`;
