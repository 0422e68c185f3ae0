/** How long answers are, so that it can be told what of one was not made when its client left. */
export interface AnswerLengths {
  /** A whole answer had so many tokens. */
  whole(model: string, tokens: number): void;
  /** Tokens that were still to come, by estimate: as if the answer had become as long as others of the model are. */
  unsaid(model: string, said: number): number;
}

/** Weight of the latest answer in the mean: it follows the last hundred or so. */
const LATEST = 0.02;

/** Until a model has ended an answer there is nothing to go by, and nothing is taken to be unsaid. */
export function createAnswerLengths(): AnswerLengths {
  const means = new Map<string, number>();
  return {
    whole(model, tokens) {
      const mean = means.get(model) ?? tokens;
      means.set(model, mean + LATEST * (tokens - mean));
    },
    unsaid: (model, said) => Math.max(0, (means.get(model) ?? 0) - said),
  };
}
