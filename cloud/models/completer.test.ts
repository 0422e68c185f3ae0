import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {complete, type Question} from "./completer.ts";

const text = (question: Omit<Question, "maxTokens">) =>
  complete({...question, maxTokens: 64}).tokens.join("");

const loops = "for (const x of xs) {\n  total += x;\n}\nfor (const y of ys) {\n";
const cases: Record<string, Omit<Question, "maxTokens"> & {text: string}> = {
  "finishes the word": {
    prompt: "const total = values.red",
    text: "uce((sum, value) => sum + value, 0);",
  },
  "goes on after a space": {prompt: "function add(a, b) {\n  return ", text: "a + b;\n}"},
  "follows earlier lines, with their indent": {prompt: loops, text: "  total += x;\n}"},
  "follows the text after it too": {
    prompt: "let first = measure(",
    suffix: "\nlet second = measure(room, width);\n",
    text: "room, width);",
  },
  "closes brackets": {prompt: "use(deep([1", text: "]))"},
  "leaves brackets that the suffix closes": {prompt: "use(deep([1", suffix: "));\n", text: "]"},
  "stops before the text after it": {prompt: loops, suffix: "\n}\n", text: "  total += x;"},
  "stops before a stop text": {prompt: loops, stop: ["nothing", "+= x"], text: "  total "},
  "says something of an unheard-of word": {prompt: "let zyx", text: " = value;"},
  "says something of an empty text": {prompt: "", text: "return value;"},
};

for (const [name, {text: expected, ...question}] of Object.entries(cases)) {
  test(name, () => assert.equal(text(question), expected));
}

test("the second choice differs from the first", () => {
  const prompt = "open(door);\nopen(window);\nopen(";
  assert.deepEqual(
    [0, 1].map((choice) => text({prompt, choice})),
    ["window);", "door);"],
  );
});

test("ends by length at the limit, and not before", () => {
  assert.deepEqual(complete({prompt: "use(a, b);\nuse(", maxTokens: 2}), {
    tokens: ["a", ","],
    finish: "length",
  });
  assert.deepEqual(complete({prompt: "use(a, b);\nuse(", maxTokens: 5}), {
    tokens: ["a", ",", " b", ")", ";"],
    finish: "stop",
  });
});

test("whatever the text: an answer, the same each time, within the limit", () => {
  fc.assert(
    fc.property(
      fc.record({prompt: fc.string({unit: "grapheme"}), suffix: fc.string()}),
      (texts) => {
        const question = {...texts, maxTokens: 40};
        const {tokens} = complete(question);
        assert.ok(tokens.length > 0 && tokens.length <= 40);
        assert.deepEqual(complete(question).tokens, tokens);
      },
    ),
  );
});
