const directions: Readonly<Record<string, string>> = {
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
  gov: "g",
};

/** An Availability Zone: `us-west-2a`, whose id is `usw2-az1`. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** The zones of a Region, one for each letter. */
export function zonesOf(region: string, letters: readonly string[]): readonly Zone[] {
  const [area = region, ...rest] = region.split("-");
  const short = area + rest.map((part) => directions[part] ?? part).join("");
  return letters.map((letter, index) => ({ name: region + letter, id: `${short}-az${index + 1}` }));
}
