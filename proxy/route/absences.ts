import type {Deployment} from "../policy.ts";

/** Why a deployment answers nobody: its model is `retired`, or its host has none of that name. */
export type Absence = "retired" | "missing";

/** Deployments that are gone, by what their hosts say. No request of a user is sent to one. */
export interface Absences {
  /** Its host says so. Returns whether it is news. */
  note(deployment: Deployment, absence: Absence): boolean;
  /** Why it is gone; undefined where it is not. */
  of(deployment: Deployment): Absence | undefined;
  /** Whether to ask one that is gone if it still is: then not again for a while. */
  isDue(deployment: Deployment): boolean;
  /** It answers again. */
  back(deployment: Deployment): void;
}

/**
 * A model stays retired; another may be deployed under the name. What is missing may be new: "If you created the
 * deployment within the last 5 minutes, please wait a moment" (Azure's DeploymentNotFound).
 */
const ASK_AGAIN_MS: Readonly<Record<Absence, number>> = {retired: 60_000, missing: 10_000};

interface Gone {
  readonly absence: Absence;
  askedMs: number;
}

export function createAbsences(now: () => number): Absences {
  const gone = new Map<string, Gone>();
  const keyOf = ({upstream, name}: Deployment) => `${upstream}/${name}`;

  return {
    note(deployment, absence) {
      const key = keyOf(deployment);
      const isNew = gone.get(key)?.absence !== absence;
      gone.set(key, {absence, askedMs: now()});
      return isNew;
    },
    // Asked for each request: there is hardly ever one.
    of: (deployment) => (gone.size > 0 ? gone.get(keyOf(deployment))?.absence : undefined),
    isDue(deployment) {
      const known = gone.get(keyOf(deployment));
      if (!known || now() < known.askedMs + ASK_AGAIN_MS[known.absence]) return false;
      known.askedMs = now();
      return true;
    },
    back: (deployment) => void gone.delete(keyOf(deployment)),
  };
}
