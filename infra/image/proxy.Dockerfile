FROM docker.io/library/node:26.10.0-slim@sha256:ec7758ee051e457b468b32bde57b0879010b325bb9862718e9615225ce4aaae1
WORKDIR /app
COPY package.json main.js issuer.js sbom.cdx.json ./
# The user exists on no host. Nothing is written, so the root file system may be read-only.
USER 65532:65532
CMD ["node", "main.js"]
