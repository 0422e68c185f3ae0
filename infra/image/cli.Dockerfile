FROM mcr.microsoft.com/azure-cli:2.75.0
COPY sbom.cdx.json /
USER 65532:65532
