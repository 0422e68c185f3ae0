/** What a package manager says where something outside it stands in the way, with what mends that. */
const CAUSES = /** @type {const} */ ([
  [
    /CERT_|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERTIFICATE_VERIFY_FAILED|certificate verify failed/,
    (/** @type {Manager} */ {index, authority}) =>
      `${index} shows a certificate that is not trusted here, as behind a company's proxy; name the proxy's authority: export ${authority}=FILE`,
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b|new connection|name resolution|Network is unreachable|timed out/,
    (/** @type {Manager} */ {index, mirror}) =>
      `${index} cannot be reached from here; connect to the network, or name a mirror: ${mirror}`,
  ],
  [
    /\b(E401|E403|E407)\b|\b(401|403|407) (Client Error|Unauthorized|Forbidden|Proxy)/,
    (/** @type {Manager} */ {index, mirror}) =>
      `${index} does not let you in; sign in to it, or name another: ${mirror}`,
  ],
  [/\bENOSPC\b|No space left/, () => "the disk is full; make room"],
  [
    /\b(EACCES|EPERM)\b|Permission denied/,
    () =>
      "this user may not write there; take over the project's folder: sudo chown -R $(id -un) .",
  ],
]);

/**
 * @typedef {object} Manager
 * @property {string} index where it gets packages
 * @property {string} mirror the command that names another index
 * @property {string} authority the variable that names whose certificates it trusts
 */

/** @type {Readonly<Record<"npm" | "pip", Manager>>} */
const managers = {
  npm: {
    index: "npm's registry",
    mirror: "npm config set registry URL",
    authority: "NODE_EXTRA_CA_CERTS",
  },
  pip: {index: "Python's package index", mirror: "export PIP_INDEX_URL=URL", authority: "PIP_CERT"},
};

/**
 * Why a package manager failed, with the mend, where that is outside it.
 *
 * @param {keyof typeof managers} manager
 * @param {string} said all that it printed
 * @returns {string | undefined}
 */
export function causeOf(manager, said) {
  return CAUSES.find(([sign]) => sign.test(said))?.[1](managers[manager]);
}
