import type {Inputs} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";

/** An image that becomes another, with everywhere that it does. */
export interface ImageChange {
  readonly from: string;
  readonly to: string;
  readonly containers: readonly string[];
  readonly stacks: readonly string[];
}

/** Compares the images of containers that both runs have. */
export function imageChanges(before: readonly Stack[], after: readonly Stack[]): ImageChange[] {
  const old = new Map(before.flatMap(imagesOf).map((one) => [keyOf(one), one.image]));
  const changed = after
    .flatMap(imagesOf)
    .map((one) => ({...one, from: old.get(keyOf(one))}))
    .filter(({from, image}) => from !== undefined && from !== image);
  const groups = Map.groupBy(changed, ({from, image}) => `${from} ${image}`);
  return [...groups.values()].map((group) => ({
    from: group[0]!.from!,
    to: group[0]!.image,
    containers: [...new Set(group.map(({container}) => container))],
    stacks: [...new Set(group.map(({stack}) => stack))],
  }));
}

interface Image {
  readonly stack: string;
  readonly container: string;
  readonly image: string;
}

const keyOf = ({stack, container}: Image) => `${stack} ${container}`;

function imagesOf({name: stack, resources}: Stack): Image[] {
  return resources
    .filter(({type}) => type === "kubernetes:apps/v1:Deployment")
    .flatMap(({inputs}) => {
      const {template} = inputs.spec as {template: {spec: {containers: Inputs[]}}};
      return template.spec.containers.map(({name, image}) => ({
        stack,
        container: String(name),
        image: String(image),
      }));
    });
}
