/** Members that come and go by the thousand, in no order. */
export interface Bag<Member> {
  add(member: Member): void;
  /** Of one that is in it. */
  remove(member: Member): void;
  /** As they are now: who comes or goes later changes nothing of it. */
  all(): readonly Member[];
}

/**
 * A Set would keep who has left. V8 links each table that a Set outgrew to the next; once one of them has
 * become old, all later ones stay until a collection of the whole heap, with those who were in them.
 */
export function createBag<Member extends {place: number}>(): Bag<Member> {
  const members: Member[] = [];
  return {
    add: (member) => {
      member.place = members.push(member) - 1;
    },
    remove: (member) => {
      const last = members.pop() as Member;
      if (last === member) return;
      members[member.place] = last;
      last.place = member.place;
    },
    all: () => [...members],
  };
}
