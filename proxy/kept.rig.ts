import {getHeapSpaceStatistics, setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";

/**
 * For tests: bytes that stay in the old generation after two thousand members, of which five at a time were there, have
 * come and gone, with collections of the young generation alone.
 */
export function keptBytes<Member>(comes: (id: number) => Member, goes: (member: Member) => void) {
  setFlagsFromString("--expose-gc");
  const collect: (options?: {type: "minor"}) => void = runInNewContext("gc");
  const there: Member[] = [];
  const pass = (id: number) => {
    there.push(comes(id));
    if (there.length > 5) goes(there.shift() as Member);
    if (id % 100 === 0) collect({type: "minor"});
  };
  for (let id = 0; id < 100; id++) pass(id);
  collect();
  const before = oldBytes();
  for (let id = 100; id < 2100; id++) pass(id);
  return oldBytes() - before;
}

const oldBytes = () =>
  getHeapSpaceStatistics().find(({space_name}) => space_name === "old_space")!.space_used_size;
