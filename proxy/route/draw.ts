/** The one whose share of the weights covers `point`, in [0, 1). Of at least one. */
export function drawAt<T extends {readonly weight: number}>(
  weighed: readonly T[],
  point: number,
): T {
  let rest = point * weighed.reduce((sum, {weight}) => sum + weight, 0);
  const drawn = weighed.find(({weight}) => {
    rest -= weight;
    return rest < 0;
  });
  return drawn ?? (weighed.at(-1) as T);
}
