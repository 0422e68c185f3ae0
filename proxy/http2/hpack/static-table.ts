/** Names, each with the values that it has there, in the order of their indices (RFC 7541, Appendix A). */
const TABLE: readonly (readonly [name: string, ...values: string[]])[] = [
  [":authority", ""],
  [":method", "GET", "POST"],
  [":path", "/", "/index.html"],
  [":scheme", "http", "https"],
  [":status", "200", "204", "206", "304", "400", "404", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...[
    "accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control",
    "content-disposition content-encoding content-language content-length content-location content-range",
    "content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range",
    "if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range",
    "referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary",
    "via www-authenticate",
  ].flatMap((line) => line.split(" ").map((name) => [name, ""] as const)),
];

/** By index less one. */
export const STATIC_FIELDS: readonly (readonly [name: string, value: string])[] = TABLE.flatMap(
  ([name, ...values]) => values.map((value) => [name, value] as const),
);
