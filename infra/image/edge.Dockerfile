FROM docker.io/envoyproxy/envoy:distroless-v1.40.0
USER 65532:65532
