import type {Deployment} from "../policy.ts";
import type {Candidate} from "./candidate.ts";
import type {Loads} from "./loads.ts";

/**
 * Which of several servers has read a user's file before: by rendezvous hashing, so that one which comes or goes takes
 * its own share of the files with it and no others.
 */

/** The most of a text that counts: what identifies a file stands at its beginning. */
const MOST_CHARACTERS = 1024;
/** So many of them are read. */
const MOST_READ = 256;

/**
 * Stands for a user's file: 32 bits. Of the text before the cursor only as much counts as the largest power of two
 * that it has: while somebody types at its end it stays the same.
 */
export function affinityKey(user: string, text: string): number {
  const ofUser = mixed(hashOf(user, user.length, FNV_BASIS));
  if (text === "") return ofUser;
  return hashOf(text, Math.min(MOST_CHARACTERS, 1 << (31 - Math.clz32(text.length))), ofUser);
}

/** FNV-1a over UTF-16 code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashOf(text: string, length: number, basis: number): number {
  const step = Math.ceil(length / MOST_READ);
  let hash = basis;
  for (let at = 0; at < length; at += step) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash;
}

/** The finalizer of MurmurHash3: each bit of the key has a part in each of the result, 0 to 2^32. */
function mixed(key: number): number {
  let hash = key ^ (key >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** What one of them may have, over the mean, before its files are read elsewhere: arXiv 1608.01350. */
const BOUND = 1.25;
/** And so many more, which a server that batches hardly feels: by the bench of routing, fewer cost more reading than they save waiting. */
const SPARE = 4;

/** The index of the one whose file it is; undefined where it has too much to do, or is on its return and has its part. */
export function homeOf(
  candidates: readonly Candidate[],
  key: number,
  {loadOf}: Pick<Loads, "loadOf">,
): number | undefined {
  let best = 0;
  let highest = -1;
  let total = 0;
  for (let at = 0; at < candidates.length; at++) {
    const {deployment} = candidates[at]!;
    total += loadOf(deployment);
    const rank = mixed(key ^ seedOf(deployment));
    if (rank <= highest) continue;
    highest = rank;
    best = at;
  }
  const {deployment, share} = candidates[best]!;
  const bound = (BOUND * total) / candidates.length + SPARE;
  return loadOf(deployment) < bound * share ? best : undefined;
}

const seeds = new WeakMap<Deployment, number>();

function seedOf(deployment: Deployment): number {
  const known = seeds.get(deployment);
  if (known !== undefined) return known;
  const {upstream} = deployment;
  const seed = mixed(hashOf(upstream, upstream.length, FNV_BASIS));
  seeds.set(deployment, seed);
  return seed;
}
