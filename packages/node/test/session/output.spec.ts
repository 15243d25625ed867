import { describe, expect, it } from "vitest";
import { Output, OutputScratch } from "../../src/session/output.js";
import { MemoryConnection } from "../support/memory-transport.js";

const answer = (letter: string, length = 3): Buffer => Buffer.alloc(length, letter);

/** What `output` sends, whether the memory was only lent, and that memory. */
function sent(output: Output): { readonly text: string; readonly lent: boolean; readonly memory: Buffer } | undefined {
  let result: ReturnType<typeof sent>;
  const connection = new MemoryConnection();
  connection.write = (bytes) => {
    result = { text: bytes.toString(), lent: false, memory: bytes };
    return true;
  };
  connection.writeLent = (bytes, length) => {
    result = { text: bytes.toString("utf8", 0, length), lent: true, memory: bytes };
    return true;
  };
  expect(output.sendTo(connection)).toBe(true);
  return result;
}

describe("answers on their way to one write", () => {
  it("are the answer itself when there is one", () => {
    const output = new Output(new OutputScratch());
    const only = answer("a");
    output.add(only);
    expect(output.length).toBe(3);
    const { lent, memory } = sent(output)!;
    expect(lent).toBe(false);
    expect(memory).toBe(only);
    expect(sent(output)).toBeUndefined();
  });

  it("are put together in the scratch when there are more, and lent", () => {
    const scratch = new OutputScratch();
    const output = new Output(scratch);
    for (const letter of "abc") output.add(answer(letter));
    expect(output.length).toBe(9);
    expect(sent(output)).toEqual({ text: "aaabbbccc", lent: true, memory: scratch.buffer });
    expect(output.length).toBe(0);
  });

  it("that are lent go out as lent when alone, and are copied among others or when they must be kept", () => {
    const scratch = new OutputScratch();
    const output = new Output(scratch);
    const lent = answer("l");
    output.addLent(lent);
    expect(sent(output)).toEqual({ text: "lll", lent: true, memory: lent });
    output.add(answer("a"));
    output.addLent(lent);
    output.add(answer("b"));
    lent.fill("x");
    expect(sent(output)!.text).toBe("aaalllbbb");
    output.addLent(lent);
    output.keep();
    lent.fill("y");
    expect(sent(output)).toEqual({ text: "xxx", lent: true, memory: scratch.buffer });
    output.add(answer("o"));
    output.keep();
    expect(sent(output)).toMatchObject({ text: "ooo", lent: false });
  });

  it("of two sessions at once do not meet", () => {
    const scratch = new OutputScratch();
    const [first, second] = [new Output(scratch), new Output(scratch)];
    for (const letter of "abcdefgh") {
      first.add(answer(letter));
      second.add(answer(letter.toUpperCase()));
    }
    expect(sent(second)).toMatchObject({ text: "AAABBBCCCDDDEEEFFFGGGHHH", lent: false });
    expect(sent(first)).toMatchObject({ text: "aaabbbcccdddeeefffggghhh", lent: true });
  });

  it("that nobody wants any more leave the scratch to others", () => {
    const scratch = new OutputScratch();
    const [first, second] = [new Output(scratch), new Output(scratch)];
    for (const letter of "ab") first.add(answer(letter));
    first.discard();
    expect(sent(first)).toBeUndefined();
    for (const letter of "cd") second.add(answer(letter));
    expect(sent(second)).toMatchObject({ text: "cccddd", lent: true });
  });

  it("that are longer than the scratch get memory of their own", () => {
    const output = new Output(new OutputScratch());
    output.add(answer("a", 200_000));
    output.add(answer("b", 100_000));
    output.add(answer("c", 100_000));
    const { lent, text } = sent(output)!;
    expect(lent).toBe(false);
    expect(text).toHaveLength(400_000);
    expect([text[0], text[200_000], text[399_999]]).toEqual([..."abc"]);
    const other = answer("d", 300_000);
    output.add(other);
    output.add(other);
    expect(sent(output)).toMatchObject({ text: "d".repeat(600_000), lent: false });
  });
});
