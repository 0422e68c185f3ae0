import {lua, onRoute} from "./http.ts";
import type {Json} from "./json.ts";

/** In the subject of the certificate with which a region comes up, until its own is imported. */
export const FIRST_CERTIFICATE = "Meridian first certificate";

/** Runs on the health page alone. */
export const FIRST_CERTIFICATE_CHECK = "meridian.first_certificate";

/**
 * Keeps a region out of rotation while it shows its first certificate, which no editor believes: probes do not look at
 * certificates. Each connection has the certificate of when it was opened, and probes open one each time.
 */
export const outWithFirstCertificate: Json = onRoute(
  lua(
    FIRST_CERTIFICATE_CHECK,
    `
function envoy_on_request(handle)
  local tls = handle:streamInfo():downstreamSslConnection()
  if not tls or not tls:subjectLocalCertificate():find("OU=${FIRST_CERTIFICATE}", 1, true) then return end
  handle:respond({[":status"] = "503", ["x-out"] = "the certificate is not imported yet"}, "")
end
`,
  ),
);
