import {lua} from "./http.ts";
import {type Json, TYPES} from "./json.ts";
import {REFUSED, UNCERTIFIED} from "./replies.ts";

/** Which files of the edge's configuration say whose certificates clients need. */
export const clientFiles = {
  authorities: "config/authorities.pem",
  revoked: "config/revoked.pem",
} as const;

export interface ClientCertificates {
  /** Whether there is a list of those that are revoked. */
  readonly revoked: boolean;
}

/**
 * What TLS asks of clients. A certificate that is shown has to be good, or there is no connection. One that shows none
 * gets a connection all the same, since probes have none: `certified` keeps it to the health page. Sessions are not
 * resumed, or one would outlive its certificate.
 */
export const certifiedTls = (options: ClientCertificates) => ({
  validation: validationOf(options),
  asking: {
    require_client_certificate: false,
    disable_stateless_session_resumption: true,
    disable_stateful_session_resumption: true,
  },
});

/**
 * Asked by nobody: by it Envoy reads the files as it starts, and ends where it cannot. The listener reads them only once
 * it has the edge's certificate, and with a broken one would be ready, and close every connection.
 */
export const clientFilesCluster = (options: ClientCertificates): Json => ({
  name: "clients",
  load_assignment: {cluster_name: "clients"},
  transport_socket: {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${TYPES}.transport_sockets.tls.v3.UpstreamTlsContext`,
      common_tls_context: validationOf(options),
    },
  },
});

const validationOf = ({revoked}: ClientCertificates) => ({
  validation_context: {
    trusted_ca: {filename: clientFiles.authorities},
    // An authority above the one that issued a certificate needs no list.
    ...(revoked && {crl: {filename: clientFiles.revoked}, only_verify_leaf_cert_crl: true}),
  },
});

/** Refuses all but the health page to connections without a certificate; replies.ts has the words. */
export const certified: Json = lua(
  "meridian.certified",
  `
function envoy_on_request(handle)
  if handle:headers():get(":path") == "/healthz" then return end
  local tls = handle:streamInfo():downstreamSslConnection()
  if tls and tls:peerCertificatePresented() then return end
  handle:streamInfo():dynamicMetadata():set("${REFUSED.filter}", "${REFUSED.key}", "${UNCERTIFIED}")
  handle:respond({[":status"] = "403"}, "")
end
`,
);
