import {type Fault, isText, type Mapping} from "../meaning.ts";

/** Each loop of names that lead to a next one: once, at its alphabetically first name. */
export function loopFaults(next: Mapping, pathOf: (name: string) => Fault["path"]): Fault[] {
  return Object.keys(next).flatMap((start) => {
    const loop = [start];
    for (let name = next[start]; isText(name); name = next[name]) {
      if (name === start && loop.toSorted()[0] === start) {
        const message = `is a loop, ${[...loop, start].join(" -> ")}; take one of them out`;
        return [{path: pathOf(start), message}];
      }
      if (loop.includes(name)) return [];
      loop.push(name);
    }
    return [];
  });
}
