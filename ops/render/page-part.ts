/** A page of docs/ of which one part follows from other files: that between these two lines. */
const begin = (name: string) => `<!-- rendered: ${name} -->\n`;
const END = "<!-- end of what is rendered -->\n";

/** The page with this part in place of what it has there. Throws where the page has no such place. */
export function withPart(page: string, name: string, part: string): string {
  const from = page.indexOf(begin(name)) + begin(name).length;
  const to = page.indexOf(END, from);
  if (from < begin(name).length || to < 0)
    throw new Error(
      `no place for "${name}"; write these two lines where it belongs:\n${begin(name)}${END}`,
    );
  return page.slice(0, from) + part + page.slice(to);
}
