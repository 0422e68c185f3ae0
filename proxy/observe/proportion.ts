/**
 * Whether so many bad ones of `count` would come by chance less than `errorRate` of the time, were each
 * bad with probability `allowed`. By the Chernoff bound on the binomial's tail, which is never under the
 * true probability:
 *
 *     P(bad or more of count) <= exp(-count x KL(bad/count || allowed))
 *     KL(q || p) = q ln(q/p) + (1-q) ln((1-q)/(1-p))
 */
export function exceeds(bad: number, count: number, allowed: number, errorRate: number): boolean {
  const share = bad / count;
  if (!(share > allowed)) return false;
  return count * divergence(share, allowed) > -Math.log(errorRate);
}

const divergence = (q: number, p: number): number => term(q, p) + term(1 - q, 1 - p);

const term = (q: number, p: number): number => (q === 0 ? 0 : q * Math.log(q / p));
