/** What is told where pulumi could not be started. */
export const startFault = ({code, message}: NodeJS.ErrnoException): string =>
  code === "ENOENT"
    ? "pulumi is not on PATH; install it: https://www.pulumi.com/docs/iac/download-install/"
    : message;

/** The names in what `pulumi stack ls --json` prints. */
export const namesIn = (list: string): string[] =>
  (JSON.parse(list) as {name: string}[]).map(({name}) => name);
