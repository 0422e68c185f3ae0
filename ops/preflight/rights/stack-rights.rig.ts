/** What writing a resource is called: its provider and types, without the names between them. */
export function actionOf(id: string): string[] {
  if (!id.startsWith("/subscriptions/")) return [];
  const [, provider = "", path = ""] = /.*\/providers\/([^/]+)\/(.*)$/.exec(id) ?? [];
  if (!provider) return ["Microsoft.Resources/subscriptions/resourceGroups/write"];
  const types = path.split("/").filter((_, index) => index % 2 === 0);
  return [[provider, ...types, "write"].join("/")];
}
