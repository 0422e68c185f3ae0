import {
  OBJECTIVES,
  type Objective,
  type ObjectiveName,
  objectiveOf,
  type Policy,
} from "../policy.ts";
import {createModelVote, type ModelVote, type Sample} from "./model-vote.ts";

/** What is judged by itself: a model, by one of its objectives. */
export interface Subject {
  readonly model: string;
  readonly objective: ObjectiveName;
}

export interface Missed extends Subject {
  /** `4 of 210 later than 400 ms in 60 s`. */
  readonly why: string;
}

/** A proxy's judgement of itself: what its `/healthz` says. */
export interface Vote {
  /** One finished request; what is not voted on is left out. */
  record(subject: Subject, sample: Sample): void;
  /** A request of the proxy's own for what it misses. Returns whether it brought that back. */
  probed(subject: Subject, succeeded: boolean, firstByteMs: number): boolean;
  /** While it surely misses nothing. */
  readonly healthy: boolean;
  /** What puts it out. */
  readonly missed: readonly Missed[];
  /** All that it votes on. */
  readonly subjects: readonly (Subject & {readonly healthy: boolean})[];
  /** What is judged by the same objective as before keeps what was counted; what is gone no longer puts it out. */
  setPolicy(policy: Policy): void;
}

interface Judged extends Subject {
  readonly vote: ModelVote;
}

/** Judges each model of the policy by its own objectives. A proxy that surely misses one of them is out. */
export function createVote({policy, now = Date.now}: {policy: Policy; now?: () => number}): Vote {
  let judged = new Map<string, Judged>();
  setPolicy(policy);

  function setPolicy(next: Policy) {
    judged = new Map(
      subjectsOf(votedModels(next)).map((subject) => {
        const objective = objectiveOf(next, subject.model, subject.objective);
        return [keyOf(subject), {...subject, vote: voteOn(subject, objective)}];
      }),
    );
  }

  function voteOn(subject: Subject, objective: Objective): ModelVote {
    const vote = judged.get(keyOf(subject))?.vote ?? createModelVote({objective, now});
    vote.setObjective(objective);
    return vote;
  }

  const subjects = () =>
    [...judged.values()].map(({model, objective, vote}) => ({
      model,
      objective,
      healthy: vote.healthy,
    }));
  const missed = () =>
    [...judged.values()].flatMap(({model, objective, vote: {why}}) =>
      why === undefined ? [] : [{model, objective, why}],
    );

  return {
    record: (subject, sample) => judged.get(keyOf(subject))?.vote.record(sample),
    probed: (subject, succeeded, firstByteMs) =>
      judged.get(keyOf(subject))?.vote.probed(succeeded, firstByteMs) ?? false,
    get healthy() {
      return missed().length === 0;
    },
    get missed() {
      return missed();
    },
    get subjects() {
      return subjects();
    },
    setPolicy,
  };
}

/** Every objective of these models. */
export const subjectsOf = (models: readonly string[]): Subject[] =>
  models.flatMap((model) => OBJECTIVES.map((objective) => ({model, objective})));

const keyOf = ({model, objective}: Subject) => `${objective} ${model}`;

/**
 * Those that the region has itself: of a model that others serve for it, it is they who are judged, and no
 * other region would serve it better by taking the users of all models. A region that has none of its own
 * can only be judged by what it reaches.
 */
function votedModels({models}: Policy): string[] {
  const all = Object.entries(models);
  const own = all.filter(([, {deployments}]) => deployments.length > 0);
  return (own.length > 0 ? own : all).map(([name]) => name);
}

/** As people read it: `copilot-nano (next edits)`. */
export const named = ({model, objective}: Subject): string =>
  objective === "model" ? model : `${model} (next edits)`;
