FROM docker.io/envoyproxy/envoy:distroless-v1.40.0
COPY sbom.cdx.json /
USER 65532:65532
