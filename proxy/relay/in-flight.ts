/** Members that come and go by the thousand, in no order. */
export interface InFlight<Member> {
  add(member: Member): void;
  /** Removes a member that is there. */
  remove(member: Member): void;
  /** A copy: members that come or go later do not change it. */
  all(): readonly Member[];
}

/**
 * A Set would keep who has left. V8 links each table that a Set outgrew to the next; once one of them has
 * become old, all later ones stay until a collection of the whole heap, with those who were in them.
 */
export function createInFlight<Member extends {place: number}>(): InFlight<Member> {
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
