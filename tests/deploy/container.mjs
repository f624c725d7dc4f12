// Reads a container file: container.mjs FILE says each mistake in it, container.mjs FILE KEYWORD the words of the last instruction of that name, a line each.
import { readFileSync } from "node:fs";
import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";

const [path, keyword] = process.argv.slice(2);
const text = readFileSync(path, "utf8");
if (keyword) {
  const last = DockerfileParser.parse(text).getInstructions().filter((instruction) => instruction.getKeyword() === keyword).at(-1);
  console.log(last.getJSONStrings?.().map((word) => JSON.parse(word.getValue())).join("\n") || last.getArgumentsContent());
} else {
  const mistakes = validate(text);
  for (const mistake of mistakes) console.log(`${path}:${mistake.range.start.line + 1}: ${mistake.message}`);
  process.exit(mistakes.length === 0 ? 0 : 1);
}
