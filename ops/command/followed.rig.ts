/** For tests: pages whose commands are run one after the other, in this order, by ops/stacks/operations.tour.ts. */
export const FOLLOWED = ["docs/first-region.md", "docs/operations.md", "docs/tokens.md"] as const;

/** Pages whose commands a test of their own runs. */
export const HELD: Readonly<Record<string, string>> = {
  "docs/editors.md": "local/clients/page.tour.ts",
  "docs/upgrade.md": "ops/review/upgrade.tour.ts",
  "README.md": "local/stopwatch.tour.ts",
  "CONTRIBUTING.md": ".ci/run",
};
