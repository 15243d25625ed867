import { describe, expect, it } from "vitest";
import { Output, OutputScratch } from "../../src/session/output.js";

const answer = (letter: string, length = 3): Buffer => Buffer.alloc(length, letter);

describe("answers on their way to one write", () => {
  it("are the answer itself when there is one", () => {
    const output = new Output(new OutputScratch());
    const only = answer("a");
    output.add(only);
    expect(output.length).toBe(3);
    expect(output.take()).toBe(only);
    expect(output.lent).toBe(false);
    expect(output.take()).toBeUndefined();
  });

  it("are put together in the scratch when there are more, and lent", () => {
    const scratch = new OutputScratch();
    const output = new Output(scratch);
    for (const letter of "abc") output.add(answer(letter));
    expect(output.length).toBe(9);
    const bytes = output.take()!;
    expect(bytes.toString()).toBe("aaabbbccc");
    expect(output.lent).toBe(true);
    expect(bytes.buffer).toBe(scratch.buffer.buffer);
    expect(output.length).toBe(0);
  });

  it("of two sessions at once do not meet", () => {
    const scratch = new OutputScratch();
    const [first, second] = [new Output(scratch), new Output(scratch)];
    for (const letter of "abcdefgh") {
      first.add(answer(letter));
      second.add(answer(letter.toUpperCase()));
    }
    expect(second.take()!.toString()).toBe("AAABBBCCCDDDEEEFFFGGGHHH");
    expect(second.lent).toBe(false);
    expect(first.take()!.toString()).toBe("aaabbbcccdddeeefffggghhh");
    expect(first.lent).toBe(true);
  });

  it("that are longer than the scratch get memory of their own", () => {
    const output = new Output(new OutputScratch());
    output.add(answer("a", 200_000));
    output.add(answer("b", 100_000));
    output.add(answer("c", 100_000));
    const bytes = output.take()!;
    expect(output.lent).toBe(false);
    expect(bytes.length).toBe(400_000);
    expect([bytes[0], bytes[200_000], bytes[399_999]]).toEqual([..."abc"].map((letter) => letter.charCodeAt(0)));
    const other = answer("d", 300_000);
    output.add(other);
    output.add(other);
    expect(output.take()!.equals(Buffer.concat([other, other]))).toBe(true);
    expect(output.lent).toBe(false);
  });
});
